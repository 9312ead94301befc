// SPDX-License-Identifier: BSL-1.0
#include <howdah/migration_set.hpp>

#include <algorithm>
#include <utility>

namespace howdah {
namespace {

/// Which of two migrations runs first, without regard to their files.
int compare(const migration& left, const migration& right, version_order order) noexcept {
    const bool left_repeats = left.kind == migration_kind::repeatable;
    if (left_repeats != (right.kind == migration_kind::repeatable)) return left_repeats ? 1 : -1;
    if (left_repeats) return left.name.compare(right.name);
    if (const int found = compare_versions(left.version, right.version, order)) return found;
    // A version and the baseline that replaces it: the version is the one that find() gives.
    return static_cast<int>(left.kind) - static_cast<int>(right.kind);
}

[[noreturn]] void refuse_twins(const migration& one, const migration& other) {
    const bool repeats = one.kind == migration_kind::repeatable;
    throw migration_error(
        migration_failure::duplicate,
        other.file + " and " + one.file + (repeats ? " have the same name " : " have the same version ") +
            (repeats ? other.name + "; rename one" : other.version + "; give the newer one a later version"),
        other.file);
}

} // namespace

migration_set::migration_set(std::vector<migration> files, version_order order)
    : migrations_(std::move(files)), order_(order) {
    std::sort(migrations_.begin(), migrations_.end(), [&](const migration& a, const migration& b) {
        const int found = compare(a, b, order);
        return found != 0 ? found < 0 : a.file < b.file;
    });
    const auto twins =
        std::adjacent_find(migrations_.begin(), migrations_.end(),
                           [&](const auto& a, const auto& b) { return compare(a, b, order) == 0; });
    if (twins != migrations_.end()) refuse_twins(*twins, *std::next(twins));
}

const migration* migration_set::find(std::string_view version) const noexcept {
    const auto at = std::lower_bound(
        migrations_.begin(), migrations_.end(), version, [&](const migration& m, std::string_view v) {
            return m.kind != migration_kind::repeatable && compare_versions(m.version, v, order_) < 0;
        });
    return at != migrations_.end() && at->kind != migration_kind::repeatable &&
                   compare_versions(at->version, version, order_) == 0
               ? &*at
               : nullptr;
}

const migration* migration_set::find_repeatable(std::string_view name) const noexcept {
    const auto at = std::lower_bound(migrations_.begin(), migrations_.end(), name,
                                     [](const migration& m, std::string_view n) {
                                         return m.kind != migration_kind::repeatable || m.name < n;
                                     });
    return at != migrations_.end() && at->name == name ? &*at : nullptr;
}

} // namespace howdah

// SPDX-License-Identifier: BSL-1.0
#include <howdah/migration.hpp>

#include <algorithm>

#include "migration_plan.hpp"
#include "migration_text.hpp"

namespace howdah {
namespace {

using detail::history_row;

migration_kind kind_of(const history_row& row) noexcept {
    if (row.repeatable()) return migration_kind::repeatable;
    return row.kind == "baseline" ? migration_kind::baseline : migration_kind::versioned;
}

/// A placeholder without value is no reason not to tell the status.
bool will_repeat(const migration& file, const history_row& row, const migration_options& options) {
    try {
        return detail::repeats(file, row, options);
    } catch (const migration_error&) {
        return file.checksum != row.checksum;
    }
}

migration_state state_of(const migration* file, const history_row& row, const migration_options& options) {
    if (row.status == "baseline") return migration_state::baseline;
    if (!file) return migration_state::missing;
    if (row.unfinished() || row.status == "undoing") return migration_state::failed;
    if (row.repeatable())
        return will_repeat(*file, row, options) ? migration_state::pending : migration_state::applied;
    return detail::drifted(*file, row) ? migration_state::drifted : migration_state::applied;
}

const migration* file_of(const migration_set& set, const history_row& row) {
    return row.repeatable() ? set.find_repeatable(row.name) : set.find(row.version);
}

migration_entry entry_of(const migration* file, const history_row& row, const migration_options& options) {
    migration_entry out;
    out.kind = kind_of(row);
    if (!row.repeatable()) out.version.assign(file ? file->version : row.version);
    out.name.assign(row.name);
    if (file) out.file.assign(file->file);
    out.state = state_of(file, row, options);
    out.applied_at = row.applied_at;
    out.out_of_order = row.out_of_order;
    out.error.assign(row.error.value_or(std::string()));
    return out;
}

migration_entry pending_entry(const migration& file) {
    migration_entry out;
    out.kind = file.kind;
    out.version.assign(file.version);
    out.name.assign(file.name);
    out.file.assign(file.file);
    return out;
}

} // namespace

std::vector<migration_entry> migration_status(executor& on, const migration_set& set,
                                              const migration_options& options) {
    const auto rows = detail::migration_history(options).read(on, set.order());
    const history_row* covered = nullptr;
    std::vector<migration_entry> out;
    for (const auto& row : rows) {
        out.push_back(entry_of(file_of(set, row), row, options));
        if (out.back().state == migration_state::baseline || out.back().kind == migration_kind::baseline)
            covered = &row;
    }
    for (const auto& file : set) {
        const auto key = detail::key_of(file, set.order());
        const auto has_row = [&](const history_row& row) { return row.version == key; };
        const bool replaced = file.kind != migration_kind::repeatable && covered &&
                              compare_versions(file.version, covered->version, set.order()) <= 0;
        if (file.kind == migration_kind::baseline || replaced ||
            std::any_of(rows.begin(), rows.end(), has_row))
            continue;
        out.push_back(pending_entry(file));
    }
    std::sort(out.begin(), out.end(), [&](const migration_entry& a, const migration_entry& b) {
        const bool a_repeats = a.kind == migration_kind::repeatable,
                   b_repeats = b.kind == migration_kind::repeatable;
        if (a_repeats != b_repeats) return b_repeats;
        return a_repeats ? a.name < b.name : compare_versions(a.version, b.version, set.order()) < 0;
    });
    return out;
}

} // namespace howdah

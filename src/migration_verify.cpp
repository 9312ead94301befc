// SPDX-License-Identifier: BSL-1.0
//
// Looking without touching: plan, verify, wait.
#include <howdah/migration_commands.hpp>

#include <algorithm>
#include <optional>
#include <thread>

#include <howdah/connection.hpp>

#include "migration_plan.hpp"
#include "migration_runnable.hpp"

namespace howdah {
namespace {

using std::chrono::milliseconds;
using clock = std::chrono::steady_clock;

std::vector<detail::history_row> history_of(executor& on, const migration_set& set,
                                            const migration_options& options) {
    return detail::migration_history(options).read(on, set.order());
}

void check_requirement(const migration_set& set, const migration& file, const std::string& version,
                       std::vector<migration_fault>& out) {
    const auto* const required = set.find(version);
    const bool before = required && (file.kind == migration_kind::repeatable ||
                                     compare_versions(required->version, file.version, set.order()) < 0);
    if (!before)
        out.push_back({migration_failure::unmet_requirement, file.file,
                       file.file + " requires version " + version + ", which " +
                           (required ? "comes after it" : "no file has") + "; correct the directive"});
}

/// True if the server has nothing of `set` left to apply.
bool up_to_date(executor& on, const migration_set& set, const migration_options& options) {
    const auto rows = history_of(on, set, options);
    return !rows.empty() && detail::plan_files(set, rows, options).files.empty();
}

} // namespace

migration_plan plan_migrations(executor& on, const migration_set& set, const migration_options& options) {
    const auto rows = history_of(on, set, options);
    auto found = detail::plan_files(set, rows, options);
    migration_plan out;
    out.already_applied = found.applied;
    out.warnings = std::move(found.warnings);
    for (const auto& planned : found.files) {
        (void)detail::expanded_text(detail::up_side(*planned.file), options.placeholders);
        out.files.push_back(detail::described(planned));
    }
    return out;
}

std::vector<migration_fault> verify_migrations(executor& on, const migration_set& set,
                                               const migration_options& options) {
    return detail::find_faults(set, history_of(on, set, options), options);
}

std::vector<migration_fault> verify_migrations(const migration_set& set, const migration_options& options) {
    std::vector<migration_fault> out;
    for (const auto& file : set) {
        for (const auto& version : file.directives.required_versions)
            check_requirement(set, file, version, out);
        try {
            (void)detail::runnable(detail::up_side(file), options);
            if (file.down_text) (void)detail::runnable(detail::down_side(file), options);
        } catch (const migration_error& fault) {
            out.push_back({fault.kind(), fault.file(), fault.what()});
        }
    }
    return out;
}

bool wait_for_migrations(const connection_config& server, const migration_set& set, milliseconds timeout,
                         const migration_options& options) {
    const auto until = clock::now() + timeout;
    std::optional<connection> on;
    std::optional<connection_error> last;
    bool reached = false;
    for (;;) {
        try {
            if (!on) on.emplace(server);
            reached = true;
            if (up_to_date(*on, set, options)) return true;
        } catch (const connection_error& failure) {
            if (!failure.retryable()) throw;
            on.reset();
            last.emplace(failure);
        }
        if (options.stop.stop_requested())
            throw migration_error(migration_failure::stopped, "stopped waiting, as it was asked for", {});
        if (clock::now() >= until) break;
        std::this_thread::sleep_for(
            std::min(milliseconds{200}, std::chrono::ceil<milliseconds>(until - clock::now())));
    }
    if (!reached) throw connection_error(*last);
    return false;
}

} // namespace howdah

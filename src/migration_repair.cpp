// SPDX-License-Identifier: BSL-1.0
//
// What changes the history alone: baseline and repair.
#include <howdah/migration_commands.hpp>

#include <algorithm>

#include "migration_plan.hpp"
#include "migration_session.hpp"

namespace howdah {
namespace {

using detail::history_row;

const migration* file_of(const migration_set& set, const history_row& row) {
    return row.repeatable() ? set.find_repeatable(row.name) : set.find(row.version);
}

/// What a row was before it was mended: for those who read it later.
void remark(history_row& row, const std::string& what, std::string_view user) {
    const std::string before = row.remark ? *row.remark + "; " : std::string();
    row.remark = before + what + " by " + std::string(user) + " at " + format_rfc3339(now()) + ": was " +
                 row.status + ", '" + row.name + "', " + row.checksum;
}

void take_file(history_row& row, const migration& file, const migration_options& options) {
    row.name.assign(file.name);
    row.checksum.assign(file.checksum);
    if (row.repeatable()) row.expanded_checksum = detail::expanded_checksum(file, options);
}

void accept(history_row& row, const migration* file, const migration_options& options) {
    if (!row.applied())
        throw usage_error("version " + row.version +
                          " was stopped in the middle: run again, or repair it with finish or forget");
    if (!file)
        throw migration_error(migration_failure::missing,
                              "version " + row.version +
                                  " has no file that could be accepted; bring it back, or forget it",
                              row.version);
    take_file(row, *file, options);
}

void finish(history_row& row, const migration* file, const migration_options& options) {
    if (row.applied())
        throw usage_error("version " + row.version + " is applied already: there is nothing to finish");
    if (file) take_file(row, *file, options);
    row.status.assign("applied");
    row.statements_done = row.statements_total;
    row.in_doubt = false;
    row.error.reset();
}

} // namespace

void baseline_migrations(const connection_config& server, const migration_set& set, std::string_view version,
                         const migration_options& options) {
    const auto* const file = set.find(version);
    if (!file)
        throw migration_error(migration_failure::missing,
                              "there is no migration of version " + std::string(version) +
                                  " to begin with; name one that the files have",
                              std::string(version));
    detail::migration_session session(server, options);
    session.check_protection();
    const detail::migration_lock lock(session.on(), session.history(), options);
    session.begin_afresh({});
    session.history().create_or_upgrade(session.on());
    const auto rows = session.history().read(session.on(), set.order());
    if (std::any_of(rows.begin(), rows.end(), [](const history_row& row) { return !row.repeatable(); }))
        throw migration_error(migration_failure::history_begun,
                              "the history " + session.history().table() +
                                  " holds versions already; a baseline begins a history. Look at the status",
                              session.history().table());
    lock.check();
    auto row = detail::row_of(*file, set.order());
    row.status.assign("baseline");
    if (!options.build_id.empty()) row.build_id = options.build_id;
    session.keep(row);
}

void repair_migrations(const connection_config& server, const migration_set& set, migration_repair how,
                       std::string_view key, const migration_options& options) {
    detail::migration_session session(server, options);
    session.check_protection();
    const detail::migration_lock lock(session.on(), session.history(), options);
    session.begin_afresh({});
    session.history().create_or_upgrade(session.on());
    const auto rows = session.history().read(session.on(), set.order());
    const auto version = canonical_version(key, set.order());
    const auto found =
        std::find_if(rows.begin(), rows.end(), [&](const auto& row) { return row.version == version; });
    if (found == rows.end())
        throw migration_error(migration_failure::missing,
                              "the history has no version " + std::string(key) + "; look at the status",
                              std::string(key));
    lock.check();
    auto row = *found;
    const auto* const file = file_of(set, row);
    if (how == migration_repair::forget) {
        if (row.applied() && file)
            throw usage_error(
                "version " + row.version +
                " is applied and has its file: undo it, or take the file away before it is forgotten");
        return session.forget(row.version);
    }
    remark(row, how == migration_repair::accept ? "accepted" : "finished",
           session.on().reported_setting("session_authorization"));
    if (how == migration_repair::accept) accept(row, file, options);
    else finish(row, file, options);
    session.history().amend(session.on(), row);
}

} // namespace howdah

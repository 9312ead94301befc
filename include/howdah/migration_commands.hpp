// SPDX-License-Identifier: BSL-1.0
//
// What a person does with migrations besides running them: plan, verify, baseline, repair, undo, script, wait.
//
//     for (const auto& next : howdah::plan_migrations(db, files).files) print(next.file);
//     howdah::undo_migrations(config, files, {.to = "0007"});
//
// Functions that change something open a connection of their own and take the same lock as migrate(). They throw
// what migrate() throws, and heed schema, table, lock_timeout, protected_databases and on_event of the options.
// All functions are thread safe.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <howdah/migration.hpp>

namespace howdah {

/// What migrate() would do.
struct migration_plan {
    std::vector<planned_migration> files; ///< in the order in which they would run
    std::vector<std::string> warnings;
    std::size_t already_applied = 0;
};

/// Compares files and history as migrate() does, without lock and without changing anything. Needs no more than
/// the right to read the history table. Throws migration_error where migrate() would refuse to begin.
[[nodiscard]] migration_plan plan_migrations(executor& on, const migration_set& set,
                                             const migration_options& options = {});

/// One thing that migrate() would refuse.
struct migration_fault {
    migration_failure kind;
    std::string file; ///< or the version, where there is none
    std::string what; ///< a sentence with the next step
};

/// Everything for which migrate() would refuse this database, not only the first: drift, missing, newer_schema,
/// out_of_order, unmet_requirement, and sql for a file that was stopped in the middle. Empty: all is well.
[[nodiscard]] std::vector<migration_fault> verify_migrations(executor& on, const migration_set& set,
                                                             const migration_options& options = {});
/// The part of it that needs no database: requirements that no file meets, placeholders without value.
[[nodiscard]] std::vector<migration_fault> verify_migrations(const migration_set& set,
                                                             const migration_options& options = {});

/// Begins the history of a database that has its schema already: everything up to `version` counts as applied,
/// without running. Throws migration_error: missing if no file has that version, history_begun if the history
/// holds versions already.
void baseline_migrations(const connection_config& server, const migration_set& set, std::string_view version,
                         const migration_options& options = {});

/// What repair_migrations() does to the row of one migration. None of them runs SQL of a file.
enum class migration_repair : unsigned char {
    accept, ///< an applied file that was changed or renamed: take it as it is now
    finish, ///< a file that was stopped, or whose undoing was: all that it does is done, by hand; it is applied
    forget, ///< a file that was stopped, or whose undoing was, or that is gone: what it did is undone by hand
};

/// Mends the history where files and database are right and the history is not; what it was is kept in the row
/// (column remark), save for one that is forgotten. `key` is a version, or "R_" and the name of a repeatable
/// migration. Throws migration_error (missing) if the history has no such row or `accept` no such file, and
/// usage_error if the row is not one that this repair is for.
void repair_migrations(const connection_config& server, const migration_set& set, migration_repair how,
                       std::string_view key, const migration_options& options = {});

/// What undo_migrations() takes back.
struct undo_target {
    /// The version to go back to: all later ones are taken back; "0": all. None: the newest one alone.
    std::optional<std::string> to{};
};

/// What it did: the newest first.
struct undo_report {
    std::vector<migration_report::applied_file> undone;
};

/// Runs down files, the newest first, each in one transaction with the removal of its row (or statement by
/// statement if it says transaction=off). Repeatable migrations stay. Throws migration_error: no_way_back if one
/// of the versions has no down file or is a baseline, before anything is run; missing if `to` is no version of the
/// history or the files.
undo_report undo_migrations(const connection_config& server, const migration_set& set,
                            const undo_target& target = {}, const migration_options& options = {});

/// Which migrations a script holds: those after `from`, up to `to`. None: from the beginning, to the end.
struct script_range {
    std::optional<std::string> from{}, to{};
};

/// One text for psql that does what migrate() would do on a database at version `from`, its history rows included;
/// repeatable migrations run at the end if there is no `to`. To be run with ON_ERROR_STOP. Throws migration_error
/// (missing) for a version that no file has, bad_file for a placeholder without value.
[[nodiscard]] std::string migration_script(const migration_set& set, const script_range& range = {},
                                           const migration_options& options = {});

/// Waits until the server answers and has nothing of `set` left to apply: another program migrates it. Returns
/// false if `timeout` passes before. Throws migration_error as plan_migrations() does, and connection_error if the
/// server was never reached.
[[nodiscard]] bool wait_for_migrations(const connection_config& server, const migration_set& set,
                                       std::chrono::milliseconds timeout,
                                       const migration_options& options = {});

} // namespace howdah

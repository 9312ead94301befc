// SPDX-License-Identifier: BSL-1.0
//
// migrate() brings a database to the schema that a set of SQL files describes: each file once, in the order
// of its version, each in one transaction together with its row in the history table.
//
//     howdah::migrate(pool, howdah::migrations_in("migrations"));    // read from a directory
//     howdah::migrate(pool, app::migrations);                        // embedded by howdah_embed_migrations()
//
// What a file may hold and how it is named is told in <howdah/migration_set.hpp>. A file runs in one transaction
// together with its row in the history table, unless it says transaction=off. Strings are read as the SQL
// standard has them (standard_conforming_strings = on). Every file starts with the settings that a new session
// of this user has (search_path among them), in UTC and UTF-8.
//
// Any number of programs may call migrate() at once: one works, the others wait. It opens a direct connection
// of its own; give it the server's address, not that of a pooler in transaction mode. All functions are
// thread safe. Sources: PostgreSQL manual, sections 4.1 (lexical structure) and 13.3.5 (advisory locks).
#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <howdah/callback.hpp>
#include <howdah/connection_config.hpp>
#include <howdah/error.hpp>
#include <howdah/executor.hpp>
#include <howdah/migration_set.hpp>
#include <howdah/stop_request.hpp>
#include <howdah/time.hpp>

namespace howdah {

/// What happens during a run, for a log. The views live for the call.
struct migration_event {
    enum class kind : unsigned char {
        waiting,   ///< another runner holds the lock; said once
        applying,  ///< the file is about to run
        resuming,  ///< a file that was stopped goes on behind the statements that are done
        statement, ///< a statement is about to run
        retrying,  ///< a statement waited too long for a table, or in a deadlock: the file begins again
        applied,   ///< the file is done and recorded
        undoing,   ///< the migration is about to be taken back
        undone,    ///< it is taken back and recorded
        warning,   ///< something to look at, which does not stop the run
        notice,    ///< what a statement of the file has to say: RAISE NOTICE
    };
    kind what;
    std::string_view file{};   ///< empty while waiting
    std::string_view holder{}; ///< while waiting: who holds the lock
    std::chrono::milliseconds duration{
        0};                     ///< of a file that is applied or undone; of the pause before retrying
    std::string_view message{}; ///< of a warning or notice; may hold data of the database
    std::size_t statement = 0;  ///< from 1; when resuming: how many are done
    std::size_t statements = 0; ///< of the file
    unsigned attempt = 0;       ///< when retrying: the one that failed, from 1
};

/// What stands for ${name} in the files.
struct migration_placeholder {
    std::string name, value;
};

/// What migrate() does about a pending file that comes before the newest applied one.
enum class out_of_order_policy : unsigned char {
    refuse, ///< migration_error (out_of_order)
    apply,  ///< apply it, and mark its row in the history
};

/// What migrate() does on a database with versions later than the newest file: that of a newer program.
enum class newer_schema_policy : unsigned char {
    refuse, ///< migration_error (newer_schema)
    warn,   ///< an event, and go on
};

/// How migrate() works. The defaults are right for most programs.
struct migration_options {
    /// Where the history is kept. A missing schema or table is created (by migrate(), under the lock).
    std::string schema = "public", table = "howdah_migrations";
    /// How long to wait for another runner to finish.
    std::chrono::milliseconds lock_timeout{60'000};
    /// How long one statement of a file may wait for a lock on a table (PostgreSQL's lock_timeout): while it
    /// waits, everyone else who wants that table waits behind it. Zero: no limit. A file may set its own.
    std::chrono::milliseconds table_lock_timeout{5'000};
    /// How long one statement of a file may run. Zero: no limit. A file may set its own.
    std::chrono::milliseconds statement_timeout{0};
    /// The last version to apply. None: all. Repeatable migrations run only then.
    std::optional<std::string> to{};
    out_of_order_policy out_of_order = out_of_order_policy::refuse;
    newer_schema_policy on_newer_schema = newer_schema_policy::refuse;
    /// Go on although an applied version has no file.
    bool allow_missing = false;
    /// How often a file is tried again from its beginning after one of its statements had waited for a table
    /// longer than it may, or was in a deadlock. The pauses between double, from 0.1 s up to 5 s.
    unsigned table_lock_retries = 5;
    /// What stands for ${name} in files that do not say placeholder=off. One without value is refused. Applied
    /// files are compared without regard to the values, save for repeatable ones, which run again when they
    /// change.
    std::vector<migration_placeholder> placeholders{};
    /// Names of databases, with * and ? as in file names, that are changed only if `confirmed` is their name.
    std::vector<std::string> protected_databases{};
    std::string confirmed{};
    /// Look, lock nothing and change nothing: the report tells what would run.
    bool dry_run = false;
    /// Written beside each applied file: which build of the program it was. At most a line.
    std::string build_id{};
    /// Ends the run before its time, from any thread: the statement under way is cancelled on the server, the file that
    /// it is in rolled back, the lock given back, and migration_error (stopped) thrown. Not looked at while a
    /// connection is made.
    stop_request stop{}; // a std::stop_token
    /// Called in the thread that called migrate(). What it throws ends the run; a file under way is rolled
    /// back.
    callback<const migration_event&> on_event{};
};

/// One migration that is to run.
struct planned_migration {
    enum class reason : unsigned char {
        pending,    ///< it never ran
        changed,    ///< a repeatable one whose text, or the values of its placeholders, changed
        unfinished, ///< it stopped in the middle and goes on from there
    };
    std::string version{}; ///< empty for a repeatable one
    migration_kind kind = migration_kind::versioned;
    std::string name{}, file{};
    reason why = reason::pending;
    bool transaction = true;
    bool out_of_order = false;                       ///< a later version is applied already
    std::size_t statements = 0, statements_done = 0; ///< done: of an unfinished one
};

/// What a run did.
struct migration_report {
    struct applied_file {
        std::string version; ///< empty for a repeatable one
        std::string file;
        std::chrono::milliseconds duration{0};
        bool out_of_order = false;
    };
    std::vector<applied_file> applied;
    std::size_t already_applied = 0;
    std::vector<planned_migration> planned; ///< of a dry run
};

/// Applies every migration of `set` that the history does not hold, on a connection of its own.
///
/// Throws migration_error, always naming the file and the next step: drift (an applied file was changed or
/// renamed), missing (an applied version has no file), newer_schema, out_of_order (a pending file is older than
/// the newest applied one), unmet_requirement, unconfirmed, lock_timeout, stopped, sql (with line and column; what the
/// server said is in cause()). Throws connection_error, naming the file, if the connection is lost:
/// commit_unknown() then says that the file under way may or may not be applied; running again settles it.
/// Throws usage_error behind a pooler in transaction mode. In every case all files before the one at fault are
/// applied and recorded. Of that file itself nothing is applied, or, if it says transaction=off, the statements
/// before the one at fault, which the history knows: the next run goes on behind them.
migration_report migrate(const connection_config& server, const migration_set& set,
                         const migration_options& options = {});

/// The same for whatever has a connection_config: migrate(pool, set). None of the pool's connections is used.
template <class Pool>
    requires requires(const Pool& pool) {
        { pool.config().connection } -> std::convertible_to<const connection_config&>;
    }
migration_report migrate(const Pool& pool, const migration_set& set, const migration_options& options = {}) {
    return migrate(pool.config().connection, set, options);
}

/// The same for the server of a connection, which itself is not used: migrate(db, set).
template <class Connection>
    requires requires(const Connection& on) {
        { on.config() } -> std::same_as<const connection_config&>;
    }
migration_report migrate(const Connection& on, const migration_set& set,
                         const migration_options& options = {}) {
    return migrate(on.config(), set, options);
}

/// How a version stands.
enum class migration_state : unsigned char {
    applied,
    pending,  ///< migrate() would apply it: for the first time, or a repeatable one because it changed
    drifted,  ///< applied, but the file was changed or renamed since
    missing,  ///< applied, but there is no such file
    failed,   ///< stopped in the middle of a transaction=off file; migrate() goes on where it stopped
    baseline, ///< taken for applied when the history began
};

/// One migration, known to the files or to the history.
struct migration_entry {
    std::string version; ///< as the file writes it, or else as the history does; empty for a repeatable one
    migration_kind kind = migration_kind::versioned;
    std::string name;
    std::string file; ///< empty if missing
    migration_state state = migration_state::pending;
    std::optional<timestamp> applied_at;
    bool out_of_order = false; ///< applied after a later version
    std::string error;         ///< of a failed one: what stopped it
};

/// Compares the files with the history, in the order in which they run. Changes nothing and needs no more than
/// the right to read the history table; without that table everything is pending. Throws migration_error (sql)
/// if the table cannot be read.
[[nodiscard]] std::vector<migration_entry> migration_status(executor& on, const migration_set& set,
                                                            const migration_options& options = {});

} // namespace howdah

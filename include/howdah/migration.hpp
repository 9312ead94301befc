// SPDX-License-Identifier: BSL-1.0
//
// migrate() brings a database to the schema that a set of SQL files describes: each file once, in the order
// of its version, each in one transaction together with its row in the history table.
//
//     howdah::migrate(pool, howdah::migrations_in("migrations"));    // read from a directory
//     howdah::migrate(pool, app::migrations);                        // embedded by howdah_embed_migrations()
//
// A file is named <version>_<name>.sql, with a version of 1 to 19 digits: 0001_create_users.sql, or by UTC
// time 20260124153000_create_users.sql. It holds any SQL that may run in a transaction; it does not begin or
// end one itself. Strings are read as the SQL standard has them (standard_conforming_strings = on). Every
// file starts with the settings that a new session of this user has (search_path among them), in UTC and
// UTF-8.
//
// Any number of programs may call migrate() at once: one works, the others wait. It opens a direct connection
// of its own; give it the server's address, not that of a pooler in transaction mode. All functions are
// thread safe. Sources: PostgreSQL manual, sections 4.1 (lexical structure) and 13.3.5 (advisory locks).
#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <howdah/callback.hpp>
#include <howdah/connection_config.hpp>
#include <howdah/error.hpp>
#include <howdah/executor.hpp>
#include <howdah/time.hpp>

namespace howdah {

/// One file of a program that carries its migrations in itself. Views of static storage.
struct embedded_migration {
    std::string_view file, text;
};

/// What howdah_embed_migrations() generates: all files of a directory.
struct embedded_migrations {
    std::span<const embedded_migration> files;
};

/// One migration, read and checked.
struct migration {
    std::int64_t version = 0;
    std::string version_text; ///< as the file's name writes it: "0001"
    std::string name;         ///< the rest of the file's name: "create_users"
    std::string file;         ///< as messages name it: "migrations/0001_create_users.sql"
    std::string text;         ///< without byte-order mark, line ends as LF: what is run and summed
    std::string checksum;     ///< "sha256-lf:" and the SHA-256 of text in hexadecimal
};

/// Migrations in the order of their versions, none twice. Immutable; reading it from several threads is safe.
class migration_set {
public:
    /// Checks and orders. Throws migration_error naming the file: bad_file for a name, encoding or content
    /// that cannot be a migration, duplicate for two files with one version, own_transaction for a file that
    /// begins or ends a transaction.
    migration_set(const embedded_migrations& embedded);
    /// The same for files read by the caller.
    explicit migration_set(std::vector<migration> files);

    /// The migrations in the order of their versions. Iterators live as long as the set.
    [[nodiscard]] auto begin() const noexcept { return migrations_.begin(); }
    [[nodiscard]] auto end() const noexcept { return migrations_.end(); }
    [[nodiscard]] std::size_t size() const noexcept { return migrations_.size(); }
    /// The migration with this version, or null. Lives as long as the set.
    [[nodiscard]] const migration* find(std::int64_t version) const noexcept;

private:
    std::vector<migration> migrations_;
};

/// Reads a migration from the name and the content of its file, and checks both. Throws as migration_set
/// does.
[[nodiscard]] migration read_migration(std::string_view file, std::string_view text);

/// All migrations of a directory. Files that do not end in .sql, hidden files and subdirectories are no
/// migrations and are left alone; every other name has to be right. Throws migration_error as migration_set
/// does, and bad_file if the directory is missing, empty of migrations or cannot be read.
[[nodiscard]] migration_set migrations_in(std::string_view directory);

/// What happens during migrate(), for a log. The views live for the call.
struct migration_event {
    enum class kind : unsigned char {
        waiting,  ///< another runner holds the lock; said once
        applying, ///< the file's transaction begins
        applied,  ///< it is committed
    };
    kind what;
    std::string_view file;                 ///< empty while waiting
    std::string_view holder;               ///< while waiting: who holds the lock
    std::chrono::milliseconds duration{0}; ///< of an applied file
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
    /// How long one statement of a file may run. Zero: no limit.
    std::chrono::milliseconds statement_timeout{0};
    /// Called in the thread that called migrate(). What it throws ends the run; a file under way is rolled
    /// back.
    callback<const migration_event&> on_event{};
};

/// What a run did.
struct migration_report {
    struct applied_file {
        std::int64_t version;
        std::string file;
        std::chrono::milliseconds duration;
    };
    std::vector<applied_file> applied;
    std::size_t already_applied = 0;
};

/// Applies every migration of `set` that the history does not hold, on a connection of its own.
///
/// Throws migration_error, always naming the file and the next step: drift (an applied file was changed or
/// renamed), missing (an applied version has no file), out_of_order (a pending file is older than the newest
/// applied one), lock_timeout, sql (with line and column; what the server said is in cause()). Throws
/// connection_error if the connection is lost: commit_unknown() then says that the file under way may or may
/// not be applied; running again settles it. Throws usage_error behind a pooler in transaction mode. In every
/// case all files before the one at fault are applied and recorded, and nothing of that file is.
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
    pending, ///< migrate() would apply it
    drifted, ///< applied, but the file was changed or renamed since
    missing, ///< applied, but there is no such file
};

/// One version, known to the files or to the history.
struct migration_entry {
    std::int64_t version = 0;
    std::string name;
    std::string file; ///< empty if missing
    migration_state state = migration_state::pending;
    std::optional<timestamp> applied_at;
};

/// Compares the files with the history, in the order of versions. Changes nothing and needs no more than the
/// right to read the history table; without that table everything is pending. Throws migration_error (sql) if
/// the table cannot be read.
[[nodiscard]] std::vector<migration_entry> migration_status(executor& on, const migration_set& set,
                                                            const migration_options& options = {});

} // namespace howdah

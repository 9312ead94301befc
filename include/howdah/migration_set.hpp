// SPDX-License-Identifier: BSL-1.0
//
// migration_set: the migrations that a program or a directory has, read and checked. <howdah/migration.hpp>
// applies it.
//
//     howdah::migration_set files = howdah::migrations_in("migrations");
//
// A directory holds, all in UTF-8:
//
//     <version>_<name>.sql        runs once; the version has 1 to 19 digits: 0001, or UTC time 20260124153000
//     <version>_<name>.down.sql   takes that version back, when asked to
//     R_<name>.sql                repeatable: runs again whenever its text changes, after all versions
//
// A file may begin with directives, one to a comment line, before its first command:
//
//     -- howdah: transaction=off               run statement by statement, each for itself
//     -- howdah: lock_timeout=5s               how long a statement may wait for a lock; 0: no limit
//     -- howdah: statement_timeout=10min       how long a statement may run
//     -- howdah: requires=0007                 a version that has to be applied before
//     -- howdah: lint-ignore=<rule> <reason>   a rule that this file may break, and why
//     -- howdah: placeholder=off               ${name} is no placeholder here
//
// Sources: PostgreSQL manual, section 4.1 (lexical structure) and 20.1.1 (units of time).
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <howdah/error.hpp>

namespace howdah {

/// One file of a program that carries its migrations in itself. Views of static storage.
struct embedded_migration {
    std::string_view file, text;
};

/// What howdah_embed_migrations() generates: all files of a directory.
struct embedded_migrations {
    std::span<const embedded_migration> files;
};

/// When a migration runs.
enum class migration_kind : unsigned char {
    versioned,  ///< once
    repeatable, ///< whenever its text has changed, after everything versioned
    baseline,   ///< in place of all versions up to its own, on a database that has no history
};

/// How the versions of a set are written and compared.
enum class version_order : unsigned char {
    numeric, ///< digits of any length, by value: 0001 is 1
    dotted, ///< numbers with dots between (or underscores), by value from the left: 1.0 is 1, 1.10 follows 1.9
    text,   ///< byte by byte, dashes left out: 2026-01-24 is 20260124
};

/// The one way of writing a version, under which it stands in the history: "1" for 0001 (numeric), for 1.0
/// (dotted). Texts that are no such version come back as they are.
[[nodiscard]] std::string canonical_version(std::string_view version, version_order order);
/// Negative if `left` comes before `right`, 0 if they are the same version, positive otherwise.
[[nodiscard]] int compare_versions(std::string_view left, std::string_view right,
                                   version_order order) noexcept;

/// A rule of lint that a file may break.
struct lint_exemption {
    std::string rule, reason;
};

/// How one file wants to be run.
struct migration_directives {
    bool transaction = true;  ///< false: statement by statement, without one around them
    bool placeholders = true; ///< false: ${name} stays as it is
    /// ${name:-text} and ${name-text} stand for the text where the name has no value, and ${name?text} is ${name}: of
    /// goose.
    bool placeholder_defaults = false;
    std::optional<std::chrono::milliseconds> lock_timeout{}, statement_timeout{}; ///< zero: no limit
    std::vector<std::string> required_versions{};
    std::vector<lint_exemption> lint_ignore{};
};

/// One migration, read and checked.
struct migration {
    std::string version{}; ///< as its tool writes it: "0001"; empty for a repeatable one
    migration_kind kind = migration_kind::versioned;
    std::string name{};     ///< the rest of the file's name: "create_users"
    std::string file{};     ///< as messages name it: "migrations/0001_create_users.sql"
    std::string text{};     ///< without byte-order mark, line ends as LF: what is run and summed
    std::string checksum{}; ///< "sha256-lf:" and the SHA-256 of text in hexadecimal
    migration_directives directives{};
    std::size_t lines_before = 0; ///< how many lines of the file stand before `text`

    std::optional<std::string> down_text{}; ///< takes the migration back; none: it cannot be taken back
    std::string down_file{};                ///< as messages name it; may be `file`
    migration_directives down_directives{};
    std::size_t down_lines_before = 0;

    /// `text` begins with BEGIN and ends with COMMIT, which are left out when it runs.
    bool wrapped = false, down_wrapped = false;
};

/// What make_migration() makes a migration of: what a reader of some directory layout found.
struct migration_parts {
    std::string file{};    ///< for messages
    std::string version{}; ///< empty for a repeatable one
    std::string name{};
    migration_kind kind = migration_kind::versioned;
    std::string_view text{}; ///< the part of the file that brings the database forward
    std::size_t lines_before =
        0; ///< lines of the file before `text`: so that messages name the line of the file
    std::optional<std::string_view> down_text{};
    std::string down_file{};
    std::size_t down_lines_before = 0;
    /// What the layout says of the file; directives in its text are added to them.
    migration_directives directives{}, down_directives{};
    /// Take a text without any command, which is then recorded and does nothing.
    bool may_be_empty = false;
    /// Take a text that begins with BEGIN and ends with COMMIT; any other command that begins or ends a
    /// transaction is refused in any case.
    bool may_be_wrapped = false;
};

/// Normalises the texts, reads their directives, sums them up and checks everything that can be checked
/// without a server. Throws migration_error naming file, line and column: bad_file for text that is no UTF-8,
/// an unknown directive, an open quote, a command of psql, nothing to run; own_transaction for a command that
/// begins or ends a transaction.
[[nodiscard]] migration make_migration(const migration_parts& parts);

/// Migrations in the order of their versions, none twice, repeatable ones behind them in the order of their
/// names. Immutable; reading it from several threads is safe.
class migration_set {
public:
    /// Reads files of howdah's own layout, pairs each down file with its migration, and orders. Throws
    /// migration_error naming the file: as make_migration() does, bad_file for a name that is no migration's
    /// and for a down file without its migration, duplicate for two files with one version (or two repeatable
    /// ones with one name).
    migration_set(const embedded_migrations& embedded);
    /// Orders and checks migrations read by the caller, in any layout. Throws migration_error: duplicate.
    explicit migration_set(std::vector<migration> files, version_order order = version_order::numeric);

    /// All migrations in the order in which they run. Iterators live as long as the set.
    [[nodiscard]] auto begin() const noexcept { return migrations_.begin(); }
    [[nodiscard]] auto end() const noexcept { return migrations_.end(); }
    [[nodiscard]] std::size_t size() const noexcept { return migrations_.size(); }
    /// The versioned or baseline migration with this version, however it is written, or null. Lives as long as
    /// the set.
    [[nodiscard]] const migration* find(std::string_view version) const noexcept;
    /// The repeatable migration with this name, or null. Lives as long as the set.
    [[nodiscard]] const migration* find_repeatable(std::string_view name) const noexcept;
    [[nodiscard]] version_order order() const noexcept { return order_; }

private:
    std::vector<migration> migrations_;
    version_order order_;
};

/// Reads one file of howdah's own layout, which is not a down file. Throws migration_error as migration_set
/// does.
[[nodiscard]] migration read_migration(std::string_view file, std::string_view text);

/// All migrations of a directory in howdah's own layout. Files that do not end in .sql, hidden files and
/// subdirectories are no migrations and are left alone; every other name has to be right. Throws
/// migration_error as migration_set does, and bad_file if the directory is missing, empty of migrations or
/// cannot be read.
[[nodiscard]] migration_set migrations_in(std::string_view directory);

} // namespace howdah

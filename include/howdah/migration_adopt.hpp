// SPDX-License-Identifier: BSL-1.0
//
// Taking over a database that another tool migrates, and giving it back.
//
//     const auto read = howdah::read_migrations("migrations");
//     howdah::adopt_migrations(config, read);      // what the tool applied counts as applied
//     howdah::migrate(config, read.files);         // what is left runs
//
// The tool's own table is read and left as it is. Both functions work under the lock of migrate(), in one transaction,
// on a connection of their own; they run nothing of any file, throw what migrate() throws, and heed schema, table,
// lock_timeout, allow_missing, protected_databases and on_event of the options. Stop the other tool first: it does not
// know our lock. Thread safe. Sources: the tables as the source of each tool makes them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <howdah/migration.hpp>
#include <howdah/migration_layout.hpp>

namespace howdah {

/// Whose table tells what is applied.
enum class migration_tool : unsigned char {
    sqlx,           ///< _sqlx_migrations; its SHA-384 of each file is compared
    diesel,         ///< __diesel_schema_migrations
    golang_migrate, ///< schema_migrations (version, dirty): one version, and everything before it
    flyway,         ///< flyway_schema_history; its CRC-32 of each file is compared
    dbmate,         ///< schema_migrations (version)
    goose,          ///< goose_db_version
    drizzle,        ///< drizzle.__drizzle_migrations; its SHA-256 tells which file it was
    alembic,        ///< alembic_version: a baseline, named by the caller
};
/// "golang-migrate", as the command line has it. Static.
[[nodiscard]] std::string_view name_of(migration_tool tool) noexcept;
/// The tool with that name, if there is one.
[[nodiscard]] std::optional<migration_tool> tool_named(std::string_view name) noexcept;

struct adoption_options {
    std::optional<migration_tool> tool{}; ///< none: the one whose table is there
    std::string table{}; ///< its name as SQL writes it, "audit.schema_migrations"; empty: the tool's own
    /// Of alembic: which of our versions the schema of its revision is. Everything up to it counts as applied.
    std::string baseline{};
    bool accept_changed = false; ///< take files as they are although the tool applied other ones
};

struct adoption_report {
    migration_tool tool{};
    std::string table{};                ///< the tool's, quoted
    std::vector<std::string> adopted{}; ///< files that count as applied now; none: it had been done before
    std::size_t known = 0;              ///< what the tool applied and the history had before
    std::vector<std::string> pending{}; ///< files that migrate() would run
    std::vector<std::string> warnings{};
};

/// Enters into the history what another tool has applied. A second call finds nothing to do, or what the tool applied
/// in between. Throws migration_error: missing if the tool applied something that no file is, drift if a file is other
/// than the tool applied (see accept_changed), history_begun if a history is there that was not adopted; usage_error if
/// there is no table of a tool or more than one, and if the tool says that it stopped in the middle.
adoption_report adopt_migrations(const connection_config& server, const migration_directory& from,
                                 const adoption_options& how = {}, const migration_options& options = {});

struct hand_back_report {
    migration_tool tool{};
    std::string table{};
    std::vector<std::string> written{}; ///< files that we applied, which the tool knows of now
    bool had_history = false;           ///< false: there was nothing to give back
};

/// Writes into the tool's table what was applied since, and drops our history, so that the tool goes on. Throws
/// usage_error if a migration was stopped in the middle, and where the tool cannot be told: alembic about a migration
/// that is applied since, golang-migrate about a gap; migration_error (missing) if the tool has a version that our
/// history has not, with the statement that would take it out.
hand_back_report hand_back_migrations(const connection_config& server, const migration_directory& to,
                                      const adoption_options& how = {},
                                      const migration_options& options = {});

} // namespace howdah

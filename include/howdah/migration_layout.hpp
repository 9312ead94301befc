// SPDX-License-Identifier: BSL-1.0
//
// Directories of migrations as other tools have them, read as they are.
//
//     const auto read = howdah::read_migrations("migrations");      // whose they are, their content tells
//     howdah::migrate(pool, read.files);
//
// How each layout is read is told in docs/layouts.md. What is common to those of other tools: ${name} is no
// placeholder (save where the tool has it so), a file may begin with BEGIN and end with COMMIT, a file may be empty.
// Names that the tool would pass over in silence are refused, and so is a step that is no SQL (Go, Java, Python):
// both before anything is applied. Sources: the documentation and the source of each tool.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <howdah/migration_set.hpp>

namespace howdah {

/// How a directory names and writes its migrations.
enum class migration_layout : unsigned char {
    automatic,      ///< whichever the content shows
    howdah,         ///< 0001_name.sql, 0001_name.down.sql, R_name.sql
    sqlx,           ///< 0001_name.sql, or 0001_name.up.sql and 0001_name.down.sql
    diesel,         ///< 2026-01-24-153000_name/up.sql, down.sql, metadata.toml
    golang_migrate, ///< 0001_name.up.sql, 0001_name.down.sql
    flyway,   ///< V1.2__name.sql, U1.2__name.sql, R__name.sql, B1.2__name.sql, in subdirectories as well
    dbmate,   ///< 0001_name.sql with "-- migrate:up" and "-- migrate:down"
    goose,    ///< 0001_name.sql with "-- +goose Up" and "-- +goose Down"
    numbered, ///< 1.sql, 01-name.sql, 0001 name.sql
    drizzle,  ///< 0000_name.sql, in the order of meta/_journal.json; 20260124153000_name/migration.sql
};

/// "golang-migrate", as the command line has it. Static.
[[nodiscard]] std::string_view name_of(migration_layout layout) noexcept;
/// The layout with that name, if there is one.
[[nodiscard]] std::optional<migration_layout> layout_named(std::string_view name) noexcept;

/// A directory, read.
struct migration_directory {
    migration_layout layout; ///< never automatic
    migration_set files;
    /// Of drizzle alone: when each file was generated, in milliseconds since 1970, in the order of `files`.
    std::vector<std::int64_t> generated_at{};
};

/// The layout of a directory, by these signs: meta/_journal.json is drizzle's, and
/// so is a subdirectory with migration.sql and snapshot.json; a subdirectory with an up.sql Diesel's;
/// a name such as V1__a.sql, R__a.sql Flyway's; a line "-- +goose Up", or a file 0001_a.go, goose's; a line
/// "-- migrate:up" dbmate's; a name that ends in .up.sql golang-migrate's, or sqlx's if one of the files says
/// "-- no-transaction" or has no .up in its name (the two are read alike otherwise). Without any of them: sqlx if a
/// file says "-- no-transaction", numbered if all names begin with a number and not all are right for howdah, else
/// howdah. Throws migration_error (bad_file) for a directory that cannot be read, holds none, shows the signs of two
/// tools, or is Alembic's.
[[nodiscard]] migration_layout find_layout(std::string_view directory);

/// Reads a directory. Throws migration_error as migration_set and find_layout() do.
[[nodiscard]] migration_directory read_migrations(std::string_view directory,
                                                  migration_layout layout = migration_layout::automatic);

} // namespace howdah

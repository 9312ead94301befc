// SPDX-License-Identifier: BSL-1.0
//
// What the readers of the layouts share: the files of a directory, and the parts of a migration of another tool.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <howdah/migration_layout.hpp>

#include "migration_text.hpp"

namespace howdah::detail {

/// A file below the directory.
struct source_file {
    std::string name{}; ///< below the directory, with / between: "2026_a/up.sql"
    std::string path{}; ///< as messages name it
    std::string text{}; ///< normalised; of the kinds of files that readers look into, empty of others

    /// The last part of the name.
    [[nodiscard]] std::string_view base() const noexcept;
    /// The directory that it is in, below the one that is read: "" for the directory itself.
    [[nodiscard]] std::string_view parent() const noexcept;
    [[nodiscard]] bool is_sql() const noexcept;
};

/// The files of a directory, hidden ones left out, in the order of their names.
struct source_tree {
    std::string directory{};
    std::vector<source_file> files{};
    /// The file with that name below the directory, or null.
    [[nodiscard]] const source_file* find(std::string_view name) const noexcept;
};
/// Throws migration_error (bad_file).
[[nodiscard]] source_tree read_tree(std::string_view directory);

[[nodiscard]] bool ends_with(std::string_view text, std::string_view end) noexcept;
[[nodiscard]] bool begins_with(std::string_view text, std::string_view begin) noexcept;
[[nodiscard]] std::string_view leading_digits(std::string_view text) noexcept;
[[nodiscard]] std::string_view trimmed(std::string_view text) noexcept;
/// Takes a line off `rest`, without its end.
[[nodiscard]] std::string_view next_line(std::string_view& rest) noexcept;

/// The parts of a migration of another tool: may be empty, may be wrapped, no placeholders.
[[nodiscard]] migration_parts parts_of(const source_file& file, std::string_view version,
                                       std::string_view name);
/// Is the text one command, of a kind that the server does not run inside a transaction? Tools without a transaction of
/// their own run such a file as it is.
[[nodiscard]] bool runs_outside(std::string_view text);

/// A file, with what its name says: of layouts that pair two files.
struct named_file {
    const source_file* file;
    std::string version, name;
    bool down;
};
/// Pairs each down file with the file of its version. `directives` tells those of a file. Throws migration_error:
/// bad_file for a down file alone, duplicate.
[[nodiscard]] std::vector<migration> pair_files(const std::vector<named_file>& files, version_order order,
                                                migration_directives (*directives)(const source_file&));

// The readers. Each throws migration_error.
[[nodiscard]] std::vector<migration> read_sqlx(const source_tree& tree);
[[nodiscard]] std::vector<migration> read_golang_migrate(const source_tree& tree);
[[nodiscard]] std::vector<migration> read_numbered(const source_tree& tree);
[[nodiscard]] std::vector<migration> read_diesel(const source_tree& tree);
[[nodiscard]] std::vector<migration> read_flyway(const source_tree& tree);
[[nodiscard]] std::vector<migration> read_dbmate(const source_tree& tree);
[[nodiscard]] std::vector<migration> read_goose(const source_tree& tree);
/// Fills `generated_at` in the order of the migrations that it returns.
[[nodiscard]] std::vector<migration> read_drizzle(const source_tree& tree,
                                                  std::vector<std::int64_t>& generated_at);

// The signs of the tools.
[[nodiscard]] bool is_drizzle_directory(const source_tree& tree, const source_file& file);
[[nodiscard]] bool is_numbered_name(std::string_view base) noexcept;
[[nodiscard]] bool is_flyway_name(std::string_view base) noexcept;
[[nodiscard]] bool is_goose_code(std::string_view base) noexcept;
[[nodiscard]] bool has_goose_mark(std::string_view text) noexcept;
[[nodiscard]] bool has_dbmate_mark(std::string_view text) noexcept;
[[nodiscard]] bool has_sqlx_mark(std::string_view text) noexcept;

} // namespace howdah::detail

// SPDX-License-Identifier: BSL-1.0
//
// What is known of a migration's text before any server sees it.
#pragma once

#include <string>
#include <string_view>

#include <howdah/migration_set.hpp>

#include "sql_lexer.hpp"

namespace howdah::detail {

/// One of the two texts of a migration, with what a message about it needs.
struct migration_side {
    std::string_view file, text;
    std::size_t lines_before;
    const migration_directives& directives;
    bool wrapped;
};
[[nodiscard]] migration_side up_side(const migration& of) noexcept;
/// The migration must have one.
[[nodiscard]] migration_side down_side(const migration& of) noexcept;

/// The line and column, in the file, of a byte of the text.
[[nodiscard]] text_position place_in_file(std::string_view text, std::size_t offset,
                                          std::size_t lines_before) noexcept;

/// Throws migration_error (bad_file) about a whole file.
[[noreturn]] void bad_file(std::string_view file, const std::string& reason);
/// "file:line:column: reason", of the given kind.
[[noreturn]] void bad_place(migration_failure kind, std::string_view file, text_position at,
                            const std::string& reason);

/// Throws migration_error (bad_file) if there is no such directory, if it is something else, or if it may not be seen.
void check_directory(std::string_view directory);

/// Reads the directives of a script into `out`. Throws migration_error (bad_file).
void read_directives(const sql_script& script, const migration_side& of, migration_directives& out);

/// The text without byte-order mark, with LF as line end.
[[nodiscard]] std::string normalized(std::string_view text);

/// The part of the history's key that tells a migration from all others: its canonical version, or "R_" and its name.
[[nodiscard]] std::string key_of(const migration& of, version_order order);

} // namespace howdah::detail

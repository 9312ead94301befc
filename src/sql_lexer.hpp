// SPDX-License-Identifier: BSL-1.0
//
// Splits a text of SQL into its commands, as psql would send them, and says what in it cannot be part of a
// migration. Follows the server's own lexical rules (PostgreSQL manual, section 4.1) with
// standard_conforming_strings on.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <howdah/error.hpp>

namespace howdah::detail {

/// One command. [begin, end) of all commands tile the text; [first, last) is the command itself, without the
/// blanks and comments around it and without its semicolon. Offsets are in bytes.
struct sql_command {
    std::size_t begin = 0, end = 0, first = 0, last = 0;
    [[nodiscard]] bool blank() const noexcept { return first == last; }
};

enum class sql_problem_kind { unterminated, meta_command, copy_stream, own_transaction };

/// Why the text cannot run, and where.
struct sql_problem {
    sql_problem_kind kind;
    std::size_t offset;
    std::string reason;
};

/// A comment line "-- howdah: key=value". `text` is what stands behind the colon, a view into the input.
struct sql_directive {
    std::size_t offset;
    std::string_view text;
};

struct sql_script {
    std::vector<sql_command> commands;
    std::vector<sql_directive> directives;
    std::optional<sql_problem> problem; ///< the first one; reading stopped there
};

/// Reads any bytes; never throws but for lack of memory.
[[nodiscard]] sql_script read_sql(std::string_view text);

/// Line and column of a byte.
[[nodiscard]] text_position place_of(std::string_view text, std::size_t offset) noexcept;

/// How many characters of UTF-8 stand in `text`.
[[nodiscard]] std::size_t count_characters(std::string_view text) noexcept;

} // namespace howdah::detail

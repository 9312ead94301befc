// SPDX-License-Identifier: BSL-1.0
//
// Splits a text of SQL into its commands, as psql would send them, and says what in it cannot be part of a
// migration.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <howdah/error.hpp>

namespace howdah::detail {

/// What a command does to the connection that runs it.
enum class sql_command_kind : unsigned char {
    plain,
    begins,      ///< begins a transaction, without modes of its own
    commits,     ///< ends one, and nothing else
    transaction, ///< begins or ends one in another way
    copy_in,     ///< COPY FROM STDIN: its data stand in the text, behind it
};

/// One command. [begin, end) of all commands tile the text; [first, last) is the command itself, without the
/// blanks and comments around it and without its semicolon. [data, data_end) are the lines of COPY FROM STDIN, without
/// the line \. that ends them. Offsets are in bytes.
struct sql_command {
    std::size_t begin = 0, end = 0, first = 0, last = 0;
    std::size_t data = 0, data_end = 0;
    sql_command_kind kind = sql_command_kind::plain;
    [[nodiscard]] bool blank() const noexcept { return first == last; }
};

enum class sql_problem_kind { unterminated, meta_command, copy_stream, own_transaction, own_strings };

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
    /// The first command begins a transaction, the last one commits it, and they were allowed to.
    bool wrapped = false;
};

/// May a text begin with BEGIN and end with COMMIT? Any other command of that kind is a problem in any case.
enum class sql_wrapping : unsigned char { refused, allowed };

/// Reads any bytes; never throws but for lack of memory.
[[nodiscard]] sql_script read_sql(std::string_view text, sql_wrapping wrapping = sql_wrapping::refused);

/// The words of a command, in lower case, at most `most` of them and up to its first other token.
[[nodiscard]] std::vector<std::string> leading_words(std::string_view command, std::size_t most);

/// Line and column of a byte.
[[nodiscard]] text_position place_of(std::string_view text, std::size_t offset) noexcept;

} // namespace howdah::detail

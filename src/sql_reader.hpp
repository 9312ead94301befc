// SPDX-License-Identifier: BSL-1.0
//
// One command as a row of words, and a reader that walks along it: enough to tell what a command is about, without
// being a parser of SQL. Comments are left out, strings are single words: neither can be mistaken for SQL.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sql_scanner.hpp"

namespace howdah::detail {

/// A token other than a comment. The text of a word is in lower case, that of a quoted identifier without its quotes,
/// that of a string as it stands.
struct sql_piece {
    sql_token_kind kind;
    std::string text;
    std::size_t offset; ///< in the text that was given

    [[nodiscard]] bool is(std::string_view word) const noexcept {
        return (kind == sql_token_kind::word || kind == sql_token_kind::symbol) && text == word;
    }
    [[nodiscard]] bool names() const noexcept {
        return kind == sql_token_kind::word || kind == sql_token_kind::quoted_identifier;
    }
};
using sql_pieces = std::span<const sql_piece>;

/// The pieces of [first, last) of a text.
[[nodiscard]] std::vector<sql_piece> read_pieces(std::string_view text, std::size_t first, std::size_t last);

/// Walks along pieces, which must outlive it. `words` is a row of words or symbols with single blanks between.
class sql_reader {
public:
    explicit sql_reader(sql_pieces pieces) noexcept : rest_(pieces) {}

    [[nodiscard]] bool done() const noexcept { return rest_.empty(); }
    [[nodiscard]] sql_pieces rest() const noexcept { return rest_; }
    /// Do these words come next?
    [[nodiscard]] bool sees(std::string_view words) const noexcept;
    /// Goes past these words if they come next.
    bool accept(std::string_view words) noexcept;
    /// Goes past the first of these alternatives, divided by '|', that comes next.
    bool accept_any(std::string_view alternatives) noexcept;
    /// Goes past one piece, or past a whole group if it begins one with '('.
    void skip() noexcept;
    /// Reads a name, qualified or not, as "schema.table"; "public." is left out. Empty if there is none.
    [[nodiscard]] std::string name();
    /// What stands in the parentheses that begin here; goes past them. Empty if none begin here.
    [[nodiscard]] sql_pieces group() noexcept;

private:
    sql_pieces rest_;
};

/// Do these words stand one after the other anywhere, at any depth? At which index: npos if nowhere.
[[nodiscard]] std::size_t find_words(sql_pieces in, std::string_view words) noexcept;
[[nodiscard]] inline bool has_words(sql_pieces in, std::string_view words) noexcept {
    return find_words(in, words) != std::string_view::npos;
}
/// The parts between the commas that are in no parentheses.
[[nodiscard]] std::vector<sql_pieces> split_at_commas(sql_pieces list);

} // namespace howdah::detail

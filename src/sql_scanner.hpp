// SPDX-License-Identifier: BSL-1.0
//
// The words of SQL, as the server's own scanner has them (PostgreSQL manual, section 4.1) with
// standard_conforming_strings on. Any bytes are read; only lack of memory throws.
#pragma once

#include <cstddef>
#include <string_view>

namespace howdah::detail {

enum class sql_token_kind : unsigned char {
    end,               ///< of the text, or of what can be read of it
    word,              ///< a keyword or an identifier without quotes
    quoted_identifier, ///< "..."; U&"..." is the word U&, as far as that matters, and one of these
    string,            ///< '...', E'...', $tag$...$tag$, with what continues it on later lines
    number,
    parameter,    ///< $1
    symbol,       ///< any other character, one at a time
    comment,      ///< to the end of the line, without it, or nested /* */
    unterminated, ///< a string, identifier or comment that never ends: the rest of the text
};

/// [first, last) in bytes.
struct sql_token {
    sql_token_kind kind = sql_token_kind::end;
    std::size_t first = 0, last = 0;
};

/// Reads tokens one by one. Keeps a view of the text.
class sql_scanner {
public:
    explicit sql_scanner(std::string_view text) noexcept : text_(text) {}

    /// The next token; spaces between tokens are skipped.
    [[nodiscard]] sql_token next() noexcept;
    /// Goes on at a later place, where a token may begin.
    void skip_to(std::size_t offset) noexcept { at_ = offset; }

private:
    [[nodiscard]] char peek(std::size_t ahead = 0) const noexcept {
        return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
    }
    [[nodiscard]] bool follows(std::string_view what) const noexcept {
        return text_.substr(at_, what.size()) == what;
    }
    [[nodiscard]] sql_token_kind read() noexcept;
    [[nodiscard]] sql_token_kind unterminated() noexcept;
    [[nodiscard]] sql_token_kind line_comment() noexcept;
    [[nodiscard]] sql_token_kind block_comment() noexcept;
    [[nodiscard]] sql_token_kind word() noexcept;
    [[nodiscard]] sql_token_kind number() noexcept;
    [[nodiscard]] sql_token_kind string(bool escapes) noexcept;
    [[nodiscard]] std::size_t continuation() const noexcept;
    [[nodiscard]] sql_token_kind quoted_identifier() noexcept;
    [[nodiscard]] sql_token_kind dollar() noexcept;
    [[nodiscard]] sql_token_kind parameter() noexcept;

    std::string_view text_;
    std::size_t at_ = 0;
};

} // namespace howdah::detail

// SPDX-License-Identifier: BSL-1.0
#include "sql_scanner.hpp"

#include <algorithm>

namespace howdah::detail {
namespace {

constexpr std::size_t npos = std::string_view::npos;

bool is_space(char c) noexcept {
    return c == ' ' || (c >= '\t' && c <= '\r');
}
bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}
// Every byte of a non-ASCII character may stand in an identifier, as in the server's scan.l.
bool starts_word(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80) != 0;
}
bool continues_tag(char c) noexcept {
    return starts_word(c) || is_digit(c);
}
bool continues_word(char c) noexcept {
    return continues_tag(c) || c == '$';
}

} // namespace

sql_token sql_scanner::next() noexcept {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
    sql_token out;
    out.first = at_;
    if (at_ < text_.size()) out.kind = read();
    out.last = at_;
    return out;
}

sql_token_kind sql_scanner::read() noexcept {
    if (follows("--")) return line_comment();
    if (follows("/*")) return block_comment();
    const char c = peek();
    if (starts_word(c)) return word();
    if (is_digit(c) || (c == '.' && is_digit(peek(1)))) return number();
    if (c == '\'') return string(false);
    if (c == '"') return quoted_identifier();
    if (c == '$') return is_digit(peek(1)) ? parameter() : dollar();
    ++at_;
    return sql_token_kind::symbol;
}

sql_token_kind sql_scanner::unterminated() noexcept {
    at_ = text_.size();
    return sql_token_kind::unterminated;
}

sql_token_kind sql_scanner::line_comment() noexcept {
    at_ = std::min(text_.find_first_of("\r\n", at_), text_.size());
    return sql_token_kind::comment;
}

sql_token_kind sql_scanner::block_comment() noexcept {
    at_ += 2;
    for (std::size_t depth = 1; depth > 0;) {
        if (at_ >= text_.size()) return unterminated();
        if (follows("/*")) ++depth, at_ += 2;
        else if (follows("*/")) --depth, at_ += 2;
        else ++at_;
    }
    return sql_token_kind::comment;
}

sql_token_kind sql_scanner::word() noexcept {
    const auto begin = at_;
    while (at_ < text_.size() && continues_word(text_[at_])) ++at_;
    const bool escapes = at_ - begin == 1 && (text_[begin] == 'e' || text_[begin] == 'E');
    return escapes && peek() == '\'' ? string(true) : sql_token_kind::word;
}

// "1.end" is 1. and a word, "1..2" is 1 and two dots, "1e" is 1 and a word: as the server has it.
sql_token_kind sql_scanner::number() noexcept {
    const auto digits = [&] {
        while (is_digit(peek())) ++at_;
    };
    digits();
    if (peek() == '.' && peek(1) != '.') {
        ++at_;
        digits();
    }
    if (peek() == 'e' || peek() == 'E') {
        const bool is_signed = peek(1) == '+' || peek(1) == '-';
        if (is_digit(peek(is_signed ? 2 : 1))) {
            at_ += is_signed ? 2 : 1;
            digits();
        }
    }
    return sql_token_kind::number;
}

// `escapes`: E'', where a backslash takes the next character with it. A string goes on in the next pair
// of quotes if only blanks and comments with at least one line end stand between, and keeps its kind.
sql_token_kind sql_scanner::string(bool escapes) noexcept {
    for (++at_; at_ < text_.size();) {
        const char c = text_[at_++];
        if (escapes && c == '\\') ++at_;
        else if (c == '\'' && peek() == '\'') ++at_;
        else if (c == '\'') {
            const auto more = continuation();
            if (more == npos) return sql_token_kind::string;
            at_ = more + 1;
        }
    }
    return unterminated();
}

std::size_t sql_scanner::continuation() const noexcept {
    bool line_end = false;
    for (auto p = at_; p < text_.size();) {
        const char c = text_[p];
        if (text_.substr(p, 2) == "--") p = std::min(text_.find_first_of("\r\n", p), text_.size());
        else if (is_space(c)) line_end |= c == '\n' || c == '\r', ++p;
        else return line_end && c == '\'' ? p : npos;
    }
    return npos;
}

sql_token_kind sql_scanner::quoted_identifier() noexcept {
    for (++at_; at_ < text_.size();)
        if (text_[at_++] == '"') {
            if (peek() != '"') return sql_token_kind::quoted_identifier;
            ++at_;
        }
    return unterminated();
}

sql_token_kind sql_scanner::parameter() noexcept {
    for (++at_; is_digit(peek());) ++at_;
    return sql_token_kind::parameter;
}

sql_token_kind sql_scanner::dollar() noexcept {
    const auto begin = at_++;
    auto p = at_;
    if (p < text_.size() && starts_word(text_[p]))
        while (p < text_.size() && continues_tag(text_[p])) ++p;
    // a stray character for the server to refuse
    if (p >= text_.size() || text_[p] != '$') return sql_token_kind::symbol;
    const auto tag = text_.substr(begin, p + 1 - begin);
    const auto close = text_.find(tag, p + 1);
    if (close == npos) return unterminated();
    at_ = close + tag.size();
    return sql_token_kind::string;
}

} // namespace howdah::detail

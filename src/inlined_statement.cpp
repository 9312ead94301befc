// SPDX-License-Identifier: BSL-1.0
#include "inlined_statement.hpp"

#include <charconv>

#include <howdah/error.hpp>

#include "sql_scanner.hpp"
#include "utf8.hpp"

namespace howdah::detail {

namespace {

/// Of what the server takes as one message, with room for its head.
constexpr std::size_t most_bytes = (std::size_t{1} << 30) - 1024;

/// The literal for "$1"; null if there is none.
const std::string* literal_for(std::string_view parameter, std::span<const std::string> literals) noexcept {
    std::size_t number = 0;
    const char* const end = parameter.data() + parameter.size();
    const auto [stop, failure] = std::from_chars(parameter.data() + 1, end, number);
    return failure == std::errc{} && number - 1 < literals.size() ? &literals[number - 1] : nullptr;
}

void require_text(std::string_view text) {
    if (const auto bad = first_bad_byte(text); bad != text.size())
        throw usage_error("the text of a value holds a NUL byte or invalid UTF-8 at offset " +
                          std::to_string(bad));
}

} // namespace

std::string literal_of(std::optional<std::string_view> text, std::string_view type) {
    std::string out = "(NULL";
    if (text) {
        require_text(*text);
        const bool escapes = text->find('\\') != text->npos;
        out.assign(escapes ? "(E'" : "('");
        out.reserve(text->size() + type.size() + 16);
        for (const char c : *text) out.append(c == '\'' || c == '\\' ? 2 : 1, c);
        out += '\'';
    }
    return out.append("::").append(type).append(")");
}

std::string domain_literal_of(std::string_view text, std::string_view array) {
    require_text(text);
    std::string element = "{\"";
    element.reserve(text.size() + 16);
    for (const char c : text) {
        if (c == '"' || c == '\\') element += '\\';
        element += c;
    }
    return "(" + literal_of(element.append("\"}"), array) + "[1])";
}

inlined_statement::inlined_statement(std::string_view text, std::span<const std::string> literals) {
    struct place {
        std::size_t first, last; // of the parameter
        const std::string* literal;
    };
    std::vector<place> places;
    std::size_t size = text.size(); // at least that of text_
    sql_scanner scanner(text);
    for (auto token = scanner.next(); token.kind != sql_token_kind::end; token = scanner.next()) {
        if (token.kind != sql_token_kind::parameter) continue;
        const auto* const literal = literal_for(text.substr(token.first, token.last - token.first), literals);
        if (!literal) continue;
        places.push_back({token.first, token.last, literal});
        size += literal->size();
    }
    if (size > most_bytes)
        throw usage_error("a statement with its values in its text must stay below one gigabyte");
    text_.reserve(size);
    replacements_.reserve(places.size());
    std::size_t copied = 0, characters = 0; // of `text`
    for (const auto& [first, last, literal] : places) {
        const auto between = text.substr(copied, first - copied);
        text_.append(between).append(*literal);
        characters += count_characters(between);
        replacements_.push_back({characters, last - first, count_characters(*literal)});
        characters += last - first;
        copied = last;
    }
    text_.append(text.substr(copied));
}

std::size_t inlined_statement::position_before(std::size_t position) const noexcept {
    std::size_t grown = 0; // by what stands before, modulo 2^64: a literal may be shorter than "$0001"
    for (const auto& one : replacements_) {
        const auto begin = one.at + grown; // in text(), from 0
        if (position <= begin) break;
        if (position <= begin + one.size) return one.at + 1;
        grown += one.size - one.size_before;
    }
    return position - grown;
}

} // namespace howdah::detail

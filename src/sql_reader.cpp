// SPDX-License-Identifier: BSL-1.0
#include "sql_reader.hpp"

#include <algorithm>

namespace howdah::detail {
namespace {

std::string text_of(sql_token_kind kind, std::string_view raw) {
    if (kind == sql_token_kind::word) {
        std::string out(raw);
        for (char& c : out)
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        return out;
    }
    if (kind != sql_token_kind::quoted_identifier) return std::string(raw);
    std::string out;
    for (std::size_t i = 1; i + 1 < raw.size(); ++i) {
        out += raw[i];
        if (raw[i] == '"') ++i; // doubled
    }
    return out;
}

/// How many pieces the group takes that begins at the first one; 1 if that begins none.
std::size_t length_of_group(sql_pieces pieces) noexcept {
    std::size_t depth = 0;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        if (pieces[i].is("(") || pieces[i].is("[")) ++depth;
        if ((pieces[i].is(")") || pieces[i].is("]")) && depth > 0) --depth;
        if (depth == 0) return i + 1;
    }
    return pieces.size();
}

} // namespace

std::vector<sql_piece> read_pieces(std::string_view text, std::size_t first, std::size_t last) {
    std::vector<sql_piece> out;
    sql_scanner scanner(text.substr(0, last));
    scanner.skip_to(first);
    for (auto token = scanner.next(); token.kind != sql_token_kind::end; token = scanner.next())
        if (token.kind != sql_token_kind::comment)
            out.push_back({token.kind,
                           text_of(token.kind, text.substr(token.first, token.last - token.first)),
                           token.first});
    return out;
}

bool sql_reader::sees(std::string_view words) const noexcept {
    for (const auto& piece : rest_) {
        const auto word = words.substr(0, words.find(' '));
        if (!piece.is(word)) return false;
        if (word.size() == words.size()) return true;
        words.remove_prefix(word.size() + 1);
    }
    return false;
}

bool sql_reader::accept(std::string_view words) noexcept {
    if (!sees(words)) return false;
    rest_ = rest_.subspan(1 + static_cast<std::size_t>(std::count(words.begin(), words.end(), ' ')));
    return true;
}

bool sql_reader::accept_any(std::string_view alternatives) noexcept {
    while (!alternatives.empty()) {
        const auto end = std::min(alternatives.find('|'), alternatives.size());
        if (accept(alternatives.substr(0, end))) return true;
        alternatives.remove_prefix(std::min(end + 1, alternatives.size()));
    }
    return false;
}

void sql_reader::skip() noexcept {
    if (!rest_.empty()) rest_ = rest_.subspan(length_of_group(rest_));
}

std::string sql_reader::name() {
    std::string out;
    while (!rest_.empty() && rest_.front().names()) {
        out += rest_.front().text;
        rest_ = rest_.subspan(1);
        if (rest_.empty() || !rest_.front().is(".")) break;
        out += '.';
        rest_ = rest_.subspan(1);
    }
    return out.starts_with("public.") ? out.substr(7) : out;
}

sql_pieces sql_reader::group() noexcept {
    if (!sees("(")) return {};
    const auto length = length_of_group(rest_);
    const auto inside = rest_.subspan(1, length < 2 ? 0 : length - 2);
    rest_ = rest_.subspan(length);
    return inside;
}

std::size_t find_words(sql_pieces in, std::string_view words) noexcept {
    for (std::size_t i = 0; i < in.size(); ++i)
        if (sql_reader(in.subspan(i)).sees(words)) return i;
    return std::string_view::npos;
}

std::vector<sql_pieces> split_at_commas(sql_pieces list) {
    std::vector<sql_pieces> out;
    std::size_t begin = 0;
    for (std::size_t i = 0; i < list.size(); i += length_of_group(list.subspan(i)))
        if (list[i].is(",")) {
            out.push_back(list.subspan(begin, i - begin));
            begin = i + 1;
        }
    if (begin < list.size()) out.push_back(list.subspan(begin));
    return out;
}

} // namespace howdah::detail

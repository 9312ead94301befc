// SPDX-License-Identifier: BSL-1.0
#include "testing/spelling.hpp"

#include <algorithm>
#include <cctype>

namespace howdah::testing {

namespace {

char lower(char c) noexcept {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

std::string_view trim(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

/// Takes `word` and the blanks before it off the end, in either case. A text that is only the word stays: a
/// column may be called so.
bool take_last(std::string_view& text, std::string_view word) {
    if (text.size() <= word.size() || text[text.size() - word.size() - 1] != ' ') return false;
    const std::string_view end = text.substr(text.size() - word.size());
    if (!std::equal(end.begin(), end.end(), word.begin(), [](char a, char b) { return lower(a) == b; }))
        return false;
    text = trim(text.substr(0, text.size() - word.size()));
    return true;
}

} // namespace

type_parts split_type(std::string_view text) {
    const auto open = text.find('('), close = text.find(')', open);
    if (close == std::string_view::npos) return {std::string(trim(text)), {}};
    std::string modifier(text.substr(open, close - open + 1));
    std::erase(modifier, ' ');
    return {std::string(trim(text.substr(0, open))) + std::string(text.substr(close + 1)), modifier};
}

std::string join_type(std::string_view name, std::string_view modifier) {
    const bool of_time = name.starts_with("timestamp ") || name.starts_with("time ");
    const auto at = std::min(of_time ? name.find(' ') : name.find('['), name.size());
    return std::string(name.substr(0, at)).append(modifier).append(name.substr(at));
}

std::string canonical_index_column(std::string_view text) {
    text = trim(text);
    const bool first = take_last(text, "nulls first");
    const bool last = !first && take_last(text, "nulls last");
    const bool descending = take_last(text, "desc");
    if (!descending) take_last(text, "asc");
    std::string out(text);
    if (descending) out += " desc";
    if (descending && last) out += " nulls last";
    if (!descending && first) out += " nulls first";
    return out;
}

} // namespace howdah::testing

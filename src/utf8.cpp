// SPDX-License-Identifier: BSL-1.0
#include "utf8.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace howdah::detail {

namespace {

constexpr std::uint64_t ones = 0x0101010101010101, tops = 0x8080808080808080;

/// True if none of the eight bytes is NUL or above 0x7F. A borrow out of a NUL can only add false
/// alarms.
bool plain_ascii(const char* at) noexcept {
    std::uint64_t word;
    std::memcpy(&word, at, sizeof word);
    return ((word | (word - ones)) & tops) == 0;
}

/// What may follow a lead byte: how many bytes, and the narrower range of the first of them.
struct sequence {
    unsigned char more, low, high;
};

/// Unicode, table 3-7 (well-formed UTF-8 byte sequences). more == 0: not a lead byte.
constexpr sequence sequence_of(unsigned char lead) noexcept {
    if (lead < 0xC2) return {0, 0, 0};
    if (lead < 0xE0) return {1, 0x80, 0xBF};
    if (lead == 0xE0) return {2, 0xA0, 0xBF};
    if (lead == 0xED) return {2, 0x80, 0x9F};
    if (lead < 0xF0) return {2, 0x80, 0xBF};
    if (lead == 0xF0) return {3, 0x90, 0xBF};
    if (lead < 0xF4) return {3, 0x80, 0xBF};
    if (lead == 0xF4) return {3, 0x80, 0x8F};
    return {0, 0, 0};
}

/// The length of the sequence at the start of `rest`, 0 if it is ill-formed.
std::size_t well_formed(std::string_view rest) noexcept {
    const auto [more, low, high] = sequence_of(static_cast<unsigned char>(rest[0]));
    if (more == 0 || rest.size() <= more) return 0;
    const auto second = static_cast<unsigned char>(rest[1]);
    if (second < low || second > high) return 0;
    for (std::size_t i = 2; i <= more; ++i)
        if ((static_cast<unsigned char>(rest[i]) & 0xC0) != 0x80) return 0;
    return more + std::size_t{1};
}

/// True if all of a text of eight bytes or more is ASCII without NUL: the usual case, with one branch at the end.
bool all_plain_ascii(std::string_view text) noexcept {
    const char* const last = text.data() + text.size() - 8;
    std::uint64_t word, found = 0;
    for (const char* at = text.data(); at < last; at += 8) {
        std::memcpy(&word, at, sizeof word);
        found |= word | (word - ones);
    }
    std::memcpy(&word, last, sizeof word); // may overlap the one before
    return ((found | word | (word - ones)) & tops) == 0;
}

} // namespace

std::size_t first_bad_byte(std::string_view text) noexcept {
    if (text.size() >= 8 && all_plain_ascii(text)) return text.size();
    std::size_t at = 0;
    while (at < text.size()) {
        if (text.size() - at >= 8 && plain_ascii(text.data() + at)) {
            at += 8;
        } else if (static_cast<signed char>(text[at]) > 0) {
            ++at;
        } else {
            const std::size_t length = text[at] == '\0' ? 0 : well_formed(text.substr(at));
            if (length == 0) return at;
            at += length;
        }
    }
    return text.size();
}

std::size_t count_characters(std::string_view text) noexcept {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

} // namespace howdah::detail

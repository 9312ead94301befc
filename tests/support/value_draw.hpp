// SPDX-License-Identifier: BSL-1.0
//
// Seeded random values of every type with a codec, in the form in which the server prints them, so that a value that
// came back can be compared with the one that went out. All magnitudes, and often the ends of a range.
#pragma once

#include <array>
#include <bit>
#include <chrono>
#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <howdah/json.hpp>
#include <howdah/numeric.hpp>
#include <howdah/time.hpp>
#include <howdah/uuid.hpp>

#include "codec_checks.hpp"

namespace howdah::tests {

template <class T, std::size_t N> const T& one_of(seeded& random, const std::array<T, N>& values) {
    return values[random.below(N)];
}
inline bool draw_bool(seeded& random) {
    return random.coin();
}
template <class T> T draw_integer(seeded& random) {
    using limits = std::numeric_limits<T>;
    if (random.below(10) == 0)
        return one_of(random, std::array{limits::lowest(), limits::max(), T{0}, T(-1)});
    return static_cast<T>(random.integer<std::int64_t>() >> random.below(64));
}
/// Between `first` and `last`, both included and both often.
inline std::int64_t draw_between(seeded& random, std::int64_t first, std::int64_t last) {
    if (random.below(20) == 0) return random.coin() ? first : last;
    const auto span = static_cast<std::uint64_t>(last) - static_cast<std::uint64_t>(first);
    const auto drawn = random.integer<std::uint64_t>() >> random.below(64);
    return first + static_cast<std::int64_t>(span == UINT64_MAX ? drawn : drawn % (span + 1));
}
template <class T, class Bits> T draw_float(seeded& random) {
    const T value = std::bit_cast<T>(random.integer<Bits>());
    return std::isnan(value) ? std::numeric_limits<T>::infinity() : value;
}
inline std::string draw_text(seeded& random) {
    static constexpr std::array<std::string_view, 16> pieces{"a",
                                                             "NULL",
                                                             "\"",
                                                             "\\",
                                                             "{",
                                                             "}",
                                                             ",",
                                                             " ",
                                                             "\n",
                                                             "'",
                                                             "\t",
                                                             "\xC3\xA9",
                                                             "\xE2\x82\xAC",
                                                             "$1",
                                                             "\r",
                                                             "\xF0\x9F\x90\x98"};
    std::string out;
    for (std::size_t left = random.below(8); left > 0; --left) out += one_of(random, pieces);
    return out;
}
/// A name of letters.
inline std::string draw_word(seeded& random) {
    std::string out;
    for (std::size_t left = 1 + random.below(6); left > 0; --left)
        out += static_cast<char>('a' + random.below(26));
    return out;
}
inline std::vector<std::byte> draw_blob(seeded& random) {
    std::vector<std::byte> out(random.below(30));
    for (auto& each : out) each = static_cast<std::byte>(random.below(256));
    return out;
}
inline uuid draw_uuid(seeded& random) {
    std::array<std::uint8_t, 16> bytes{};
    for (auto& each : bytes) each = random.integer<std::uint8_t>();
    return uuid(bytes);
}
template <class Point> Point draw_time(seeded& random) {
    constexpr std::int64_t first = -210'866'803'200'000'000, span = 400'000'000'000'000'000;
    const auto past = static_cast<std::int64_t>(random.below(span));
    return Point{std::chrono::microseconds{random.coin() ? first + past : past / 100}};
}
inline date draw_date(seeded& random) {
    constexpr int first = -2'440'588, days = 2'147'472'536; // 4714-11-24 BC .. 5874897-12-31
    const auto within = random.coin() ? days : 3'000'000;
    return date{std::chrono::days{first + static_cast<int>(random.below(static_cast<std::size_t>(within)))}};
}
template <class T> or_infinity<T> or_beyond(T drawn, seeded& random) {
    using kind = typename or_infinity<T>::kind;
    if (random.coin()) return drawn;
    return random.coin() ? kind::infinity : kind::minus_infinity;
}
/// "-0012.3400" and the like: the scale counts, leading zeros do not.
inline numeric draw_numeric(seeded& random) {
    static constexpr std::array<std::string_view, 3> unlike{"NaN", "Infinity", "-Infinity"};
    if (random.below(20) == 0) return numeric(one_of(random, unlike));
    std::string text = random.coin() ? "-" : "";
    const auto digits = [&](std::size_t count) {
        for (; count > 0; --count) text += random.coin() ? '0' : static_cast<char>('0' + random.below(10));
    };
    digits(1 + random.below(40));
    if (random.coin()) text += '.', digits(1 + random.below(30));
    return numeric(text);
}
/// As jsonb prints it, so that json and jsonb agree.
inline json draw_json(seeded& random) {
    static constexpr std::array<std::string_view, 5> forms{
        "null", "[]", "{\"a\": 1, \"b\": [true, false, null]}", "\"\xE2\x82\xAC \\\" \\\\ \"",
        "[1.50, {\"k\": \"}\"}, -3]"};
    if (random.coin()) return json(std::to_string(random.integer<std::int64_t>()));
    return json(std::string(one_of(random, forms)));
}

} // namespace howdah::tests

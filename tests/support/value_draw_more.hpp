// SPDX-License-Identifier: BSL-1.0
//
// As value_draw.hpp does: values of the types that have headers of their own.
#pragma once

#include <howdah/bit_string.hpp>
#include <howdah/hstore.hpp>
#include <howdah/inet.hpp>
#include <howdah/internal_char.hpp>
#include <howdah/interval.hpp>
#include <howdah/jsonpath.hpp>
#include <howdah/macaddr.hpp>
#include <howdah/pg_lsn.hpp>
#include <howdah/text_search.hpp>
#include <howdah/time_of_day.hpp>
#include <howdah/xml.hpp>

#include "value_draw.hpp"

namespace howdah::tests {

inline time_of_day draw_time_of_day(seeded& random) {
    constexpr std::int64_t day = 86'400'000'000;
    auto micros = draw_between(random, 0, day);
    if (random.coin()) micros -= micros % 1'000'000;
    return {std::chrono::microseconds{micros}};
}
inline offset_time draw_offset_time(seeded& random) {
    auto offset = draw_between(random, -57'599, 57'599);
    if (random.coin()) offset -= offset % 900;
    return {draw_time_of_day(random), std::chrono::seconds{offset}};
}
/// Any signs. Not the two that PostgreSQL 17 takes for infinite, and not the least time, which PostgreSQL 15 prints but
/// does not read.
inline interval draw_interval(seeded& random) {
    const auto sparse = [&](std::int64_t value) { return random.below(3) == 0 ? 0 : value; };
    interval out;
    do {
        out.months = static_cast<std::int32_t>(sparse(draw_integer<std::int32_t>(random)));
        out.days = static_cast<std::int32_t>(sparse(draw_integer<std::int32_t>(random)));
        out.time = std::chrono::microseconds{sparse(draw_integer<std::int64_t>(random))};
        if (random.coin()) out.time -= out.time % std::chrono::seconds{1};
    } while (!out.is_finite() || out.time == std::chrono::microseconds::min());
    return out;
}
/// Runs of zeros in the middle and at the ends: they are what the text of IPv6 shortens.
inline inet draw_inet(seeded& random) {
    const bool host = random.coin();
    if (random.coin()) {
        std::array<std::uint8_t, 4> bytes{};
        for (auto& each : bytes) each = static_cast<std::uint8_t>(random.below(256));
        return inet::v4(bytes, host ? 32 : static_cast<unsigned>(random.below(33)));
    }
    std::array<std::uint8_t, 16> bytes{};
    for (std::size_t word = 0; word < 8; ++word) {
        if (random.coin()) continue;
        const auto value =
            one_of(random, std::array<unsigned, 4>{1, 0xFFFF, 0x20, random.integer<std::uint16_t>()});
        bytes[2 * word] = static_cast<std::uint8_t>(value >> 8);
        bytes[2 * word + 1] = static_cast<std::uint8_t>(value & 255);
    }
    return inet::v6(bytes, host ? 128 : static_cast<unsigned>(random.below(129)));
}
inline cidr draw_cidr(seeded& random) {
    return cidr::network_of(draw_inet(random));
}
template <class Address> Address draw_macaddr(seeded& random) {
    Address out;
    for (auto& each : out.bytes) each = random.integer<std::uint8_t>();
    return out;
}
inline bit_string draw_bits(seeded& random, std::size_t size) {
    bit_string out;
    while (out.size() < size) out.push_back(random.coin());
    return out;
}
inline bit_string draw_varbit(seeded& random) {
    return draw_bits(random, random.below(40));
}
inline pg_lsn draw_lsn(seeded& random) {
    return {random.integer<std::uint64_t>() >> random.below(64)};
}
inline internal_char draw_char(seeded& random) {
    return {static_cast<char>(random.below(128))};
}
inline hstore draw_hstore(seeded& random) {
    hstore out;
    for (std::size_t left = random.below(5); left > 0; --left) {
        std::optional<std::string> value;
        if (random.below(4) > 0) value = draw_text(random);
        out.pairs.insert_or_assign(draw_text(random), std::move(value));
    }
    return out;
}
inline xml draw_xml(seeded& random) {
    if (random.below(4) == 0) return xml(draw_word(random) + " \xE2\x82\xAC &amp; {,}\\ 'x'");
    return xml("<" + std::string("a b=\"") + draw_word(random) + "\">" + draw_word(random) + "<c/></a>");
}
inline jsonpath draw_jsonpath(seeded& random) {
    return jsonpath("$.\"" + draw_word(random) + "\"[" + std::to_string(random.below(1000)) + "]");
}
inline tsvector draw_tsvector(seeded& random) {
    const auto word = draw_word(random);
    return tsvector("'" + word + "':" + std::to_string(1 + random.below(99)) + "A '" + word + "x'");
}
inline tsquery draw_tsquery(seeded& random) {
    return tsquery("'" + draw_word(random) + "' & ( !'" + draw_word(random) + "':*B | 'x''y' )");
}

} // namespace howdah::tests

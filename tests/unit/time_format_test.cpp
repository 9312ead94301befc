// SPDX-License-Identifier: BSL-1.0
#include <howdah/time.hpp>

#include <cstdio>
#include <random>

#include <date/date.h>
#include <doctest/doctest.h>

using howdah::byte_reader, howdah::byte_writer, howdah::codec, howdah::format, howdah::local_timestamp,
    howdah::timestamp;
using howdah::format_date, howdah::format_rfc3339, howdah::format_timestamp, howdah::parse_date,
    howdah::parse_local_timestamp, howdah::parse_timestamp;
namespace oids = howdah::oids;

namespace {

constexpr std::int64_t first_us = -210'866'803'200'000'000, epoch_us = 946'684'800'000'000;

timestamp at(std::int64_t since_1970) {
    return timestamp{std::chrono::microseconds{since_1970}};
}

std::string field(const char* form, long value) {
    char text[32];
    std::snprintf(text, sizeof text, form, value);
    return text;
}

/// An instant as a server writes it in a zone that is `east` seconds from Greenwich, in PostgreSQL's style or in
/// ISO 8601. Made with arithmetic of its own, so that a fault of the library does not hide.
std::string written(timestamp instant, int east, bool iso, bool short_offset) {
    const std::int64_t seconds_us = 1'000'000;
    auto seconds = instant.time_since_epoch().count() / seconds_us;
    auto micros = instant.time_since_epoch().count() % seconds_us;
    if (micros < 0) micros += seconds_us, --seconds;
    seconds += east;
    auto day = seconds / 86'400, second = seconds % 86'400;
    if (second < 0) second += 86'400, --day;
    // Howard Hinnant's civil_from_days, in 64 bits.
    day += 719'468;
    const auto era = (day >= 0 ? day : day - 146'096) / 146'097;
    const auto doe = day - era * 146'097;
    const auto yoe = (doe - doe / 1460 + doe / 36'524 - doe / 146'096) / 365;
    const auto doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    const auto mp = (5 * doy + 2) / 153;
    const auto month = mp < 10 ? mp + 3 : mp - 9;
    const auto year = yoe + era * 400 + (month <= 2 ? 1 : 0);
    auto out = field("%04ld-", year > 0 ? year : 1 - year) + field("%02ld-", month) +
               field("%02ld", doy - (153 * mp + 2) / 5 + 1) + (iso ? "T" : " ") +
               field("%02ld:", second / 3600) + field("%02ld:", second / 60 % 60) +
               field("%02ld", second % 60);
    if (micros != 0) {
        out += field(".%06ld", micros);
        out.erase(out.find_last_not_of('0') + 1);
    }
    const auto size = east < 0 ? -east : east;
    out += (east < 0 ? "-" : "+") + field("%02ld", size / 3600);
    if (!short_offset || size % 3600 != 0) out += field(":%02ld", size / 60 % 60);
    if (size % 60 != 0) out += field(":%02ld", size % 60);
    return year > 0 ? out : out + " BC";
}

} // namespace

TEST_CASE("format_rfc3339 writes as many digits as are needed") {
    CHECK(format_rfc3339(at(0)) == "1970-01-01T00:00:00Z");
    CHECK(format_rfc3339(at(-1)) == "1969-12-31T23:59:59.999999Z");
    CHECK(format_rfc3339(at(1'706'065'445'500'000)) == "2024-01-24T03:04:05.500Z");
    CHECK(format_rfc3339(at(1'706'065'445'123'400)) == "2024-01-24T03:04:05.123400Z");
    CHECK(format_rfc3339(parse_timestamp("2026-01-24 03:04:05.123456+05:30")) ==
          "2026-01-23T21:34:05.123456Z");
    CHECK(format_rfc3339(parse_timestamp("9999-12-31 23:59:59+00")) == "9999-12-31T23:59:59Z");
}

TEST_CASE("format_rfc3339 writes years outside of the RFC as PostgreSQL does") {
    CHECK(format_rfc3339(parse_timestamp("0001-06-01 00:00:00+00 BC")) == "0000-06-01T00:00:00Z");
    CHECK(format_rfc3339(parse_timestamp("0002-06-01 00:00:00+00 BC")) == "0002-06-01T00:00:00+00:00 BC");
    CHECK(format_rfc3339(parse_timestamp("10000-01-01 00:00:00+00")) == "10000-01-01T00:00:00+00:00");
}

TEST_CASE("format_timestamp writes PostgreSQL's ISO style") {
    CHECK(format_timestamp(at(1'706'065'445'500'000)) == "2024-01-24 03:04:05.5+00");
    CHECK(format_timestamp(at(0)) == "1970-01-01 00:00:00+00");
    CHECK(format_timestamp(at(first_us)) == "4714-11-24 00:00:00+00 BC");
    CHECK(format_timestamp(at(INT64_MAX)) == "294247-01-10 04:00:54.775807+00");
    CHECK(format_timestamp(local_timestamp{std::chrono::microseconds{1'706'065'445'000'010}}) ==
          "2024-01-24 03:04:05.00001");
}

TEST_CASE("formatting reaches the ends of 64 bits without overflow") {
    CHECK(format_timestamp(at(INT64_MIN)) == "290309-12-21 19:59:05.224192+00 BC");
    CHECK(format_rfc3339(at(INT64_MIN)) == "290309-12-21T19:59:05.224192+00:00 BC");
}

TEST_CASE("format_date writes years of four to seven digits and BC") {
    using std::chrono::days;
    CHECK(format_date(howdah::date{days{20477}}) == "2026-01-24");
    CHECK(format_date(howdah::date{days{-2'440'588}}) == "4714-11-24 BC");
    CHECK(format_date(howdah::date{days{2'145'042'905}}) == "5874897-12-31");
    CHECK(format_date(parse_date("0044-03-15 BC")) == "0044-03-15 BC");
}

TEST_CASE("the calendar agrees with date.h on every day of eight hundred years") {
    for (auto day = date::sys_days{date::year{1600} / 1 / 1}; day < date::sys_days{date::year{2400} / 1 / 1};
         day += date::days{1}) {
        const auto expected = date::format("%F", day);
        REQUIRE(format_date(howdah::date{std::chrono::days{day.time_since_epoch().count()}}) == expected);
        REQUIRE(parse_date(expected).time_since_epoch().count() == day.time_since_epoch().count());
        REQUIRE(parse_timestamp(expected + "T00:00:00Z").time_since_epoch() == day.time_since_epoch());
    }
}

TEST_CASE("100,000 random instants survive every form, offset and encoding") {
    const auto seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    std::uniform_int_distribution<std::int64_t> whole(first_us, INT64_MAX);
    std::uniform_int_distribution<std::int64_t> usual(-62'135'596'800'000'000, 253'402'300'799'999'999);
    std::uniform_int_distribution<int> offsets(-57'599, 57'599);
    for (int i = 0; i < 100'000; ++i) {
        auto us = i % 2 == 0 ? whole(random) : usual(random);
        if (i % 3 == 0) us -= us % 1000;
        if (i % 5 == 0) us -= us % 1'000'000;
        const auto instant = at(us);
        auto east = offsets(random);
        if (i % 4 == 1) east = east / 3600 * 3600;
        if (i % 4 == 2) east = east / 900 * 900;
        if (i % 4 == 3) east = 0;
        CAPTURE(us);
        CAPTURE(east);
        REQUIRE(parse_timestamp(format_timestamp(instant)) == instant);
        REQUIRE(parse_timestamp(format_rfc3339(instant)) == instant);
        REQUIRE(format_timestamp(instant) == written(instant, 0, false, true));
        REQUIRE(parse_timestamp(written(instant, east, false, true)) == instant);
        REQUIRE(parse_timestamp('"' + written(instant, east, true, false) + '"') == instant);
        const local_timestamp local{instant.time_since_epoch()};
        REQUIRE(parse_local_timestamp(format_timestamp(local)) == local);
        byte_writer out;
        codec<timestamp>::encode(instant, format::binary, out);
        timestamp back;
        codec<timestamp>::decoder({oids::timestamptz, format::binary})(out.view(), {}, &back);
        REQUIRE(back == instant);
        REQUIRE(byte_reader(out.view()).read<std::int64_t>() == us - epoch_us);
    }
}

TEST_CASE("100,000 random dates survive text and binary") {
    const auto seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    std::uniform_int_distribution<int> whole(-2'440'588, 2'145'042'905);
    for (int i = 0; i < 100'000; ++i) {
        const howdah::date day{std::chrono::days{whole(random)}};
        CAPTURE(day.time_since_epoch().count());
        REQUIRE(parse_date(format_date(day)) == day);
        byte_writer out;
        codec<howdah::date>::encode(day, format::binary, out);
        howdah::date back;
        codec<howdah::date>::decoder({oids::date, format::binary})(out.view(), {}, &back);
        REQUIRE(back == day);
    }
}

TEST_CASE("now is the system clock in microseconds") {
    const auto before = std::chrono::system_clock::now();
    const auto between = howdah::now();
    CHECK(between >= std::chrono::floor<std::chrono::microseconds>(before));
    CHECK(between <= std::chrono::system_clock::now());
}

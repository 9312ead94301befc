// SPDX-License-Identifier: BSL-1.0
#include <doctest/doctest.h>

#include <howdah/interval.hpp>

#include "codec_damage.hpp"

using namespace howdah;
using namespace howdah::tests;
using namespace std::chrono_literals;

namespace {

struct styles {
    interval value;
    std::string_view postgres, verbose, iso, sql;
};
constexpr std::chrono::microseconds clock_time = 4h + 5min + 6s + 789ms;

std::size_t refused_at(std::string_view text) {
    try {
        (void)parse_interval(text);
    } catch (const decode_error& failure) {
        CHECK(failure.value() == text);
        return failure.offset();
    }
    FAIL_CHECK("accepted " << text);
    return 0;
}

} // namespace

TEST_CASE("an interval is read in every style in which the server prints it") {
    // As PostgreSQL 15 printed them.
    const std::vector<styles> table{
        {{0, 0, 0us}, "00:00:00", "@ 0", "PT0S", "0"},
        {{14, 3, clock_time},
         "1 year 2 mons 3 days 04:05:06.789",
         "@ 1 year 2 mons 3 days 4 hours 5 mins 6.789 secs",
         "P1Y2M3DT4H5M6.789S",
         "+1-2 +3 +4:05:06.789"},
        {{-14, 3, -clock_time},
         "-1 years -2 mons +3 days -04:05:06.789",
         "@ 1 year 2 mons -3 days 4 hours 5 mins 6.789 secs ago",
         "P-1Y-2M3DT-4H-5M-6.789S",
         "-1-2 +3 -4:05:06.789"},
        {{-14, 0, 0us}, "-1 years -2 mons", "@ 1 year 2 mons ago", "P-1Y-2M", "-1-2"},
        {{0, -3, -clock_time},
         "-3 days -04:05:06.789",
         "@ 3 days 4 hours 5 mins 6.789 secs ago",
         "P-3DT-4H-5M-6.789S",
         "-3 4:05:06.789"},
        {{0, 3, clock_time},
         "3 days 04:05:06.789",
         "@ 3 days 4 hours 5 mins 6.789 secs",
         "P3DT4H5M6.789S",
         "3 4:05:06.789"},
        {{0, 0, -500ms}, "-00:00:00.5", "@ 0.5 secs ago", "PT-0.5S", "-0:00:00.5"},
        {{1, 0, -500ms}, "1 mon -00:00:00.5", "@ 1 mon -0.5 secs", "P1MT-0.5S", "+0-1 +0 -0:00:00.5"},
        {{0, 1, 0us}, "1 day", "@ 1 day", "P1D", "1 0:00:00"},
        {{0, 0, 100h + 1s}, "100:00:01", "@ 100 hours 1 sec", "PT100H1S", "100:00:01"},
    };
    for (const auto& [value, postgres, verbose, iso, sql] : table) {
        for (const auto text : {postgres, verbose, iso, sql}) {
            CAPTURE(std::string(text));
            CHECK(parse_interval(text) == value);
        }
        CHECK(format_interval(value) == postgres);
        CHECK(from_text<interval>(oids::interval, postgres) == value);
    }
}

TEST_CASE("the ends of the range of an interval survive text and binary") {
    constexpr auto most = std::numeric_limits<std::int32_t>::max(),
                   least = std::numeric_limits<std::int32_t>::min();
    for (const interval& value :
         {interval{most, 0, 0us}, interval{least, 0, 0us}, interval{0, most, 0us}, interval{0, least, 0us},
          interval{0, 0, std::chrono::microseconds::max()}, interval{0, 0, std::chrono::microseconds::min()},
          interval{least, least, std::chrono::microseconds::max()}}) {
        CHECK(parse_interval(format_interval(value)) == value);
        CHECK(from_binary<interval>(oids::interval, encoded(value, format::binary)) == value);
    }
    CHECK(format_interval({0, 0, std::chrono::microseconds::min()}) == "-2562047788:00:54.775808");
    CHECK(parse_interval("@ 2562047788 hours 54.775808 secs ago").time == std::chrono::microseconds::min());
    for (const auto* text : {"2147483648 days", "178956970 years 8 mons", "2562047788:00:54.775808",
                             "99999999999999999999 days", "P9223372036854775807Y", "PT9223372036854775807H"})
        CHECK_THROWS_AS((void)parse_interval(text), decode_error);
}

TEST_CASE("infinite intervals have their words, and their bytes are the extremes") {
    CHECK(format_interval(interval::infinity()) == "infinity");
    CHECK(parse_interval("-infinity") == interval::minus_infinity());
    CHECK_FALSE(interval::infinity().is_finite());
    CHECK(encoded(interval::infinity(), format::binary) ==
          bytes("\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F\xFF\xFF\xFF\x7F\xFF\xFF\xFF"));
    CHECK(interval::minus_infinity().estimated_seconds() == -std::numeric_limits<double>::infinity());
}

TEST_CASE("months, days and time are kept apart, and durations are made by name only") {
    CHECK(interval{1, 0, 0us} != interval{0, 30, 0us});
    CHECK(interval{0, 1, 0us} != interval::from_duration(24h));
    CHECK(interval::from_duration(90min).exact_duration() == 90min);
    CHECK_FALSE(interval{0, 1, 0us}.exact_duration());
    CHECK_FALSE(interval{1, 0, 0us}.exact_duration());
    CHECK(interval{1, 1, 1s}.estimated_seconds() == 31 * 86'400 + 1);
    static_assert(!std::is_convertible_v<std::chrono::seconds, interval>);
    static_assert(!std::is_convertible_v<interval, std::chrono::microseconds>);
}

TEST_CASE("a text that is no interval is refused at the first bad byte") {
    CHECK(refused_at("") == 0);
    CHECK(refused_at("P") == 1);
    CHECK(refused_at("PT") == 2);
    CHECK(refused_at("P1") == 2);
    CHECK(refused_at("P1H") == 2);
    CHECK(refused_at("P1M1Y") == 5);
    CHECK(refused_at("PT1.5H") == 5);
    CHECK(refused_at("P1Y ") == 3);
    CHECK(refused_at("@ ") == 2);
    CHECK(refused_at("@ 1 day 2 days") == 14);
    CHECK(refused_at("1") == 1);
    CHECK(refused_at("1 dog") == 2);
    CHECK(refused_at("1 day ") == 6);
    CHECK(refused_at("1 day  1:00:00") == 6);
    CHECK(refused_at("1 day ago") == 6);
    CHECK(refused_at("04:05") == 5);
    CHECK(refused_at("04:60:00") == 3);
    CHECK(refused_at("04:05:06.1234567") == 15);
    CHECK(refused_at("1-12") == 2);
    CHECK(refused_at("1.5 days") == 1);
    CHECK(refused_at("00:00:00 1 day") == 14);
    CHECK(refused_at("+ 1 day") == 1);
}

TEST_CASE("a binary interval has sixteen bytes: time, days, months") {
    CHECK(encoded(interval{1, 2, 3us}, format::binary) == bytes("\0\0\0\0\0\0\0\3\0\0\0\2\0\0\0\1"));
    refuses_prefixes(oids::interval, interval{1, 2, 3us});
    CHECK_FALSE(can_read(codec_for<interval>, {oids::time, format::binary}));
}

// SPDX-License-Identifier: BSL-1.0
#include <doctest/doctest.h>

#include <howdah/time_of_day.hpp>

#include "codec_damage.hpp"

using namespace howdah;
using namespace howdah::tests;
using namespace std::chrono_literals;

namespace {

template <class Parse> std::size_t refused_at(Parse parse, std::string_view text) {
    try {
        (void)parse(text);
    } catch (const decode_error& failure) {
        return failure.offset();
    }
    FAIL_CHECK("accepted " << text);
    return 0;
}

} // namespace

TEST_CASE("a time of day is read and written as the server prints it, the end of the day too") {
    const std::vector<std::pair<std::string_view, std::chrono::microseconds>> table{
        {"00:00:00", 0us},
        {"03:04:05", 3h + 4min + 5s},
        {"03:04:05.5", 3h + 4min + 5s + 500ms},
        {"23:59:59.999999", 24h - 1us},
        {"24:00:00", 24h},
    };
    for (const auto& [text, micros] : table) {
        CHECK(parse_time_of_day(text).since_midnight == micros);
        CHECK(format_time_of_day({micros}) == text);
        CHECK(from_text<time_of_day>(oids::time, text).since_midnight == micros);
    }
    CHECK(parse_time_of_day("00:00:00") < parse_time_of_day("24:00:00"));
}

TEST_CASE("a text that is no time of day is refused at the first bad byte") {
    CHECK(refused_at(parse_time_of_day, "") == 0);
    CHECK(refused_at(parse_time_of_day, "3:04:05") == 1);
    CHECK(refused_at(parse_time_of_day, "25:00:00") == 0);
    CHECK(refused_at(parse_time_of_day, "24:00:00.000001") == 0);
    CHECK(refused_at(parse_time_of_day, "24:00:01") == 0);
    CHECK(refused_at(parse_time_of_day, "12:60:00") == 3);
    CHECK(refused_at(parse_time_of_day, "12:00:60") == 6);
    CHECK(refused_at(parse_time_of_day, "12:00") == 5);
    CHECK(refused_at(parse_time_of_day, "12:00:00.") == 9);
    CHECK(refused_at(parse_time_of_day, "12:00:00.1234567") == 15);
    CHECK(refused_at(parse_time_of_day, "12:00:00+00") == 8);
}

TEST_CASE("the offset of a time counts to the east in C++ and in text, and to the west in binary alone") {
    const offset_time value{{3h}, 19'800s};
    CHECK(format_offset_time(value) == "03:00:00+05:30");
    CHECK(parse_offset_time("03:00:00+05:30") == value);
    CHECK(encoded(value, format::binary).substr(8) == bytes("\xFF\xFF\xB2\xA8"));
    CHECK(from_binary<offset_time>(oids::timetz, encoded(value, format::binary)) == value);
    CHECK(format_offset_time({{0us}, -57'599s}) == "00:00:00-15:59:59");
    CHECK(parse_offset_time("24:00:00-00:00:01") == offset_time{{24h}, -1s});
    CHECK(parse_offset_time("01:02:03.4Z") == offset_time{{1h + 2min + 3s + 400ms}, 0s});
    CHECK(format_offset_time({{0us}, 0s}) == "00:00:00+00");
}

TEST_CASE("a text that is no time with an offset is refused at the first bad byte") {
    CHECK(refused_at(parse_offset_time, "03:00:00") == 8);
    CHECK(refused_at(parse_offset_time, "03:00:00 +05") == 8);
    CHECK(refused_at(parse_offset_time, "03:00:00+16") == 9);
    CHECK(refused_at(parse_offset_time, "03:00:00+05:60") == 12);
    CHECK(refused_at(parse_offset_time, "03:00:00+05:30:00:00") == 17);
    CHECK(refused_at(parse_offset_time, "03:00:00Z ") == 9);
}

TEST_CASE("times outside the range of the server are neither sent nor read") {
    for (const auto encoding : {format::text, format::binary}) {
        CHECK_THROWS_AS(encoded(time_of_day{-1us}, encoding), usage_error);
        CHECK_THROWS_AS(encoded(time_of_day{24h + 1us}, encoding), usage_error);
        CHECK_THROWS_AS(encoded(offset_time{{0us}, 16h}, encoding), usage_error);
        CHECK_THROWS_AS(encoded(offset_time{{0us}, -16h}, encoding), usage_error);
        CHECK_THROWS_AS(encoded(offset_time{{25h}, 0s}, encoding), usage_error);
    }
    CHECK_THROWS_AS(from_binary<time_of_day>(oids::time, bytes("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF")),
                    decode_error);
    CHECK_THROWS_AS(from_binary<time_of_day>(oids::time, bytes("\0\0\0\x14\x1D\xD7\x60\1")), decode_error);
    CHECK(from_binary<time_of_day>(oids::time, bytes("\0\0\0\x14\x1D\xD7\x60\0")).since_midnight == 24h);
    CHECK_THROWS_AS(from_binary<offset_time>(oids::timetz, bytes("\0\0\0\0\0\0\0\0\0\0\xE1\0")),
                    decode_error);
    CHECK_THROWS_AS(from_binary<offset_time>(oids::timetz, bytes("\0\0\0\0\0\0\0\0\x80\0\0\0")),
                    decode_error);
}

TEST_CASE("a time is read from its own type alone") {
    for (const oid other : {oids::timestamp, oids::interval, oids::timetz, oids::text, oids::int8})
        CHECK_FALSE(can_read(codec_for<time_of_day>, {other, format::binary}));
    CHECK_FALSE(can_read(codec_for<offset_time>, {oids::time, format::text}));
    refuses_prefixes(oids::time, time_of_day{3h});
    refuses_prefixes(oids::timetz, offset_time{{3h}, 3600s});
}

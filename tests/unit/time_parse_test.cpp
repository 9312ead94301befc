// SPDX-License-Identifier: BSL-1.0
#include <howdah/time.hpp>

#include <cstdio>
#include <random>
#include <vector>

#include <doctest/doctest.h>

using namespace howdah;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t first_us = -210'866'803'200'000'000; // 4714-11-24 BC

timestamp at(std::int64_t since_1970) {
    return timestamp{std::chrono::microseconds{since_1970}};
}

/// The day number of an independent calendar: std::chrono's.
timestamp civil(int year, unsigned month, unsigned day, std::chrono::microseconds of_day = 0us) {
    using namespace std::chrono;
    return sys_days{std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{day}} + of_day;
}

/// The offset that a refusal names; fails the test if nothing is refused.
template <class Parse> std::size_t refused_at(Parse parse, std::string_view text) {
    INFO("text: ", std::string(text));
    try {
        static_cast<void>(parse(text));
    } catch (const decode_error& failure) {
        CHECK(failure.value() == text);
        if (text.find_first_of("0123456789") != text.npos)
            CHECK(std::string_view(failure.what()).find(text) == std::string_view::npos);
        return failure.offset();
    }
    FAIL("accepted");
    return 0;
}

std::string reason_of(std::string_view text) {
    try {
        static_cast<void>(parse_timestamp(text));
    } catch (const decode_error& failure) {
        return failure.reason();
    }
    return {};
}

struct accepted {
    std::string_view text;
    timestamp instant;
};

struct refused {
    std::string_view text;
    std::size_t offset;
};

constexpr auto noon = 12h;

} // namespace

TEST_CASE("parse_timestamp reads every form that PostgreSQL and ISO 8601 write") {
    const auto usual = civil(2024, 1, 2, 3h + 4min + 5s + 123456us);
    const std::vector<accepted> table{
        {"2024-01-02 03:04:05.123456+00", usual},
        {"2024-01-02T03:04:05.123456+00:00", usual},
        {"2024-01-02T03:04:05.123456Z", usual},
        {"2024-01-02 03:04:05.123456Z", usual},
        {"2024-01-02 03:04:05.123456+00:00:00", usual},
        {"2024-01-02 03:04:05.123456-00", usual},
        {"\"2024-01-02T03:04:05.123456+00:00\"", usual},
        {"\"2024-01-02 03:04:05.123456+00\"", usual},
        {"2024-01-02 03:04:05+00", civil(2024, 1, 2, 3h + 4min + 5s)},
        {"2024-01-02 03:04:05.1+00", civil(2024, 1, 2, 3h + 4min + 5s + 100000us)},
        {"2024-01-02 03:04:05.12+00", civil(2024, 1, 2, 3h + 4min + 5s + 120000us)},
        {"2024-01-02 03:04:05.123+00", civil(2024, 1, 2, 3h + 4min + 5s + 123000us)},
        {"2024-01-02 03:04:05.1234Z", civil(2024, 1, 2, 3h + 4min + 5s + 123400us)},
        {"2024-01-02T03:04:05.12345+00:00", civil(2024, 1, 2, 3h + 4min + 5s + 123450us)},
        {"2024-01-02 03:04:05.000001+00", civil(2024, 1, 2, 3h + 4min + 5s + 1us)},
        {"2024-01-02 03:04:05+05:30", civil(2024, 1, 1, 21h + 34min + 5s)},
        {"2024-01-02 03:04:05-08", civil(2024, 1, 2, 11h + 4min + 5s)},
        {"1850-06-01 00:00:00-03:30:52", civil(1850, 6, 1, 3h + 30min + 52s)},
        {"1850-06-01T00:00:00+03:30:52", civil(1850, 5, 31, 20h + 29min + 8s)},
        {"2024-01-02 00:00:00+15:59:59", civil(2024, 1, 1, 8h + 1s)},
        {"2024-01-02 00:00:00-15:59:59", civil(2024, 1, 2, 15h + 59min + 59s)},
        {"0044-03-15 12:00:00+00 BC", civil(-43, 3, 15, noon)},
        {"\"0044-03-15T12:00:00+00:00 BC\"", civil(-43, 3, 15, noon)},
        {"0001-12-31 12:00:00+00 BC", civil(0, 12, 31, noon)},
        {"0000-12-31T12:00:00Z", civil(0, 12, 31, noon)},
        {"0005-02-29 12:00:00+00 BC", civil(-4, 2, 29, noon)},
        {"0001-01-01 00:00:00+00", civil(1, 1, 1)},
        {"0001-01-01 00:00:00+01", civil(0, 12, 31, 23h)},
        {"9999-12-31 23:59:59.999999-01", civil(10000, 1, 1, 59min + 59s + 999999us)},
        {"12345-06-07 08:09:10.5+00", civil(12345, 6, 7, 8h + 9min + 10s + 500000us)},
        {"2000-02-29 00:00:00+00", civil(2000, 2, 29)},
        {"2024-12-31 23:59:59+00", civil(2024, 12, 31, 23h + 59min + 59s)},
        {"1970-01-01 00:00:00+00", at(0)},
        {"1969-12-31 23:59:59.999999+00", at(-1)},
        {"4714-11-24 00:00:00+00 BC", at(first_us)},
        {"4714-11-23 23:59:59-00:00:01 BC", at(first_us)},
        {"294247-01-10 04:00:54.775807+00", at(INT64_MAX)},
        {"294247-01-10 19:00:54.775807+15", at(INT64_MAX)},
    };
    for (const auto& [text, instant] : table) {
        CAPTURE(std::string(text));
        CHECK(parse_timestamp(text) == instant);
    }
}

TEST_CASE("every day from 0001-01-01 to 9999-12-31 is read as the calendar has it, and no other") {
    std::size_t wrong = 0;
    for (int year = 1; year <= 9999; ++year)
        for (unsigned month = 1; month <= 12; ++month)
            for (unsigned day = 28; day <= 32; ++day) {
                using namespace std::chrono;
                const year_month_day asked{std::chrono::year{year}, std::chrono::month{month},
                                           std::chrono::day{day}};
                char text[32];
                (void)std::snprintf(text, sizeof text, "%04d-%02u-%02u 00:00:00+00", year, month, day);
                try {
                    const auto read = parse_timestamp(text);
                    wrong += !asked.ok() || read != timestamp{sys_days{asked}};
                } catch (const decode_error&) {
                    wrong += asked.ok();
                }
            }
    CHECK(wrong == 0);
}

TEST_CASE("parse_timestamp refuses everything else at the first bad byte") {
    const std::vector<refused> table{
        {"", 0},
        {"\"\"", 1},
        {"yesterday", 0},
        {" 2024-01-02 03:04:05Z", 0},
        {"2024-01-02 03:04:05Z ", 20},
        {"2024-01-02 03:04:05+00 ", 22},
        {"202-01-02 03:04:05Z", 3},
        {"02024-01-02 03:04:05Z", 0},
        {"1234567-01-02 03:04:05Z", 6},
        {"+2024-01-02 03:04:05Z", 0},
        {"-2024-01-02 03:04:05Z", 0},
        {"0000-01-01 00:00:00+00", 0},
        {"0000-01-01T00:00:00Z BC", 0},
        {"2024/01/02 03:04:05Z", 4},
        {"02.01.2024 03:04:05 CET", 2},
        {"2024-00-02 03:04:05Z", 5},
        {"2024-13-02 03:04:05Z", 5},
        {"2024-1-02 03:04:05Z", 6},
        {"2024-01-00 03:04:05Z", 8},
        {"2024-01-32 03:04:05Z", 8},
        {"2024-02-30 03:04:05Z", 8},
        {"2023-02-29 03:04:05Z", 8},
        {"1900-02-29 03:04:05Z", 8},
        {"0004-02-29 00:00:00Z BC", 8},
        {"2024-04-31 03:04:05Z", 8},
        {"2024-01-02t03:04:05Z", 10},
        {"2024-01-02  03:04:05Z", 11},
        {"2024-01-02 24:00:00Z", 11},
        {"2024-01-02 25:00:00Z", 11},
        {"2024-01-02 03:60:05Z", 14},
        {"2024-01-02 03:04:60Z", 17},
        {"2024-01-02 03:04Z", 16},
        {"2024-01-02 03:04:05.Z", 20},
        {"2024-01-02 03:04:05,5Z", 19},
        {"2024-01-02 03:04:05.1234567Z", 26},
        {"2024-01-02 03:04:05z", 19},
        {"2024-01-02 03:04:05 +00", 19},
        {"2024-01-02 03:04:05+0", 21},
        {"2024-01-02 03:04:05+000", 22},
        {"2024-01-02 03:04:05+0000", 22},
        {"2024-01-02 03:04:05+16", 20},
        {"2024-01-02 03:04:05+05:", 23},
        {"2024-01-02 03:04:05+05:60", 23},
        {"2024-01-02 03:04:05+05:30:", 26},
        {"2024-01-02 03:04:05+05:30:60", 26},
        {"2024-01-02 03:04:05+00 bc", 22},
        {"2024-01-02 03:04:05+00BC", 22},
        {"2024-01-02 03:04:05+00 BC ", 25},
        {"\"2024-01-02 03:04:05Z", 21},
        {"2024-01-02 03:04:05Z\"", 20},
        {"\"\"2024-01-02 03:04:05Z\"\"", 1},
        {"2024-01-02 03:04:05", 19},
        {"2024-01-02T03:04:05.5", 21},
        {"2024-01-02", 10},
        {"infinity", 0},
        {"-infinity", 0},
        {"\"-infinity\"", 1},
        {"4714-11-23 23:59:59.999999+00 BC", 0},
        {"4714-11-24 00:00:00+00:00:01 BC", 0},
        {"294247-01-10 04:00:54.775808+00", 0},
        {"294276-12-31 23:59:59.999999+00", 0},
        {"\"999999-12-31T23:59:59+00:00\"", 1},
        {"999999-12-31 23:59:59+00 BC", 0},
        {std::string_view("2024-01-02 03:04:05\0+00", 23), 19},
        {"2024-01-0\xC2\xB2 03:04:05Z", 9},
    };
    for (const auto& [text, offset] : table) {
        CAPTURE(std::string(text));
        CHECK(refused_at(parse_timestamp, text) == offset);
    }
}

TEST_CASE("refusals name the next step and keep the value out of what()") {
    CHECK(reason_of("2024-01-02 03:04:05").find("select the column as timestamptz") != std::string::npos);
    CHECK(reason_of("infinity").find("howdah::or_infinity<howdah::timestamp>") != std::string::npos);
    CHECK(reason_of("02.01.2024 03:04:05 CET").find("DateStyle") != std::string::npos);
    try {
        static_cast<void>(parse_timestamp("2024-01-02 03:04:05.7777777Z"));
        FAIL("accepted");
    } catch (const decode_error& failure) {
        CHECK(std::string(failure.what()).find("7777") == std::string::npos);
        CHECK(failure.full_message().find("7777777Z") != std::string::npos);
    }
}

TEST_CASE("parse_local_timestamp reads zone-less text and refuses an offset") {
    const auto expected = civil(2024, 1, 2, 3h + 4min + 5s + 500000us).time_since_epoch();
    for (const auto text :
         {"2024-01-02 03:04:05.5", "2024-01-02T03:04:05.500000", "\"2024-01-02T03:04:05.5\""})
        CHECK(parse_local_timestamp(text).time_since_epoch() == expected);
    CHECK(parse_local_timestamp("0044-03-15 12:00:00 BC").time_since_epoch() ==
          civil(-43, 3, 15, noon).time_since_epoch());
    CHECK(refused_at(parse_local_timestamp, "2024-01-02 03:04:05+00") == 19);
    CHECK(refused_at(parse_local_timestamp, "2024-01-02 03:04:05Z") == 19);
    CHECK(refused_at(parse_local_timestamp, "infinity") == 0);
    CHECK(refused_at(parse_local_timestamp, "2024-01-02") == 10);
}

TEST_CASE("parse_date reads days over the server's whole range and nothing else") {
    using std::chrono::days;
    CHECK(parse_date("1970-01-01") == date{days{0}});
    CHECK(parse_date("2026-01-24") == date{days{20477}});
    CHECK(parse_date("\"2026-01-24\"") == date{days{20477}});
    CHECK(parse_date("0001-12-31 BC") == std::chrono::floor<days>(civil(0, 12, 31)));
    CHECK(parse_date("4714-11-24 BC") == date{days{-2'440'588}});
    CHECK(parse_date("5874897-12-31") == date{days{2'145'042'905}});
    const std::vector<refused> table{
        {"", 0},
        {"2024-02-30", 8},
        {"2023-02-29", 8},
        {"0000-01-01", 0},
        {"20240102", 7},
        {"2024-1-2", 6},
        {"2024-01-02 ", 10},
        {"2024-01-02 00:00:00", 10},
        {"infinity", 0},
        {"4714-11-23 BC", 0},
        {"5874898-01-01", 0},
        {"12345678-01-01", 7},
        {"\"2024-01-02", 11},
        {"2024-01-02\"", 10},
        {"2024-01-02BC", 10},
    };
    for (const auto& [text, offset] : table) {
        CAPTURE(std::string(text));
        CHECK(refused_at(parse_date, text) == offset);
    }
}

TEST_CASE("every truncation of a valid text is refused") {
    for (const std::string text :
         {"2024-01-02 03:04:05.123456+00", "2024-01-02T03:04:05Z", "\"2024-01-02T03:04:05.123456+05:30\"",
          "\"0044-03-15T12:00:00-03:30:52 BC\"", "294247-01-10 04:00:54Z"}) {
        CHECK_NOTHROW(static_cast<void>(parse_timestamp(text)));
        for (std::size_t size = 0; size < text.size(); ++size) {
            CAPTURE(text.substr(0, size));
            CHECK(refused_at(parse_timestamp, std::string_view(text).substr(0, size)) <= size);
        }
    }
}

TEST_CASE("random changes of a valid text are read or refused, never worse") {
    const auto seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random(seed);
    const std::vector<std::string> texts{"2024-01-02 03:04:05.123456+00", "\"2024-01-02T03:04:05.5+00:00\"",
                                         "0044-03-15 12:00:00+00:00:01 BC",
                                         "294247-01-10 04:00:54.775807+00"};
    std::size_t read = 0;
    for (int i = 0; i < 200'000; ++i) {
        auto text = texts[random() % texts.size()];
        for (auto changes = random() % 3 + 1; changes > 0; --changes) {
            const auto where = random() % text.size();
            switch (random() % 3) {
            case 0: text[where] = static_cast<char>(random()); break;
            case 1: text[where] = static_cast<char>('0' + random() % 10); break;
            default: text.erase(where, 1);
            }
        }
        // From the heap and without a terminator, so that a sanitizer sees a read past the end.
        const std::vector<char> exact(text.begin(), text.end());
        const std::string_view view(exact.data(), exact.size());
        try {
            const auto instant = parse_timestamp(view);
            ++read;
            REQUIRE(parse_timestamp(format_timestamp(instant)) == instant);
        } catch (const decode_error& failure) {
            REQUIRE(failure.offset() <= text.size());
        }
    }
    CHECK(read > 1000);
}

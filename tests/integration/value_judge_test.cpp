// SPDX-License-Identifier: BSL-1.0
//
// The server as the judge of values: thousands of random ones of every built-in type go out in both parameter
// formats and come back in both result formats; all four ways, and what the server prints, must agree. And what
// cannot be sent never reaches the server. A failure prints its seed; HOWDAH_TEST_SEED=seed repeats it.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <howdah/howdah.hpp>

#include "codec_checks.hpp"
#include "printed.hpp"
#include "test_database.hpp"

using namespace howdah;
using namespace howdah::tests;

namespace {

enum class season { spring, summer, fall, null, odd };

} // namespace

template <> struct howdah::enum_labels<season> {
    static constexpr std::array<std::pair<season, std::string_view>, 5> values{
        {{season::spring, "spring"},
         {season::summer, "Summer time"},
         {season::fall, "fall,\"{x}\""},
         {season::null, "null"},
         {season::odd, "\xC3\xA9t\xC3\xA9"}}};
};

namespace {

constexpr std::size_t batch_size = 200, batches = 15;

// ---------------------------------------------------------------------------------------------------------------------
// Drawing

bool draw_bool(seeded& random) {
    return random.coin();
}
/// All magnitudes, and often the ends of the range.
template <class T> T draw_integer(seeded& random) {
    constexpr std::array ends{std::numeric_limits<T>::lowest(), std::numeric_limits<T>::max(), T{0}, T{-1}};
    if (random.below(10) == 0) return ends[random.below(ends.size())];
    return static_cast<T>(random.integer<std::int64_t>() >> random.below(64));
}
template <class T, class Bits> T draw_float(seeded& random) {
    const T value = std::bit_cast<T>(random.integer<Bits>());
    return std::isnan(value) ? std::numeric_limits<T>::infinity() : value;
}
std::string draw_text(seeded& random) {
    constexpr std::array<std::string_view, 16> pieces{"a",
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
    for (std::size_t left = random.below(8); left > 0; --left) out += pieces[random.below(pieces.size())];
    return out;
}
blob draw_blob(seeded& random) {
    blob out(random.below(30));
    for (auto& each : out) each = static_cast<std::byte>(random.below(256));
    return out;
}
uuid draw_uuid(seeded& random) {
    return random.coin() ? uuid::v7() : uuid::v4();
}
template <class Point> Point draw_time(seeded& random) {
    constexpr std::int64_t first = -210'866'803'200'000'000, span = 400'000'000'000'000'000;
    const auto past = static_cast<std::int64_t>(random.below(span));
    return Point{std::chrono::microseconds{random.coin() ? first + past : past / 100}};
}
date draw_date(seeded& random) {
    constexpr int first = -2'440'588, days = 2'147'472'536; // 4714-11-24 BC .. 5874897-12-31
    const auto within = random.coin() ? days : 3'000'000;
    return date{std::chrono::days{first + static_cast<int>(random.below(static_cast<std::size_t>(within)))}};
}
/// "-0012.3400" and the like: the scale counts, leading zeros do not.
numeric draw_numeric(seeded& random) {
    constexpr std::array<std::string_view, 3> unlike{"NaN", "Infinity", "-Infinity"};
    if (random.below(20) == 0) return numeric(unlike[random.below(unlike.size())]);
    std::string text = random.coin() ? "-" : "";
    const auto digits = [&](std::size_t count) {
        for (; count > 0; --count) text += random.coin() ? '0' : static_cast<char>('0' + random.below(10));
    };
    digits(1 + random.below(40));
    if (random.coin()) text += '.', digits(1 + random.below(30));
    return numeric(text);
}
/// As jsonb prints it, so that json and jsonb agree.
json draw_json(seeded& random) {
    constexpr std::array<std::string_view, 6> forms{
        "null",
        "[]",
        "{\"a\": 1, \"b\": [true, false, null]}",
        "\"\xE2\x82\xAC \\\" \\\\ \"",
        "[1.50, {\"k\": \"}\"}, -3]",
    };
    if (random.coin()) return json(std::to_string(random.integer<std::int64_t>()));
    return json(std::string(forms[random.below(forms.size() - 1)]));
}
season draw_season(seeded& random) {
    return enum_labels<season>::values[random.below(5)].first;
}
template <class T> or_infinity<T> or_beyond(T drawn, seeded& random) {
    using kind = typename or_infinity<T>::kind;
    if (random.coin()) return drawn;
    return random.coin() ? kind::infinity : kind::minus_infinity;
}

// ---------------------------------------------------------------------------------------------------------------------
// Judging

/// The server prints a float as the shortest text that reads back the same; std::from_chars reads it without us.
template <std::floating_point T> bool reads_as(const std::string& text, T value) {
    T read{};
    if (std::isinf(value)) return text == (value > 0 ? "Infinity" : "-Infinity");
    std::from_chars(text.data(), text.data() + text.size(), read);
    return read == value;
}
template <class T> bool prints(const T& value, const std::string& text) {
    if constexpr (std::floating_point<T>) return reads_as(text, value);
    else if constexpr (requires { printed(value); }) return printed(value) == text;
    else return text.size() > 1; // floats in arrays: their elements were judged alone
}

/// One row for each of `count` values: it, sent as $1 and as $2, and both as the server prints them.
std::string round_trip_of(const std::string& type, std::size_t count) {
    std::string rows;
    for (std::size_t i = 0; i < count; ++i)
        rows += (i ? ",(" : "(") + std::to_string(i) + ",$" + std::to_string(2 * i + 1) + "::" + type + ",$" +
                std::to_string(2 * i + 2) + "::" + type + ")";
    return "select a, b, format('%s', a), format('%s', b) from (values " + rows +
           ") as v(n, a, b) order by n";
}

template <class T> void judge_batch(executor& db, const std::string& type, const std::vector<T>& values) {
    parameters all;
    for (const T& value : values) {
        parameters as_text{format::text};
        all.add(value).append(as_text.add(value));
    }
    const auto sql = round_trip_of(type, values.size());
    for (const auto encoding : {format::text, format::binary}) {
        statement asked = sql;
        asked.encoding = encoding;
        const result rows = db.run(asked, all);
        REQUIRE(rows.row_count() == values.size());
        for (std::size_t row = 0; row < values.size(); ++row) {
            const auto text = rows.value<std::string>(row, 2);
            CAPTURE(text);
            REQUIRE((rows.value<T>(row, 0) == values[row]));
            REQUIRE((rows.value<T>(row, 1) == values[row]));
            REQUIRE(prints(values[row], text));
            REQUIRE(rows.value<std::string>(row, 3) == text);
        }
    }
}

/// Thousands of values alone, hundreds of arrays of them, and of arrays with NULLs.
template <class Draw> void judge(executor& db, const std::string& type, seeded& random, const Draw& draw) {
    using T = std::remove_cvref_t<decltype(draw(random))>;
    CAPTURE(random.seed);
    CAPTURE(type);
    for (std::size_t batch = 0; batch < batches; ++batch) {
        std::vector<T> values;
        while (values.size() < batch_size) values.push_back(draw(random));
        judge_batch(db, type, values);
    }
    std::vector<std::vector<T>> full(batch_size);
    std::vector<std::vector<std::optional<T>>> holed(batch_size);
    for (std::size_t i = 0; i < batch_size; ++i)
        for (std::size_t left = random.below(6); left > 0; --left) {
            full[i].push_back(draw(random));
            holed[i].push_back(random.coin() ? std::optional<T>(draw(random)) : std::nullopt);
        }
    judge_batch(db, type + "[]", full);
    judge_batch(db, type + "[]", holed);
}

} // namespace

TEST_CASE("random numbers and booleans survive both ways out and both ways back") {
    const testing::database base = test::fresh_database();
    auto db = base.connect();
    seeded random;
    judge(db, "boolean", random, draw_bool);
    judge(db, "int2", random, draw_integer<std::int16_t>);
    judge(db, "int4", random, draw_integer<std::int32_t>);
    judge(db, "int8", random, draw_integer<std::int64_t>);
    judge(db, "float4", random, draw_float<float, std::uint32_t>);
    judge(db, "float8", random, draw_float<double, std::uint64_t>);
    judge(db, "numeric", random, draw_numeric);
}

TEST_CASE("random texts, bytes, identifiers and documents survive both ways out and both ways back") {
    const testing::database base = test::fresh_database();
    auto db = base.connect();
    seeded random;
    judge(db, "text", random, draw_text);
    judge(db, "varchar", random, draw_text);
    judge(db, "bytea", random, draw_blob);
    judge(db, "uuid", random, draw_uuid);
    judge(db, "json", random, draw_json);
    judge(db, "jsonb", random, draw_json);
    execute(db, R"(create type season as enum ('spring', 'Summer time', 'fall,"{x}"', 'null', 'été'))");
    judge(db, "season", random, draw_season);
}

TEST_CASE("random days and times, infinite ones too, survive both ways out and both ways back") {
    const testing::database base = test::fresh_database();
    auto db = base.connect();
    seeded random;
    judge(db, "date", random, draw_date);
    judge(db, "timestamp", random, draw_time<local_timestamp>);
    judge(db, "timestamptz", random, draw_time<timestamp>);
    judge(db, "date", random, [](seeded& from) { return or_beyond(draw_date(from), from); });
    judge(db, "timestamp", random,
          [](seeded& from) { return or_beyond(draw_time<local_timestamp>(from), from); });
    judge(db, "timestamptz", random,
          [](seeded& from) { return or_beyond(draw_time<timestamp>(from), from); });
}

TEST_CASE("the server sees uuids of version 4 and 7, and sorts those of version 7 as they were made") {
    const testing::database base = test::fresh_database();
    auto db = base.connect();
    std::vector<uuid> random_ones(5'000), ordered(5'000);
    for (auto& each : random_ones) each = uuid::v4();
    const auto before = now();
    for (auto& each : ordered) each = uuid::v7();
    const auto after = now();
    constexpr auto versions =
        "select count(*) from unnest($1::uuid[]) u where substr(u::text, 15, 1) = $2 and"
        " substr(u::text, 20, 1) in ('8', '9', 'a', 'b')";
    CHECK(query_one<std::int64_t>(db, versions, random_ones, "4") == 5'000);
    CHECK(query_one<std::int64_t>(db, versions, ordered, "7") == 5'000);
    CHECK(query<uuid>(db, "select u from unnest($1::uuid[]) u order by u", ordered) == ordered);
    CHECK(query_one<std::int64_t>(db, "select count(distinct u) from unnest($1::uuid[]) u", random_ones) ==
          5'000);
    const auto made = query<timestamp>(
        db,
        "select to_timestamp(('x' || translate(substr(u::text, 1, 13), '-', ''))::bit(48)::int8 / 1000.0)"
        " from unnest($1::uuid[]) u order by u",
        std::vector{ordered.front(), ordered.back()});
    CHECK(made.front() >= before - std::chrono::milliseconds(1));
    CHECK(made.back() <= after + std::chrono::milliseconds(10)); // the counter may run ahead of a burst
}

TEST_CASE("what cannot be sent is refused before anything reaches the server") {
    const testing::database base = test::fresh_database();
    auto db = base.connect(), watcher = base.connect();
    const auto nothing_arrived = [&] {
        const auto seen = query_one<std::string>(watcher, "select query from pg_stat_activity where pid = $1",
                                                 db.backend_pid());
        return seen == "select 'the last that arrived'" && db.state() == session_state::idle;
    };
    (void)db.run("select 'the last that arrived'");
    REQUIRE(nothing_arrived());
    const auto refused = [&](const auto& value) {
        CHECK_THROWS_AS((void)execute(db, "select $1", value), usage_error);
        parameters as_text{format::text};
        CHECK_THROWS_AS((void)db.run("select $1", as_text.add(value)), usage_error);
        CHECK(nothing_arrived());
    };
    refused(std::numeric_limits<std::uint64_t>::max());
    refused(std::uint64_t{1} << 63);
    refused(bytes("a\0b"));
    for (const auto* text : {"\xFF", "\xC3", "\xED\xA0\x80", "\xC0\xAF", "\xF4\x90\x80\x80"}) refused(text);
    refused(std::vector<std::string>{"fine", bytes("\0")});
    refused(json(bytes("\"\0\"")));
    refused(static_cast<season>(99));
    refused(timestamp::min());
    refused(std::vector<timestamp>{now(), timestamp::min()});
    refused(std::chrono::year_month_day{std::chrono::year{2023} / 2 / 30});
    parameters many;
    for (std::size_t i = 0; i < parameters::max_count; ++i) many.add(1);
    CHECK_THROWS_AS(many.add(1), usage_error);
    CHECK(nothing_arrived());
    CHECK(query_one<std::int32_t>(db, "select 42") == 42);
}

TEST_CASE("a value that does not fit the C++ integer is refused and leaves the connection usable") {
    const testing::database base = test::fresh_database();
    auto db = base.connect();
    for (const auto encoding : {format::text, format::binary}) {
        statement asked = "select 32768::int4, -1::int8, 2147483648::int8, '{1,300}'::int4[]";
        asked.encoding = encoding;
        const result row = db.run(asked);
        CHECK_THROWS_AS((void)row.value<std::int16_t>(0, 0), decode_error);
        CHECK_THROWS_AS((void)row.value<std::uint32_t>(0, 1), decode_error);
        CHECK_THROWS_AS((void)row.value<std::int32_t>(0, 2), decode_error);
        CHECK_THROWS_AS((void)row.value<std::vector<std::uint8_t>>(0, 3), decode_error);
        CHECK(row.value<std::int32_t>(0, 0) == 32'768);
        CHECK(row.value<std::uint32_t>(0, 2) == 2'147'483'648u);
    }
    CHECK_THROWS_AS((void)query_one<std::int16_t>(db, "select 70000"), decode_error);
    CHECK(query_one<std::int32_t>(db, "select 70000") == 70'000);
}

// SPDX-License-Identifier: BSL-1.0
//
// The server as the judge of instants: a hundred thousand of them, over its whole range and crowded where clocks
// change, must mean the same to its printer, its parser and both of our decoders, whatever zone it prints in.
// A failure prints its seed; HOWDAH_TEST_SEED=seed repeats it.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <howdah/query.hpp>
#include <howdah/time.hpp>

#include "codec_checks.hpp"
#include "test_database.hpp"

using namespace howdah;
using namespace howdah::tests;

namespace {

using std::chrono::microseconds;
using instants = std::vector<timestamp>;

constexpr std::array zones{"UTC",           "America/New_York", "Asia/Kolkata", "America/St_Johns",
                           "Europe/Berlin", "Pacific/Apia"};
constexpr std::int64_t second = 1'000'000, hour = 3'600 * second, day = 24 * hour;
constexpr std::size_t batch_size = 5'000;

// A timestamp holds no more than 64 bits since 1970 do; the server has 29 more years.
constexpr std::int64_t first = -210'866'803'200'000'000, last = std::numeric_limits<std::int64_t>::max();

timestamp at(std::int64_t micros) {
    return timestamp{microseconds{micros}};
}
std::int64_t micros(timestamp instant) {
    return instant.time_since_epoch().count();
}

// ---------------------------------------------------------------------------------------------------------------------
// What is drawn

/// The offsets from UTC, in seconds, that the session's zone has at these instants.
std::vector<std::int32_t> offsets(executor& db, const instants& when) {
    return query<std::int32_t>(db, "select extract(timezone from t)::int4 from unnest($1::timestamptz[]) t",
                               when);
}

/// Where the session's zone changes its offset, to the microsecond: days whose ends differ, halved together.
instants clock_changes(executor& db) {
    instants days, low, high;
    for (auto t = micros(parse_timestamp("1840-01-01T00:00:00Z")); t < 75 * 365 * day; t += day)
        days.push_back(at(t));
    const auto daily = offsets(db, days);
    std::vector<std::int32_t> before;
    for (std::size_t i = 1; i < days.size(); ++i) {
        if (daily[i] == daily[i - 1]) continue;
        low.push_back(days[i - 1]);
        high.push_back(days[i]);
        before.push_back(daily[i - 1]);
    }
    for (std::int64_t width = day; width > 0; width /= 2) {
        instants middle;
        for (std::size_t i = 0; i < low.size(); ++i) middle.push_back(low[i] + (high[i] - low[i]) / 2);
        const auto found = offsets(db, middle);
        for (std::size_t i = 0; i < low.size(); ++i) (found[i] == before[i] ? low : high)[i] = middle[i];
    }
    return high;
}

/// What programs get wrong: the ends of the range, of eras, of digits and of epochs.
instants landmarks() {
    instants out{at(first), at(last)};
    for (const auto* text : {"1970-01-01T00:00:00Z", "2000-01-01T00:00:00Z", "0001-01-01T00:00:00Z",
                             "0001-01-01T00:00:00Z BC", "0002-01-01T00:00:00Z BC", "10000-01-01T00:00:00Z",
                             "100000-01-01T00:00:00Z", "1900-03-01T00:00:00Z", "2000-03-01T00:00:00Z",
                             "0005-03-01T00:00:00Z BC", "1582-10-15T00:00:00Z", "2038-01-19T03:14:08Z"})
        out.push_back(parse_timestamp(text));
    return out;
}

/// At most `reach` microseconds away, inside the range.
timestamp near(timestamp centre, std::int64_t reach, seeded& random) {
    const auto span = static_cast<std::size_t>(2 * reach + 1);
    const auto by = static_cast<std::int64_t>(random.below(span)) - reach;
    const auto from = micros(centre);
    if (by > 0) return at(from > last - by ? last : from + by);
    return at(std::max(first, from + by));
}

/// In the whole range, often with fewer digits of fraction, as clocks and people write them.
timestamp anywhere(seeded& random) {
    constexpr auto span = static_cast<std::uint64_t>(last) - static_cast<std::uint64_t>(first);
    constexpr std::array<std::int64_t, 6> grains{1, 1, 1, 1'000, 100'000, second};
    const auto drawn =
        static_cast<std::int64_t>(static_cast<std::uint64_t>(first) + random.integer<std::uint64_t>() % span);
    const auto grain = grains[random.below(grains.size())];
    return at(drawn / grain * grain);
}

timestamp drawn(const instants& special, seeded& random) {
    constexpr std::array<std::int64_t, 5> reaches{0, 1, second, 2 * hour, 2 * day};
    if (random.below(3) == 0) return anywhere(random);
    if (random.below(3) == 0) return near(at(0), 100 * 365 * day, random);
    return near(special[random.below(special.size())], reaches[random.below(reaches.size())], random);
}

// ---------------------------------------------------------------------------------------------------------------------
// What is held

/// RFC 3339 has a year 0; the server calls it 1 BC and reads no year 0.
bool in_year_zero(timestamp instant) {
    static const timestamp from = parse_timestamp("0001-01-01T00:00:00Z BC"),
                           to = parse_timestamp("0001-01-01T00:00:00Z");
    return from <= instant && instant < to;
}

/// Faults, a line each: what is wrong with which instant.
class fault_list {
public:
    void expect(bool right, const char* what, timestamp of, const std::string& server = {}) {
        if (!right) lines += std::string(what) + ": " + format_timestamp(of) + ' ' + server + '\n';
    }
    std::string lines;
};

/// How the server prints these instants in the zone of the session, and what howdah reads from that.
std::string misread(executor& db, const instants& when) {
    statement as_text = "select t, t::text, pg_catalog.to_json(t)::text from unnest($1::timestamptz[]) t";
    as_text.encoding = format::text;
    const result texts = db.run(as_text, howdah::bind(when));
    parameters in_text{format::text};
    const result binary = db.run("select t from unnest($1::timestamptz[]) t", in_text.add(when));
    REQUIRE(texts.row_count() == when.size());
    REQUIRE(binary.row_count() == when.size());
    fault_list faults;
    for (std::size_t row = 0; row < when.size(); ++row) {
        const auto of = when[row];
        const auto printed = texts.value<std::string>(row, 1), json = texts.value<std::string>(row, 2);
        faults.expect(binary.value<timestamp>(row, 0) == of, "sent as text or decoded in binary wrongly", of);
        faults.expect(texts.value<timestamp>(row, 0) == of, "decoded from text wrongly", of, printed);
        faults.expect(parse_timestamp(printed) == of, "::text parsed wrongly", of, printed);
        faults.expect(json.front() == '"' && parse_timestamp(json) == of, "json parsed wrongly", of, json);
    }
    return faults.lines;
}

/// What the server reads from what howdah sends and formats; the session is in UTC.
std::string miswritten(executor& db, const instants& when) {
    std::vector<std::optional<std::string>> rfc;
    std::vector<std::string> iso;
    for (const auto of : when) {
        rfc.push_back(in_year_zero(of) ? std::nullopt : std::optional(format_rfc3339(of)));
        iso.push_back(format_timestamp(of));
    }
    // Counted from 2000: from 1970 the server itself rounds the last thirty years.
    const auto answer =
        db.run("select t::text, (extract(epoch from t - '2000-01-01T00:00:00Z') * 1000000)::int8,"
               " iso::timestamptz = t, coalesce(rfc::timestamptz = t, true)"
               " from unnest($1::timestamptz[], $2::text[], $3::text[]) as u(t, iso, rfc)",
               howdah::bind(when, iso, rfc));
    REQUIRE(answer.row_count() == when.size());
    const auto since_2000 = micros(parse_timestamp("2000-01-01T00:00:00Z"));
    fault_list faults;
    for (std::size_t row = 0; row < when.size(); ++row) {
        const auto of = when[row];
        const auto printed = answer.value<std::string>(row, 0);
        faults.expect(answer.value<std::int64_t>(row, 1) == micros(of) - since_2000, "sent wrongly", of,
                      printed);
        faults.expect(iso[row] == printed, "formatted unlike the server", of, printed);
        faults.expect(answer.value<bool>(row, 2), "the server reads another instant", of);
        faults.expect(answer.value<bool>(row, 3), "the server reads another instant from RFC 3339", of);
        faults.expect(parse_timestamp(format_rfc3339(of)) == of, "RFC 3339 does not come back", of);
    }
    return faults.lines;
}

} // namespace

TEST_CASE("a hundred thousand instants mean the same to the server and to howdah in six time zones") {
    const testing::database base = test::fresh_database();
    auto db = base.connect();
    seeded random;
    CAPTURE(random.seed);
    instants special = landmarks();
    for (const std::string zone : zones) {
        execute(db, "set timezone = '" + zone + "'");
        const auto changes = clock_changes(db);
        CHECK_MESSAGE((changes.size() > 0) == (zone != "UTC"), zone);
        special.insert(special.end(), changes.begin(), changes.end());
    }
    std::vector<instants> all{special};
    for (std::size_t drawn_ones = 0; drawn_ones < 100'000; drawn_ones += batch_size) {
        auto& batch = all.emplace_back();
        while (batch.size() < batch_size) batch.push_back(drawn(special, random));
    }
    for (const std::string zone : zones) {
        CAPTURE(zone);
        execute(db, "set timezone = '" + zone + "'");
        for (const auto& batch : all) REQUIRE(misread(db, batch) == "");
    }
    execute(db, "set timezone = 'UTC'");
    for (const auto& batch : all) REQUIRE(miswritten(db, batch) == "");
}

TEST_CASE("an offset of seconds, as old Newfoundland had, is read to the second") {
    const testing::database base = test::fresh_database();
    auto db = base.connect();
    execute(db, "set timezone = 'America/St_Johns'");
    const auto printed = query_one<std::string>(db, "select '1850-06-01T12:00:00Z'::timestamptz::text");
    CHECK(printed == "1850-06-01 08:29:08-03:30:52");
    CHECK(parse_timestamp(printed) == parse_timestamp("1850-06-01T12:00:00Z"));
}

TEST_CASE("the last years of the server, which 64 bits since 1970 do not reach, are refused, never wrapped") {
    const testing::database base = test::fresh_database();
    auto db = base.connect();
    for (const auto* text : {"294247-01-10 04:00:54.775808+00", "294276-12-31 23:59:59.999999+00"})
        for (const auto encoding : {format::text, format::binary}) {
            CAPTURE(text);
            const std::string sql = "select '" + std::string(text) + "'::timestamptz as t";
            statement asked = sql;
            asked.encoding = encoding;
            CHECK_THROWS_AS((void)db.run(asked).value<timestamp>(0, 0), decode_error);
            CHECK(query_one<std::string>(db, "select $1::timestamptz::text", text) == text);
        }
    CHECK(query_one<timestamp>(db, "select '294247-01-10 04:00:54.775807+00'::timestamptz") ==
          timestamp::max());
}

TEST_CASE("what the server's other date styles print is refused, never misread") {
    const testing::database base = test::fresh_database();
    auto db = base.connect();
    for (const std::string style : {"German, DMY", "SQL, MDY", "Postgres, DMY"}) {
        CAPTURE(style);
        execute(db, "set datestyle = '" + style + "'");
        const auto printed = query_one<std::string>(db, "select '2001-02-03T04:05:06Z'::timestamptz::text");
        CHECK_THROWS_AS((void)parse_timestamp(printed), decode_error);
        const auto json =
            query_one<std::string>(db, "select to_json('2001-02-03T04:05:06Z'::timestamptz)::text");
        CHECK(parse_timestamp(json) == parse_timestamp("2001-02-03T04:05:06Z"));
        CHECK(query_one<timestamp>(db, "select '2001-02-03T04:05:06Z'::timestamptz") ==
              parse_timestamp(json));
    }
}

// SPDX-License-Identifier: BSL-1.0
//
// The server as the judge of values, one by one: ids that we make, and what cannot be sent or does not fit.
#include <doctest/doctest.h>

#include <limits>
#include <string>
#include <vector>

#include <howdah/howdah.hpp>

#include "codec_checks.hpp"
#include "test_database.hpp"

using namespace howdah;
using namespace howdah::tests;

namespace {

enum class season { spring, summer };

} // namespace

template <> struct howdah::enum_labels<season> {
    static constexpr std::array<std::pair<season, std::string_view>, 2> values{
        {{season::spring, "spring"}, {season::summer, "summer"}}};
};

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

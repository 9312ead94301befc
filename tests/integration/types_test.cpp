// SPDX-License-Identifier: BSL-1.0
//
// Types against the server, one by one: what is read into what, in which encoding, and what is refused in which words.
// Random values of every type are in the value judges.
#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

#include <howdah/bit_string.hpp>
#include <howdah/hstore.hpp>
#include <howdah/inet.hpp>
#include <howdah/internal_char.hpp>
#include <howdah/interval.hpp>
#include <howdah/numeric.hpp>
#include <howdah/pipeline.hpp>
#include <howdah/query.hpp>
#include <howdah/text_search.hpp>
#include <howdah/time_of_day.hpp>
#include <howdah/void_result.hpp>
#include <howdah/xml.hpp>

#include "failure_text.hpp"
#include "test_database.hpp"

using namespace howdah;
using namespace std::chrono_literals;

namespace {

using howdah::test::holds;

template <class Call> std::string refusal_of(const Call& call) {
    try {
        (void)call();
    } catch (const decode_error& failure) {
        return failure.what();
    }
    FAIL_CHECK("no decode_error");
    return {};
}

struct catalog_type {
    oid type, array;
    std::string typname;
};

struct relation {
    oid oid_number = 0;
    std::string relname;
    internal_char relkind;
    std::uint32_t xmin = 0;
};

struct slept {
    std::monostate pause;
    std::int32_t answer = 0;
};

} // namespace

TEST_CASE("the arrays of built-in types are those of the server's catalog") {
    const testing::database base = test::fresh_database();
    auto db = base.connect();
    const auto types = query<catalog_type>(
        db, "select oid as type, typarray as array, typname from pg_type where oid < 16384 and typarray <> 0"
            " and typtype in ('b', 'r', 'm', 'p')");
    CHECK(types.size() > 70);
    for (const auto& each : types) {
        CAPTURE(each.typname);
        CHECK(array_of(each.type) == each.array);
        CHECK(element_of(each.array) == each.type);
    }
    // And no array that the catalog does not have.
    for (const auto& each : detail::built_in_types)
        CHECK(query_one<oid>(db, "select typarray from pg_type where oid = $1", each.type) == each.array);
}

TEST_CASE("the columns of a catalog are read into plain numbers, names and an internal_char") {
    const testing::database base = test::fresh_database();
    auto db = base.connect();
    const auto one = query_one<relation>(
        db, "select oid as oid_number, relname, relkind, xmin from pg_class where relname = 'pg_class'");
    CHECK(one.oid_number == 1259);
    CHECK(one.relname == "pg_class");
    CHECK(one.relkind.value == 'r');
    CHECK(one.xmin > 0);
    CHECK(query_one<std::string>(db, "select relname from pg_class where oid = $1", one.oid_number) ==
          "pg_class");
    CHECK(query_one<std::string>(db, "select relname from pg_class where oid = any($1)",
                                 std::vector<std::uint32_t>{one.oid_number}) == "pg_class");
    CHECK(query_one<std::int64_t>(db, "select $1::oid", UINT32_MAX) == UINT32_MAX);
    CHECK(query_one<std::string>(db, "select oid::regclass from pg_class where oid = 1259") == "pg_class");
    CHECK(query_one<std::vector<std::string>>(db, "select array['pg_class', 'pg_type']::regclass[]") ==
          std::vector<std::string>{"pg_class", "pg_type"});
    CHECK(query_one<std::vector<std::string>>(db, "select array['a', 'b']::name[]") ==
          std::vector<std::string>{"a", "b"});
    CHECK(query_one<std::string>(db, "select 'ab'::char(4)") == "ab  ");
}

TEST_CASE("functions that return void are called, alone and among other columns") {
    const testing::database base = test::fresh_database();
    auto db = base.connect();
    CHECK(query_one<std::monostate>(db, "select pg_sleep(0)") == std::monostate());
    CHECK(query_one<slept>(db, "select pg_sleep(0) as pause, 42 as answer").answer == 42);
    statement as_text = "select pg_sleep(0)";
    as_text.encoding = format::text;
    CHECK(db.run(as_text).value<std::monostate>(0, 0) == std::monostate());
    CHECK(execute(db, "select pg_sleep(0)") == 1);
    CHECK(holds(refusal_of([&] { return query_one<std::monostate>(db, "select 1"); }), "integer"));
}

TEST_CASE("money is refused, and the refusal names what to do instead") {
    const testing::database base = test::fresh_database();
    auto db = base.connect();
    const auto names_the_cast = [](const std::string& text) {
        return holds(text, "money") && holds(text, "cast it to numeric");
    };
    const statement price = "select '12.50'::money";
    CHECK(names_the_cast(refusal_of([&] { return query_one<std::string>(db, price); })));
    CHECK(names_the_cast(refusal_of([&] { return query_one<double>(db, price); })));
    CHECK(names_the_cast(refusal_of([&] { return query_one<numeric>(db, price); })));
    CHECK(names_the_cast(refusal_of([&] { return query_one<std::int64_t>(db, price); })));
    CHECK(names_the_cast(
        refusal_of([&] { return query_one<std::vector<std::string>>(db, "select array['12.50'::money]"); })));
    CHECK(query_one<numeric>(db, "select ('12.50'::money)::numeric").text() == "12.50");
    CHECK(query_one<numeric>(db, "select ($1::money)::numeric", numeric("12.5")).text() == "12.50");
}

TEST_CASE("a text is not sent to a money column, whose server's locale would read it") {
    const testing::database base = test::fresh_database();
    auto db = base.connect();
    execute(db, "create temp table sold(price money)");
    for (int again = 0; again < 2; ++again) {
        try {
            execute(db, "insert into sold values ($1)", "12.50");
            FAIL_CHECK("was sent");
        } catch (const usage_error& refusal) {
            CHECK(holds(refusal.what(), "parameter $1 is taken for money"));
            CHECK(holds(refusal.what(), "cast it to numeric"));
        }
    }
    pipeline batch(db);
    batch.execute("insert into sold values ($1)", "12.50");
    CHECK_THROWS_AS(batch.run(), usage_error);
    CHECK(execute(db, "insert into sold values ($1::numeric)", "12.50") == 1);
    CHECK(execute(db, "insert into sold values ($1)", numeric("12.50")) == 1);
    CHECK(execute(db, "insert into sold values ($1)", 12) == 1);
    CHECK(query_one<numeric>(db, "select sum(price)::numeric from sold").text() == "37.00");
}

TEST_CASE(
    "an interval is read in every style of the server, and written so that every style reads it the same") {
    const testing::database base = test::fresh_database();
    auto db = base.connect();
    const std::vector<interval> values{{-14, 3, -4h}, {14, -3, 500ms}, {0, -3, -1h},
                                       {-1, 0, 0us},  {0, 0, -1us},    {}};
    for (const auto* style : {"postgres", "postgres_verbose", "iso_8601", "sql_standard"}) {
        CAPTURE(style);
        (void)query_one<std::string>(db, "select set_config('intervalstyle', $1, false)", style);
        for (const auto& value : values) {
            statement echo = "select $1::interval, $2::interval";
            parameters both;
            both.add(value).add(format_interval(value));
            for (const auto encoding : {format::text, format::binary}) {
                echo.encoding = encoding;
                const auto row = db.run(echo, both);
                CHECK(row.value<interval>(0, 0) == value);
                CHECK(row.value<interval>(0, 1) == value);
            }
        }
    }
}

TEST_CASE("the least interval travels in binary, and is read as the server prints it") {
    const testing::database base = test::fresh_database();
    auto db = base.connect();
    const interval least{0, 0, std::chrono::microseconds::min()};
    const auto text = query_one<std::string>(db, "select ($1::interval)::text", least);
    CHECK(text == format_interval(least));
    CHECK(parse_interval(text) == least);
    CHECK(query_one<interval>(db, "select $1::interval", least) == least);
}

TEST_CASE(
    "conversions that the server makes: bit varying to bit, cidr to inet, time with and without a zone") {
    const testing::database base = test::fresh_database();
    auto db = base.connect();
    execute(db, "create temp table kept(flags bit(4), host inet, at time, zoned timetz, note xml)");
    execute(db, "insert into kept values ($1, $2, $3, $4, $5)", bit_string::parse("1010"),
            cidr::parse("10.0.0.0/8"), time_of_day{24h}, offset_time{{1h}, -3600s}, xml("<a/>"));
    CHECK(query_one<bit_string>(db, "select flags from kept").text() == "1010");
    CHECK(query_one<inet>(db, "select host from kept").text() == "10.0.0.0/8");
    CHECK(query_one<time_of_day>(db, "select at from kept") == time_of_day{24h});
    CHECK(query_one<std::string>(db, "select at::text from kept") == "24:00:00");
    CHECK(query_one<std::string>(db, "select zoned::text from kept") == "01:00:00-01");
    CHECK(query_one<std::int32_t>(db, "select extract(timezone from zoned)::int4 from kept") == -3600);
    CHECK(query_one<xml>(db, "select note from kept") == xml("<a/>"));
    CHECK_THROWS_AS(execute(db, "update kept set flags = $1", bit_string::parse("1")), server_error);
    CHECK(query_one<inet>(db, "select '10.1.2.0/24'::cidr").prefix_length() == 24);
}

TEST_CASE("hstore is read by the number that its type has here, domains over it too, and nothing else is "
          "taken for it") {
    const testing::database base = test::fresh_database();
    auto db = base.connect();
    execute(db, "create extension hstore");
    execute(db, "create domain labels as hstore");
    execute(db, "create type mood as enum ('happy')");
    const hstore value{{{"a", "1"}, {"b", std::nullopt}}};
    CHECK(query_one<hstore>(db, "select $1::hstore || 'c=>2'", value).pairs.size() == 3);
    CHECK(query_one<hstore>(db, "select $1::labels", value) == value);
    CHECK(query_one<std::optional<hstore>>(db, "select null::hstore") == std::nullopt);
    CHECK(query_one<std::vector<hstore>>(db, "select array[$1::hstore]", value) == std::vector{value});
    CHECK_THROWS_AS((void)query_one<hstore>(db, "select 'happy'::mood"), decode_error);
    CHECK_THROWS_AS((void)query_one<hstore>(db, "select '{}'::text"), decode_error);
}

TEST_CASE("text search values come as text, and send the whole result as text") {
    const testing::database base = test::fresh_database();
    auto db = base.connect();
    CHECK(query_one<tsvector>(db, "select to_tsvector('simple', 'fat rats')").text() == "'fat':1 'rats':2");
    CHECK(query_one<bool>(db, "select to_tsvector('simple', 'fat rats') @@ $1", tsquery("'fat' & !'cat'")));
    CHECK(query_one<std::int64_t>(db, "select count(*) from unnest($1) v where v @@ 'b'::tsquery",
                                  std::vector{tsvector("'a' 'b'"), tsvector("'c'")}) == 1);
}

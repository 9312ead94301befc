// SPDX-License-Identifier: BSL-1.0
//
// COPY into tables: what the server holds afterwards is what the structs held, or nothing, and the error says where.
#include <doctest/doctest.h>

#include <list>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <string>
#include <vector>

#include <howdah/copy.hpp>
#include <howdah/json.hpp>
#include <howdah/numeric.hpp>
#include <howdah/pool.hpp>
#include <howdah/transaction.hpp>

#include "failure_text.hpp"
#include "rival.hpp"
#include "test_database.hpp"

namespace {

using howdah::connection;
using howdah::copy_in;
using howdah::query;
using howdah::query_one;
using howdah::test::holds;

howdah::testing::database& data() {
    static auto made = howdah::test::fresh_database();
    return made;
}

struct stage {
    connection db{data().config()};
    stage() {
        db.run_script(
            "drop schema if exists app cascade; create schema app; drop table if exists readings cascade; "
            "create table readings (id bigint primary key, place varchar(8) not null default 'lab', "
            "value double precision, \"taken at\" timestamptz not null default '2024-01-01 00:00Z' "
            "check (\"taken at\" > '2000-01-01'))");
    }
    std::string stored(const std::string& table = "readings") {
        return query_one<std::optional<std::string>>(
                   db, "select string_agg(t::text, ' ' order by t::text) from " + table + " t")
            .value_or("");
    }
    std::int64_t rows() { return query_one<std::int64_t>(db, "select count(*) from readings"); }
};

struct reading {
    std::int64_t id = 0;
    std::string place;
    std::optional<double> value;
    howdah::timestamp taken_at{std::chrono::seconds{1'700'000'000}};
};

} // namespace

template <> struct howdah::table<reading> {
    static constexpr auto name = "readings";
    static constexpr std::array<howdah::renamed, 1> renamed{{{"taken_at", "taken at"}}};
};

namespace {

const std::vector<reading> three{{1, "roof", 1.5}, {2, "cellar", std::nullopt}, {3, "", -0.25}};
constexpr auto three_stored = R"((1,roof,1.5,"2023-11-14 22:13:20+00") (2,cellar,,"2023-11-14 22:13:20+00") )"
                              R"((3,"",-0.25,"2023-11-14 22:13:20+00"))";

template <class Failure, class Work> Failure caught(Work work) {
    try {
        work();
    } catch (const Failure& failure) {
        return failure;
    }
    throw std::logic_error("nothing was thrown");
}

TEST_CASE_FIXTURE(stage, "copy_in() stores the rows of any range, by the names of their fields") {
    SUBCASE("a vector, into the table of its struct") {
        CHECK(copy_in(db, three) == 3);
    }
    SUBCASE("a list, into a table that is named") {
        CHECK(copy_in(db, {.table = "readings", .schema = "public"}, std::list(three.begin(), three.end())) ==
              3);
    }
    SUBCASE("a view that makes its rows as it goes") {
        auto made =
            std::views::iota(0, 3) | std::views::transform([](int i) { return three[std::size_t(i)]; });
        CHECK(copy_in(db, made) == 3);
    }
    CHECK(stored() == three_stored);
    CHECK(db.state() == howdah::session_state::idle);
    CHECK(copy_in(db, std::vector<reading>{}) == 0);
}

TEST_CASE_FIXTURE(stage, "copy_in() of some columns leaves the others to their defaults") {
    CHECK(copy_in(db, {.table = "readings", .columns = {"value", "id"}}, three) == 3);
    CHECK(stored() == R"((1,lab,1.5,"2024-01-01 00:00:00+00") (2,lab,,"2024-01-01 00:00:00+00") )"
                      R"((3,lab,-0.25,"2024-01-01 00:00:00+00"))");
    const auto refused = caught<howdah::usage_error>(
        [&] { (void)copy_in(db, {.table = "readings", .columns = {"id", "colour"}}, three); });
    CHECK(std::string(refused.what()).ends_with("has no field for the column \"colour\" to copy"));
}

TEST_CASE_FIXTURE(stage, "names with quotes, commas and dots are names") {
    struct odd {
        std::int32_t id = 0;
    };
    db.run_script(R"(create table app."a.b"", line 7, column x" (id int primary key))");
    const howdah::copy_target target{.table = "a.b\", line 7, column x", .schema = "app"};
    CHECK(copy_in(db, target, std::vector<odd>{{1}, {2}}) == 2);
    const auto failure =
        caught<howdah::server_error>([&] { (void)copy_in(db, target, std::vector<odd>{{3}, {1}}); });
    CHECK(failure.row() == 1);
    CHECK(failure.column() == "");
    CHECK_THROWS_AS((void)copy_in(db, {.table = "app.\"a.b\""}, three), howdah::server_error);
}

enum class mood { sad, ok };

} // namespace

template <> struct howdah::enum_labels<mood> {
    static constexpr std::array<std::pair<mood, std::string_view>, 2> values{
        {{mood::sad, "sad"}, {mood::ok, "ok"}}};
};

namespace {

struct texts {
    std::string a, b, c, d, e, f;
    howdah::json g, h;
    mood i = mood::ok;
    std::vector<std::string> j;
    std::vector<mood> k;
    std::vector<std::optional<std::int32_t>> l;
    std::string_view m;
    std::vector<std::string> n;
};

TEST_CASE_FIXTURE(stage,
                  "text goes into every column whose binary form is a text, enums and domains among them") {
    db.run_script(
        "create type app.mood as enum ('sad', 'ok'); create domain app.short as varchar(4); create domain "
        "app.shorter as app.short; create table app.texts (a varchar(9), b char(3), c app.mood, d json, e "
        "jsonb, f app.shorter, g json, h jsonb, i app.mood, j varchar[], k app.mood[], l int[], m name, n "
        "app.mood[])");
    const std::vector<texts> rows{{"a",
                                   "b",
                                   "sad",
                                   "[1]",
                                   "{\"a\": 2}",
                                   "fff",
                                   howdah::json("{\"x\":1}"),
                                   howdah::json("{\"x\":1}"),
                                   mood::sad,
                                   {"x y", "NULL", ""},
                                   {mood::sad, mood::ok},
                                   {1, std::nullopt, 3},
                                   "m",
                                   {}}};
    CHECK(copy_in(db, {.table = "texts", .schema = "app"}, rows) == 1);
    CHECK(
        stored("app.texts") ==
        R"((a,"b  ",sad,[1],"{""a"": 2}",fff,"{""x"":1}","{""x"": 1}",sad,"{""x y"",""NULL"",""""}","{sad,ok}",)"
        R"("{1,NULL,3}",m,{}))");
    auto longer = rows;
    longer[0].f = "fffff";
    const auto failure =
        caught<howdah::server_error>([&] { (void)copy_in(db, {.table = "texts", .schema = "app"}, longer); });
    CHECK(failure.sqlstate().text() == "22001");
    CHECK(failure.column() == "f");
    CHECK(failure.row() == 0);
    longer[0] = rows[0];
    longer[0].c = "furious";
    CHECK(caught<howdah::server_error>([&] {
              (void)copy_in(db, {.table = "texts", .schema = "app"}, longer);
          }).column() == "c");
}

TEST_CASE_FIXTURE(stage, "integers and floats go into wider columns, and into narrower ones by range check") {
    struct numbers {
        std::int32_t a = 0;
        std::int64_t b = 0;
        std::int16_t c = 0;
        float d = 0;
        std::uint32_t e = 0;
        std::optional<std::int32_t> f;
    };
    db.run_script(
        "create domain app.count as bigint check (value >= 0); "
        "create table app.numbers (a bigint, b smallint, c int, d double precision, e int, f app.count)");
    const howdah::copy_target target{.table = "numbers", .schema = "app"};
    CHECK(copy_in(db, target, std::vector<numbers>{{-1, -2, -3, 0.1F, 5, 6}, {1, 32767, 3, 4, 5, {}}}) == 2);
    CHECK(stored("app.numbers") == "(-1,-2,-3,0.10000000149011612,5,6) (1,32767,3,4,5,)");
    const auto refused = caught<howdah::usage_error>(
        [&] { (void)copy_in(db, target, std::vector<numbers>{{1, 2, 3, 4, 5, 6}, {1, 32768, 3, 4, 5, 6}}); });
    CHECK(std::string(refused.what()) ==
          "column \"b\", row 1: the value does not fit smallint, the type of the column");
    CHECK(caught<howdah::server_error>([&] {
              (void)copy_in(db, target, std::vector<numbers>{{1, 2, 3, 4, 5, -6}});
          }).sqlstate() == howdah::sqlstates::check_violation);
    CHECK(query_one<int>(db, "select count(*) from app.numbers") == 2);
}

TEST_CASE_FIXTURE(stage, "fields that COPY would have to convert are refused, all in one sentence") {
    struct wrong {
        std::string id, value;
        std::int64_t taken_at = 0;
        std::int32_t place = 0;
    };
    db.run_script("create table app.wrong (id uuid, value numeric, taken_at timestamptz, place text)");
    const auto refused = caught<howdah::usage_error>(
        [&] { (void)copy_in(db, {.table = "wrong", .schema = "app"}, std::vector<wrong>(1)); });
    const std::string what = refused.what();
    CHECK(holds(what, "column \"id\" is uuid, which COPY does not make from std::string; "));
    CHECK(holds(what, "column \"value\" is numeric, which COPY does not make from std::string; "));
    CHECK(holds(what, "column \"taken_at\" is timestamptz, which COPY does not make from std::int64_t; "));
    CHECK(holds(what, "column \"place\" is text, which COPY does not make from std::int32_t "));
    CHECK(db.state() == howdah::session_state::idle);
}

TEST_CASE_FIXTURE(stage, "a value that cannot be sent names row and column, and nothing is stored") {
    auto rows = three;
    rows[2].place = "bad\xFF";
    const auto refused = caught<howdah::usage_error>([&] { (void)copy_in(db, rows); });
    CHECK(std::string(refused.what())
              .starts_with("column \"place\", row 2: the text is not valid UTF-8 at offset 3"));
    CHECK(rows.size() == 3);
    CHECK(this->rows() == 0);
    rows[2].place = "";
    rows[1].taken_at = howdah::timestamp{std::chrono::microseconds{INT64_MIN + 1}};
    CHECK(std::string(caught<howdah::usage_error>([&] { (void)copy_in(db, rows); }).what())
              .starts_with("column \"taken at\", row 1: "));
    CHECK(this->rows() == 0);
    CHECK(db.state() == howdah::session_state::idle);
}

TEST_CASE_FIXTURE(stage, "the server's refusal names row and column where it does, and no value") {
    const auto refused = [&](std::size_t row, auto change) {
        std::vector<reading> rows;
        for (std::int64_t i = 0; i < 5000; ++i) rows.push_back({i, "p", 0.5});
        change(rows[row]);
        const auto failure = caught<howdah::server_error>([&] { (void)copy_in(db, rows); });
        CHECK(failure.row() == row);
        CHECK(holds(failure.what(), ", row " + std::to_string(row)));
        CHECK_FALSE(holds(failure.what(), "secret"));
        CHECK(this->rows() == 0);
        CHECK(db.state() == howdah::session_state::idle);
        return failure;
    };
    CHECK(refused(4321, [](reading& one) { one.place = "secret place"; }).column() == "place");
    CHECK(refused(17, [](reading& one) { one.id = 3; }).constraint() == "readings_pkey");
    CHECK(refused(0, [](reading& one) { one.taken_at = {}; }).constraint() == "readings_taken at_check");
    db.run_script(
        "alter table readings alter place type text; create function app.keep_out() returns trigger language "
        "plpgsql as $$ begin if new.place = 'secret' then raise 'no'; end if; return new; end $$; create "
        "trigger keep_out before insert on readings for each row execute function app.keep_out()");
    CHECK(refused(4999, [](reading& one) { one.place = "secret"; }).column() == "");
}

TEST_CASE_FIXTURE(stage,
                  "columns that are always generated as identity can be copied, computed ones cannot") {
    struct made {
        std::int64_t id = 0;
        std::int32_t twice = 0;
    };
    db.run_script(
        "create table app.made (id bigint generated always as identity, twice int generated always as "
        "(id * 2) stored)");
    CHECK(copy_in(db, {.table = "made", .schema = "app", .columns = {"id"}}, std::vector<made>{{7, 0}}) == 1);
    CHECK(stored("app.made") == "(7,14)");
    CHECK_THROWS_AS((void)copy_in(db, {.table = "made", .schema = "app"}, std::vector<made>{{7, 0}}),
                    howdah::server_error);
    CHECK(db.state() == howdah::session_state::idle);
}

} // namespace

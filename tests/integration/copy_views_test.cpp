// SPDX-License-Identifier: BSL-1.0
//
// Rows that view into what a COPY has sent: what only COPY does. What such rows have in common with those of a result
// is in views_test.cpp.
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <numeric>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <howdah/composite.hpp>
#include <howdah/copy_views.hpp>
#include <howdah/json.hpp>
#include <howdah/pool.hpp>
#include <howdah/transaction.hpp>

#include "failure_text.hpp"
#include "test_database.hpp"

namespace {

using howdah::connection;
using howdah::copy_views;
using howdah::test::holds;
using howdah::test::what_of;

howdah::testing::database& data() {
    static auto made = howdah::test::fresh_database();
    return made;
}
bool usable(connection& db) {
    return db.state() == howdah::session_state::idle && howdah::query_one<int>(db, "select 1") == 1;
}

struct entry {
    std::int64_t id;
    std::string_view name;
    std::optional<std::string_view> note;
};
struct place {
    std::string town;
    std::int32_t number;
};
enum class mood : std::uint8_t { calm, angry };

} // namespace

template <> struct howdah::table<entry> {
    static constexpr auto name = "entries", schema = "app";
    static constexpr std::array<howdah::renamed, 1> renamed{{{"note", "a note"}}};
};
template <> struct howdah::composite<place> {
    static constexpr auto name = "place";
};
template <> struct howdah::enum_labels<mood> {
    static constexpr std::array<std::pair<mood, std::string_view>, 2> values{
        {{mood::calm, "calm"}, {mood::angry, "angry"}}};
};

namespace {

TEST_CASE("rows of every size can be viewed in any order, and stay where they are") {
    connection db{data().config()};
    // Sizes about those of the blocks that rows are kept in, and one that needs a block of its own.
    const std::string sizes =
        "select n as id, repeat(chr((97 + n % 26)::int), size) as name, case when n % 3 > 0 "
        "then 'note ' || n end as \"a note\" from unnest(array[0, 1, 65000, 65400, 65536, 5000000, "
        "2, 131072, 1000000, 70000] || array(select 900 + i % 400 from generate_series(1, 5000) "
        "i)) with ordinality as t (size, n)";
    const auto rows = copy_views<entry>(db, sizes);
    CHECK(usable(db));
    REQUIRE(rows.size() == 5'010);
    const auto lengths = howdah::query<std::int32_t>(db, "select length(name) from (" + sizes + ") as t");
    std::vector<std::size_t> order(rows.size());
    std::iota(order.begin(), order.end(), 0);
    std::vector<const char*> places(rows.size());
    std::mt19937 random(7);
    for (int round = 0; round < 3; ++round) {
        for (const auto at : order) {
            const auto row = rows[at];
            const auto letter = static_cast<char>('a' + (at + 1) % 26);
            REQUIRE(row.id == static_cast<std::int64_t>(at + 1));
            REQUIRE(row.name.size() == static_cast<std::size_t>(lengths[at]));
            REQUIRE(row.name.find_first_not_of(letter) == row.name.npos);
            REQUIRE(row.note.has_value() == ((at + 1) % 3 > 0));
            REQUIRE((!row.note || *row.note == "note " + std::to_string(at + 1)));
            if (round == 0) places[at] = row.name.data();
            REQUIRE(row.name.data() == places[at]);
        }
        std::ranges::shuffle(order, random);
    }
    std::size_t total = 0;
    for (const entry& row : rows) total += row.name.size();
    CHECK(total == std::accumulate(lengths.begin(), lengths.end(), std::size_t{0},
                                   [](std::size_t sum, std::int32_t one) { return sum + std::size_t(one); }));
}

TEST_CASE("views show every type whose binary form is a text, and own what else there is") {
    connection db{data().config()};
    db.run_script(
        "create type place as (town text, number int); create type temper as enum ('calm', 'angry');"
        "create domain short as varchar(9)");
    struct every {
        std::string_view a, b, c, d, e, f, g, h;
        std::optional<std::string_view> jb;
        mood k;
        place l;
        std::vector<std::int32_t> m;
        howdah::json n;
        bool o;
        std::span<const std::byte> p;
    };
    const auto rows = copy_views<every>(
        db,
        "select 'text' as a, 'varchar'::varchar as b, 'char'::char(4) as c, 'name'::name as d, "
        "'short'::short as e, "
        "'[1, 2]'::json as f, '<x/>'::xml as g, 'angry'::temper as h, '{\"a\": 1}'::jsonb as jb, "
        "'angry'::temper as "
        "k, row('here', 7)::place as l, array[1, 2] as m, '{}'::jsonb as n, true as o, '\\x00ff'::bytea as p "
        "union all select '', '', '', '', '', 'null', '', 'calm', null, 'calm', row('', 0)::place, '{}', "
        "'0', "
        "false, ''");
    const auto row = rows.front();
    CHECK(row.a == "text");
    CHECK(row.b == "varchar");
    CHECK(row.c == "char");
    CHECK(row.d == "name");
    CHECK(row.e == "short");
    CHECK(row.f == "[1, 2]");
    CHECK(row.g == "<x/>");
    CHECK(row.h == "angry");
    CHECK(row.jb == "{\"a\": 1}"); // without the byte of the version
    CHECK(row.k == mood::angry);
    CHECK(row.l.town == "here");
    CHECK(row.m == std::vector<std::int32_t>{1, 2});
    CHECK(row.n.text() == "{}");
    CHECK(row.o);
    CHECK(row.p.size() == 2);
    const auto last = rows.back();
    CHECK(last.a.empty());
    CHECK_FALSE(last.jb);
    CHECK(last.p.empty());
    for (const bool one : copy_views<bool>(db, "values (true), (true)")) CHECK(one);
    struct nothing {};
    CHECK(copy_views<nothing>(db, "select from generate_series(1, 40)").size() == 40); // no columns at all
}

TEST_CASE("a table is viewed by the names of the fields") {
    connection db{data().config()};
    db.run_script(
        "create schema app; create table app.entries (\"a note\" text, other xml, name text, id bigint);"
        "insert into app.entries values (null, null, 'first', 1), ('noted', null, 'second', 2)");
    const auto rows = copy_views<entry>(db);
    REQUIRE(rows.size() == 2);
    CHECK(rows[1].name == "second");
    CHECK(rows[1].note == "noted");
    const auto names =
        copy_views<std::string_view>(db, {.table = "entries", .schema = "app", .columns = {"name"}});
    CHECK(names.front() == "first");
    CHECK(copy_views<entry>(db, {.table = "entries", .schema = "app"}).size() == 2);
    const auto no_names = what_of<howdah::usage_error>(
        [&] { (void)copy_views<std::string_view>(db, {.table = "entries", .schema = "app"}); });
    CHECK(holds(no_names, ": list the columns, or copy a query"));
    struct outer {
        entry inside;
    };
    CHECK(holds(what_of<howdah::usage_error>([&] { (void)copy_views<outer>(db, {.table = "entries"}); }),
                "which has a struct inside: copy a query that names them"));
}

TEST_CASE("what a query that is viewed over COPY does is stored") {
    connection db{data().config()};
    db.run_script("create table counted (id int)");
    const auto rows =
        copy_views<int>(db, "insert into counted select generate_series(1, 40) returning id;\n");
    CHECK(rows.size() == 40);
    CHECK(rows[39] == 40);
    connection other{data().config()};
    CHECK(howdah::query_one<std::int64_t>(other, "select count(*) from counted") == 40);
}

TEST_CASE("what COPY cannot give is refused before any row travels") {
    connection db{data().config()};
    const auto only_text = what_of<howdah::decode_error>(
        [&] { (void)copy_views<std::string_view>(db, "select '1 day'::interval"); });
    CHECK(holds(only_text,
                "column \"interval\" (interval) into std::string_view can only be read from text: use "
                "query_views()"));
    CHECK(what_of<howdah::decode_error>([&] {
              (void)copy_views<entry>(db, "select 1::bigint as id");
          }).ends_with("there is no column \"name\"; there is no column \"a note\""));
    CHECK_THROWS_AS((void)copy_views<int>(db, "set work_mem to default"), howdah::error);
    CHECK(usable(db));
}

TEST_CASE("what fails while rows are received is thrown there, and the connection is usable") {
    connection db{data().config()};
    CHECK_THROWS_AS((void)copy_views<int>(db, "select 1 / (5000 - i) from generate_series(1, 10000) i"),
                    howdah::server_error);
    CHECK(usable(db));
    howdah::statement stuck(
        "select pg_sleep(case when i = 3 then 60 else 0 end)::text from generate_series(1, 8) i");
    stuck.timeout = std::chrono::milliseconds{250};
    CHECK_THROWS_AS((void)copy_views<std::string_view>(db, stuck), howdah::server_error);
    CHECK(usable(db));
    howdah::statement slow("select repeat('z', 10000) || pg_sleep(0.2)::text from generate_series(1, 8)");
    slow.timeout = std::chrono::milliseconds{1'200};
    CHECK(copy_views<std::string_view>(db, slow).size() == 8); // 1600 ms in all
    {
        howdah::transaction tx(db);
        const auto rows = copy_views<int>(tx, "values (7), (8)");
        CHECK(rows.back() == 8);
        CHECK_THROWS_AS((void)copy_views<int>(tx, "select 1 / 0"), howdah::server_error);
        CHECK(db.state() == howdah::session_state::failed_transaction);
    }
    connection lost{data().config()};
    std::thread killer([pid = lost.backend_pid()] {
        connection other{data().config()};
        while (!howdah::query_one<bool>(other, "select state = 'active' from pg_stat_activity where pid = $1",
                                        pid)) {
        }
        other.run("select pg_terminate_backend($1, 5000)", howdah::bind(pid));
    });
    CHECK_THROWS_AS((void)copy_views<std::string_view>(lost, "select pg_sleep(60)::text"), howdah::error);
    killer.join();
    CHECK(lost.state() == howdah::session_state::broken);
}

TEST_CASE("a row that cannot be read names its column, and the others can be read nevertheless") {
    connection db{data().config()};
    const auto rows =
        copy_views<entry>(db, "select n as id, nullif(n, 7)::text as name, null as \"a note\" from "
                              "generate_series(0::bigint, 40) n");
    CHECK(what_of<howdah::decode_error>([&] { (void)rows[7]; }) ==
          "column \"name\", row 7: NULL, and the field is not a std::optional");
    CHECK(rows[8].name == "8");
    std::size_t read = 0;
    for (auto at = rows.begin(); at != rows.end(); ++at) {
        try {
            read += (*at).id >= 0;
        } catch (const howdah::decode_error& failure) {
            CHECK(failure.row() == 7U);
        }
    }
    CHECK(read == 40);
}

TEST_CASE("a pool has its connection back while rows are viewed") {
    howdah::pool pool({.connection = data().config(), .max_size = 1});
    const auto rows =
        copy_views<std::string_view>(pool, "select 'row ' || n from generate_series(1, 1000) n");
    CHECK(howdah::query_one<int>(pool, "select 1") == 1);
    CHECK(rows.back() == "row 1000");
}

TEST_CASE("two threads view their rows") {
    const auto work = [](int letter) {
        connection db{data().config()};
        const auto rows = copy_views<std::string_view>(db, "select repeat(chr(" + std::to_string(letter) +
                                                               "), n % 300) from generate_series(1, 5000) n");
        std::size_t wrong = 0;
        for (std::size_t i = 0; i < rows.size(); ++i)
            wrong += rows[i] != std::string((i + 1) % 300, static_cast<char>(letter));
        return wrong;
    };
    std::size_t wrong = 1;
    std::thread other([&] { wrong = work('b'); });
    CHECK(work('a') == 0);
    other.join();
    CHECK(wrong == 0);
}

} // namespace

// SPDX-License-Identifier: BSL-1.0
//
// COPY out of queries and tables: the same rows as query() gives, all at once or one at a time, and a connection that
// is usable whatever happens in between.
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <howdah/copy.hpp>
#include <howdah/pool.hpp>
#include <howdah/transaction.hpp>

#include "failure_text.hpp"
#include "test_database.hpp"

namespace {

using howdah::connection;
using howdah::copy_out;
using howdah::copy_stream;
using howdah::query;
using howdah::test::holds;
using howdah::test::what_of;

howdah::testing::database& data() {
    static auto made = howdah::test::fresh_database();
    return made;
}

struct item {
    std::int64_t id = 0;
    std::string name;
    std::optional<std::string> note;
    std::vector<std::int32_t> parts;
    std::optional<howdah::timestamp> made;
    bool operator==(const item&) const = default;
};

constexpr std::string_view ten_thousand = "select i as id, 'name ' || repeat('x', i % 40) as name, case when "
                                          "i % 3 > 0 then 'note ' || i end as note, "
                                          "array[i, -i] as parts, case when i % 2 > 0 then "
                                          "'2024-01-01'::timestamptz + i * interval '1 s' end as made "
                                          "from generate_series(1, 10000) i";

} // namespace

template <> struct howdah::table<item> {
    static constexpr auto name = "items", schema = "app";
    static constexpr std::array<howdah::renamed, 1> renamed{{{"made", "made at"}}};
};

namespace {

struct renamed_item {
    std::int64_t id = 0;
    std::string name;
    std::optional<std::string> note;
    std::vector<std::int32_t> parts;
    std::optional<howdah::timestamp> made;
    bool operator==(const renamed_item&) const = default;
};

bool usable(connection& db) {
    return db.state() == howdah::session_state::idle && howdah::query_one<int>(db, "select 1") == 1;
}

TEST_CASE("copy_out() and copy_stream() give the rows that query() gives") {
    connection db{data().config()};
    const auto expected = query<renamed_item>(db, ten_thousand);
    CHECK(copy_out<renamed_item>(db, ten_thousand) == expected);
    std::vector<renamed_item> streamed;
    auto rows = copy_stream<renamed_item>(db, ten_thousand);
    for (const auto& row : rows) streamed.push_back(row);
    CHECK(rows.rows_read() == 10'000);
    CHECK(streamed == expected);
    CHECK(usable(db));
    static_assert(std::ranges::input_range<howdah::copied_rows<renamed_item>>);
    CHECK(copy_out<renamed_item>(
              db, "select 1::bigint as id, '' as name, '' as note, '{}'::int[] as parts, now() as made "
                  "where false")
              .empty());
    for (const auto& row : copy_stream<int>(db, "select 1 where false")) CHECK(row == 0);
}

TEST_CASE("a table is copied out by the names of the fields") {
    connection db{data().config()};
    db.run_script(
        "drop schema if exists app cascade; create schema app; create table app.items (\"made at\" "
        "timestamptz, "
        "other xml, parts int[] not null, id bigint, name text, note text); insert into app.items values "
        "('2024-01-01 00:00Z', null, '{1,2}', 7, 'n', null)");
    const auto instant = howdah::parse_timestamp("2024-01-01T00:00:00Z");
    const std::vector<item> one{{7, "n", std::nullopt, {1, 2}, instant}};
    CHECK(copy_out<item>(db) == one);
    CHECK(copy_out<item>(db, {.table = "items", .schema = "app"}) == one);
    CHECK(copy_out<std::string>(db, {.table = "items", .schema = "app", .columns = {"name"}}) ==
          std::vector<std::string>{"n"});
}

TEST_CASE("queries of every kind that returns rows can be copied, with a semicolon or a comment at the end") {
    connection db{data().config()};
    db.run_script("create table if not exists kinds (id int, name text); truncate kinds");
    CHECK(copy_out<int>(db, "insert into kinds values (1, 'a'), (2, 'b') returning id") == std::vector{1, 2});
    CHECK(copy_out<int>(db, "values (3), (4);\n ") == std::vector{3, 4});
    CHECK(copy_out<int>(db, "with x as (select 5) select * from x -- and no more;") == std::vector{5});
    CHECK(copy_out<howdah::strict<int>>(db, "update kinds set id = id + 10 returning id") ==
          std::vector{11, 12});
    CHECK(usable(db));
}

TEST_CASE("what does not fit is refused before any row travels") {
    connection db{data().config()};
    struct other {
        std::int32_t id = 0;
        std::string missing;
    };
    CHECK(what_of<howdah::decode_error>([&] { (void)copy_out<other>(db, "select 'x' as id"); })
              .ends_with(
                  "column \"id\" is text, which std::int32_t cannot hold; there is no column \"missing\""));
    CHECK(what_of<howdah::decode_error>([&] {
              (void)copy_out<howdah::strict<other>>(db, "select 1 as id, '' as missing, 2 as more");
          }).ends_with("column \"more\" has no field (the type is strict)"));
    const auto only_text =
        what_of<howdah::decode_error>([&] { (void)copy_out<std::string>(db, "select '1 day'::interval"); });
    CHECK(holds(
        only_text,
        "COPY sends binary, and column \"interval\" (interval) into std::string can only be read from text"));
    CHECK_THROWS_AS((void)copy_out<int>(db, "select 1) to stdout; drop table kinds; copy (select 1"),
                    howdah::server_error);
    CHECK_THROWS_AS((void)copy_out<int>(db, "select 1; select 2"), howdah::server_error);
    CHECK_THROWS_AS((void)copy_out<int>(db, "set work_mem to default"), howdah::error);
    CHECK_THROWS_AS((void)copy_out<int>(db, ""), howdah::error);
    CHECK(usable(db));
}

TEST_CASE("an error in the middle names row and column, and the connection is usable") {
    connection db{data().config()};
    struct pair {
        std::int32_t id = 0, other = 0;
    };
    CHECK(what_of<howdah::decode_error>([&] {
              (void)copy_out<pair>(
                  db, "select i as id, nullif(i, 700) as other from generate_series(0, 100000) i");
          }) == "column \"other\", row 700: NULL, and the field is not a std::optional");
    CHECK(usable(db));
    CHECK_THROWS_AS((void)copy_out<int>(db, "select 1 / (5000 - i) from generate_series(1, 10000) i"),
                    howdah::server_error);
    CHECK(usable(db));
    auto rows = copy_stream<int>(db, "select 1 / (5000 - i) from generate_series(1, 10000) i");
    const auto read_all = [&] {
        for (const int row : rows) CHECK(row <= 1);
    };
    CHECK_THROWS_AS(read_all(), howdah::server_error);
    CHECK(rows.rows_read() == 4'999);
    CHECK_NOTHROW(read_all()); // at its end
    CHECK(usable(db));
}

TEST_CASE("rows before one that cannot be read are given, and then there are no more") {
    connection db{data().config()};
    struct visit {
        std::int32_t n;
        howdah::timestamp came;
        std::string who;
    };
    for (const auto& [bad_time, no_name] :
         {std::pair{37, 35}, {35, 37}, {37, 37}, {0, 1}, {16, 15}, {15, 16}}) {
        CAPTURE(bad_time);
        CAPTURE(no_name);
        auto rows =
            copy_stream<visit>(db, "select n, case n when " + std::to_string(bad_time) +
                                       " then 'infinity' else now() end as came, " + "case when n <> " +
                                       std::to_string(no_name) + " then 'guest ' || n end as who " +
                                       "from generate_series(0, 99) n");
        const auto first = static_cast<std::size_t>(std::min(bad_time, no_name));
        std::size_t given = 0;
        const auto all = [&] {
            for (const auto& row : rows) {
                CHECK(row.n == static_cast<std::int32_t>(given));
                CHECK(row.who == "guest " + std::to_string(given));
                CHECK(rows.rows_read() == ++given);
            }
        };
        const auto what = what_of<howdah::decode_error>(all);
        CHECK(given == first);
        CHECK(holds(what, "row " + std::to_string(first)));
        CHECK(holds(what, bad_time <= no_name ? "\"came\"" : "\"who\""));
        CHECK((rows.begin() == rows.end()));
        CHECK(rows.rows_read() == first);
        CHECK(usable(db));
    }
}

TEST_CASE("a stream that is left early frees its connection") {
    connection db{data().config()};
    constexpr auto endless = "select generate_series(1, 10000000000)";
    for (const auto row : copy_stream<std::int64_t>(db, endless))
        if (row == 1000) break;
    CHECK(usable(db));
    auto rows = copy_stream<std::int64_t>(db, endless);
    CHECK(*rows.begin() == 1);
    CHECK(holds(what_of<howdah::usage_error>([&] { (void)db.run("select 1"); }), "a COPY is under way"));
    rows.close();
    CHECK(usable(db));
    CHECK((rows.begin() == rows.end()));
    {
        const auto unread = copy_stream<std::int64_t>(db, endless);
    }
    CHECK(usable(db));
}

TEST_CASE("a COPY that is moved goes on, one that ends by an exception or outlives its connection frees it") {
    auto db = std::make_unique<connection>(data().config());
    constexpr auto endless = "select generate_series(1, 10000000000)";
    const auto fails = [&] {
        for (const auto row : copy_stream<std::int64_t>(*db, endless))
            if (row == 3) throw std::domain_error("from the loop");
    };
    CHECK_THROWS_AS(fails(), std::domain_error);
    CHECK(usable(*db));
    auto rows = copy_stream<std::int64_t>(*db, endless);
    auto at = rows.begin();
    auto moved = std::move(rows);
    ++at;
    CHECK(*moved.begin() == 2);
    CHECK((rows.begin() == rows.end()));
    db.reset();
    CHECK_THROWS_AS(++at, howdah::usage_error); // not as if that had been all
    CHECK((moved.begin() == moved.end()));
}

TEST_CASE("a copy_writer that outlives its connection says so") {
    auto db = std::make_unique<connection>(data().config());
    howdah::execute(*db, "create temp table numbers (id bigint)");
    howdah::copy_writer<item> rows(*db, {.table = "numbers", .columns = {"id"}});
    rows.write(item{});
    db.reset();
    CHECK_THROWS_AS((void)rows.finish(), howdah::usage_error);
}

TEST_CASE("inside a transaction a stream that is left early keeps the transaction, if the rest comes soon") {
    connection db{data().config()};
    howdah::transaction tx(db);
    for (const auto row : copy_stream<int>(tx, "select i from generate_series(1, 100000) i"))
        if (row == 10) break;
    CHECK(howdah::query_one<int>(tx, "select 1") == 1);
    CHECK(copy_out<int>(tx, "values (7)") == std::vector{7});
    tx.commit();
    howdah::connection_config impatient = data().config();
    impatient.cancel_timeout = std::chrono::milliseconds{1'500}; // for the cancelling, too
    connection other(impatient);
    howdah::transaction lost(other);
    for (const auto row : copy_stream<std::int64_t>(lost, "select generate_series(1, 10000000000)"))
        if (row == 10) break;
    CHECK(other.state() == howdah::session_state::failed_transaction);
    lost.rollback();
    CHECK(usable(other));
}

/// Waits until the server is far ahead: there is always something to read.
struct late_waiter : howdah::waiter {
    bool late = false;
    bool wait(int socket, howdah::interest what, howdah::deadline until) override {
        if (late) std::this_thread::sleep_for(std::chrono::milliseconds{3});
        return howdah::polling_waiter().wait(socket, what, until);
    }
};

TEST_CASE("rows that keep coming do not put off a deadline") {
    constexpr std::chrono::milliseconds patience{400};
    late_waiter waiting;
    auto config = data().config();
    config.cancel_timeout = std::chrono::seconds{10};
    config.wait_with = &waiting;
    connection db(config);
    const auto begin = std::chrono::steady_clock::now();
    waiting.late = true;
    howdah::statement unwanted("copy (select generate_series(1, 10000000000)) to stdout");
    unwanted.timeout = patience;
    CHECK_THROWS_AS(db.run(unwanted), howdah::usage_error);
    CHECK(usable(db));
    CHECK(std::chrono::steady_clock::now() - begin < 20 * patience);
    config.cancel_timeout = patience;
    connection other(config);
    howdah::transaction lost(other);
    const auto left = std::chrono::steady_clock::now();
    for (const auto row : copy_stream<std::int64_t>(lost, "select generate_series(1, 5000000)"))
        if (row == 10) break;
    CHECK(other.state() != howdah::session_state::in_transaction);
    CHECK(std::chrono::steady_clock::now() - left < 10 * patience);
}

TEST_CASE("a pool lends a connection for a stream, and has it back afterwards") {
    howdah::pool pool({.connection = data().config(), .max_size = 1});
    {
        auto rows = copy_stream<int>(pool, "select i from generate_series(1, 1000) i");
        CHECK(*rows.begin() == 1);
    }
    CHECK(copy_out<int>(pool, "values (1)") == std::vector{1});
    CHECK(howdah::query_one<int>(pool, "select 1") == 1);
}

TEST_CASE("cells and rows of every size come through") {
    connection db{data().config()};
    struct sized {
        std::int32_t size = 0;
        std::string text;
    };
    const auto rows =
        copy_out<sized>(db, "select n as size, repeat('z', n) as text from unnest(array[0, 1, 65000, 65505, "
                            "65506, 65507, 65536, 131072, 5000000, 3, 70000, 2]) n");
    CHECK(rows.size() == 12);
    for (const auto& row : rows) CHECK(row.text == std::string(std::size_t(row.size), 'z'));
}

TEST_CASE("the timeout is for each wait, and leaves a usable connection") {
    connection db{data().config()};
    howdah::statement slow("select repeat('z', 10000) || pg_sleep(0.2)::text from generate_series(1, 8)");
    slow.timeout = std::chrono::milliseconds{1'200};
    CHECK(copy_out<std::string>(db, slow).size() == 8); // 1600 ms in all
    howdah::statement stuck(
        "select pg_sleep(case when i = 3 then 60 else 0 end)::text from generate_series(1, 8) i");
    stuck.timeout = std::chrono::milliseconds{250};
    CHECK_THROWS_AS((void)copy_out<std::string>(db, stuck), howdah::server_error);
    CHECK(usable(db));
}

TEST_CASE("a connection that is lost in the middle says so") {
    connection db{data().config()};
    auto rows = copy_stream<std::int64_t>(db, "select generate_series(1, 10000000000)");
    auto at = rows.begin();
    connection(data().config()).run("select pg_terminate_backend($1, 5000)", howdah::bind(db.backend_pid()));
    const auto read_on = [&] {
        while (at != rows.end()) ++at;
    };
    CHECK_THROWS_AS(read_on(), howdah::error);
    CHECK(db.state() == howdah::session_state::broken);
}

} // namespace

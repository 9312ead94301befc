// SPDX-License-Identifier: BSL-1.0
//
// COPY into tables, and the connection that it runs on: what is given up, refused or lost in the middle.
#include <doctest/doctest.h>

#include <optional>
#include <ranges>
#include <stdexcept>
#include <string>
#include <vector>

#include <howdah/copy.hpp>
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

TEST_CASE_FIXTURE(stage, "rows larger than any buffer, and more of them than one holds") {
    struct large {
        std::int32_t id = 0;
        std::string text;
    };
    db.run_script("create table app.large (id int, text text)");
    std::vector<large> rows;
    for (std::int32_t i = 0; i < 300; ++i)
        rows.push_back({i, std::string(i == 150 ? 3'000'000 : 1'000 + std::size_t(i), char('a' + i % 26))});
    CHECK(copy_in(db, {.table = "large", .schema = "app"}, rows) == 300);
    CHECK(query_one<bool>(
        db, "select bool_and(text = repeat(chr(97 + id % 26), case id when 150 then 3000000 else 1000 "
            "+ id end)) from app.large"));
}

TEST_CASE_FIXTURE(stage,
                  "a copy_writer stores its rows when it is finished, and nothing when it is abandoned") {
    {
        howdah::copy_writer<reading> writer(db);
        writer.write(three[0]);
        CHECK_THROWS_AS((void)db.run("select 1"), howdah::usage_error);
        CHECK_THROWS_AS(writer.write({9, "bad\xFF", 0}), howdah::usage_error); // left out
        writer.write(three[1]);
        CHECK(writer.rows_written() == 2);
        auto moved = std::move(writer);
        moved.write(three[2]);
        CHECK(moved.finish() == 3);
        CHECK_THROWS_AS(moved.write(three[0]), howdah::usage_error);
        CHECK_THROWS_AS(moved.finish(), howdah::usage_error);
        CHECK(stored() == three_stored);
    }
    db.run_script("delete from readings");
    {
        howdah::copy_writer<reading> writer(db);
        for (std::int64_t i = 0; i < 10'000; ++i) writer.write({i, "p", 1});
    }
    CHECK(rows() == 0);
    CHECK(db.state() == howdah::session_state::idle);
}

TEST_CASE_FIXTURE(stage, "a range that throws stores nothing") {
    auto made = std::views::iota(0, 5000) | std::views::transform([](int i) {
                    if (i == 4000) throw std::runtime_error("out of rows");
                    return reading{i, "p", 1};
                });
    CHECK_THROWS_AS((void)copy_in(db, made), std::runtime_error);
    CHECK(rows() == 0);
    CHECK(copy_in(db, three) == 3);
}

TEST_CASE_FIXTURE(stage, "inside a transaction copy_in() belongs to it, and a refusal fails it") {
    {
        howdah::transaction tx(db);
        CHECK(copy_in(tx, three) == 3);
        CHECK(query_one<int>(tx, "select count(*) from readings") == 3);
        tx.rollback();
    }
    CHECK(rows() == 0);
    howdah::transaction tx(db);
    CHECK(copy_in(tx, three) == 3);
    CHECK_THROWS_AS((void)copy_in(tx, three), howdah::server_error);
    CHECK(db.state() == howdah::session_state::failed_transaction);
    tx.rollback();
    CHECK(copy_in(db, three) == 3);
}

TEST_CASE_FIXTURE(stage,
                  "on a pool copy_in() takes one connection, and gives it back after success and failure") {
    howdah::pool pool({.connection = data().config(), .max_size = 1});
    CHECK(copy_in(pool, three) == 3);
    CHECK_THROWS_AS((void)copy_in(pool, three), howdah::server_error);
    {
        howdah::copy_writer<reading> abandoned(pool);
    }
    CHECK(query_one<int>(pool, "select count(*) from readings") == 3);
}

TEST_CASE_FIXTURE(stage, "the types are those that the columns have now") {
    CHECK(copy_in(db, three) == 3);
    connection(data().config()).run_script("alter table readings alter id type int, alter value type real");
    const auto refused = caught<howdah::usage_error>([&] { (void)copy_in(db, three); });
    CHECK(holds(refused.what(),
                "column \"value\" is real, which COPY does not make from std::optional<double>"));
    CHECK(copy_in(db, {.table = "readings", .columns = {"id"}}, std::vector<reading>{{4, "", 0}}) == 1);
}

TEST_CASE_FIXTURE(stage, "a COPY that waits too long for a lock is given up, and the connection is usable") {
    connection rival(data().config());
    rival.run_script("begin; lock table readings in share mode");
    const howdah::copy_target target{.table = "readings", .timeout = std::chrono::milliseconds{100}};
    const auto failure = caught<howdah::server_error>([&] { (void)copy_in(db, target, three); });
    CHECK(failure.sqlstate() == howdah::sqlstates::query_canceled);
    rival.run_script("rollback");
    CHECK(db.state() == howdah::session_state::idle);
    CHECK(copy_in(db, three) == 3);
}

TEST_CASE_FIXTURE(stage, "a COPY whose rows wait too long is given up, and the connection is usable") {
    db.run_script("insert into readings (id) values (1)");
    connection rival(data().config());
    rival.run_script("begin; delete from readings");
    const howdah::copy_target target{.table = "readings", .timeout = std::chrono::milliseconds{100}};
    std::vector<reading> many;
    for (std::int64_t i = 1; i < 100'000; ++i) many.push_back({i, "p", 1}); // fills every buffer on the way
    const auto failure = caught<howdah::server_error>([&] { (void)copy_in(db, target, many); });
    CHECK(failure.sqlstate() == howdah::sqlstates::query_canceled);
    rival.run_script("rollback");
    CHECK(db.state() == howdah::session_state::idle);
    CHECK(rows() == 1);
}

TEST_CASE_FIXTURE(stage, "a connection that is lost in the middle says so") {
    howdah::copy_writer<reading> writer(db);
    CHECK(connection(data().config())
              .run("select pg_terminate_backend($1, 5000)", howdah::bind(db.backend_pid()))
              .row_count() == 1);
    CHECK_THROWS_AS(
        [&] {
            for (std::int64_t i = 0; i < 100'000; ++i) writer.write({i, "p", 1});
            (void)writer.finish();
        }(),
        howdah::connection_error);
    CHECK(db.state() == howdah::session_state::broken);
}

} // namespace

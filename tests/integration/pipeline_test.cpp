// SPDX-License-Identifier: BSL-1.0
//
// Many statements in one round trip: their answers, and what a failure leaves behind.
#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

#include <howdah/pipeline.hpp>
#include <howdah/pool.hpp>
#include <howdah/stream.hpp>
#include <howdah/transaction.hpp>

#include "test_database.hpp"

namespace {

using namespace std::chrono_literals;
using howdah::connection;
using howdah::pipeline;
using howdah::pipeline_outcome;
using howdah::query_one;
using howdah::session_state;

howdah::testing::database& data() {
    static auto made = [] {
        auto fresh = howdah::test::fresh_database();
        connection db{fresh.config()};
        db.run_script("create table counters (id integer primary key, n integer not null)");
        return fresh;
    }();
    return made;
}

struct counter {
    std::int32_t id, n;
};

std::int64_t counters(connection& db) {
    return query_one<std::int64_t>(db, "select count(*) from counters");
}

bool usable(connection& db) {
    return db.state() == session_state::idle && query_one<std::int32_t>(db, "select 42") == 42;
}

bool has(const howdah::error& failure, std::string_view part) {
    CAPTURE(failure.what());
    return std::string_view(failure.what()).find(part) != std::string_view::npos;
}

template <class Error, class Action> Error thrown_by(Action action) {
    try {
        action();
    } catch (const Error& failure) {
        return failure;
    }
    FAIL("nothing of that class was thrown");
    throw std::logic_error("unreachable");
}

struct emptied {
    explicit emptied(connection& db) { db.run_script("truncate counters"); }
};

} // namespace

TEST_CASE("a pipeline answers each of its statements, in their types") {
    connection db{data().config()};
    const emptied table(db);
    pipeline batch(db);
    const auto inserted = batch.execute("insert into counters values ($1, $2), ($1 + 1, $2)", 1, 10);
    const auto one = batch.query_one<counter>("select * from counters where id = $1", 2);
    const auto all = batch.query<counter>("select * from counters order by id");
    const auto none = batch.query_optional<counter>("select * from counters where id = $1", 99);
    const auto sum = batch.query_one<std::int64_t>("select sum(n) from counters");
    const auto text = batch.query_one<std::string>("select interval '1 day' * $1", 2.0); // read from its text
    CHECK(batch.size() == 6);
    CHECK(one.outcome() == pipeline_outcome::waiting);
    CHECK(has(thrown_by<howdah::usage_error>([&] { (void)one.get(); }), "call run() first"));
    batch.run();
    CHECK(batch.size() == 0);
    CHECK(inserted.get() == 2);
    CHECK(one.get().n == 10);
    REQUIRE(all.get().size() == 2);
    CHECK(all.get()[1].id == 2);
    CHECK_FALSE(none.get().has_value());
    CHECK(sum.get() == 20);
    CHECK(text.get() == "2 days");
    CHECK(one.outcome() == pipeline_outcome::done);

    const auto again = batch.query_one<std::int64_t>("select count(*) from counters"); // filled again
    batch.run();
    CHECK(again.get() == 2);
    CHECK(one.get().n == 10); // what was answered stays
    batch.run();              // nothing to do
    CHECK(usable(db));
}

TEST_CASE("a pipeline keeps the values of its statements, however long they are") {
    connection db(data().config());
    pipeline batch(db);
    const std::string echo = "select $1::text || '/' || coalesce($2::text, 'none') || '/' || $3::text";
    std::vector<std::string> expected;
    std::vector<howdah::pipelined<std::string>> answers;
    for (const std::size_t size : {0U, 1U, 500U, 1023U, 1024U, 1025U, 200'000U, 3U}) {
        std::string first(size, 'a'), last(size / 2, 'z'); // gone before they are sent
        const auto middle = size % 2 ? std::optional<std::string>() : std::to_string(size);
        answers.push_back(batch.query_one<std::string>(echo, first, middle, last));
        expected.push_back(first + '/' + middle.value_or("none") + '/' + last);
    }
    batch.run();
    for (std::size_t i = 0; i < expected.size(); ++i) CHECK(answers[i].get() == expected[i]);
}

TEST_CASE("the statements of a pipeline are one transaction, and the first failure ends it") {
    connection db{data().config()};
    const emptied table(db);
    for (int round = 0; round < 2; ++round) { // the first time the statements are new to the connection
        pipeline batch(db);
        const auto before = batch.execute("insert into counters values ($1, 0)", 1);
        const auto failing = batch.execute("insert  into counters values ($1, $2)", 1, 7);
        const auto after = batch.execute("insert into counters values ($1, 0)", 2);
        const auto failure = thrown_by<howdah::server_error>([&] { batch.run(); });
        CHECK(failure.sqlstate() == howdah::sqlstates::unique_violation);
        CHECK(failure.constraint() == "counters_pkey");
        CHECK(has(failure, "statement 1 of the pipeline (insert  into counters values ...)"));
        CHECK(before.outcome() == pipeline_outcome::done);
        CHECK(failing.outcome() == pipeline_outcome::failed);
        CHECK(after.outcome() == pipeline_outcome::not_run);
        CHECK(thrown_by<howdah::server_error>([&] { (void)failing.get(); }).sqlstate() ==
              howdah::sqlstates::unique_violation);
        CHECK(has(thrown_by<howdah::usage_error>([&] { (void)after.get(); }),
                  "statement 2 of the pipeline was not run, because statement 1 failed"));
        CHECK(counters(db) == 0);
        CHECK(usable(db));
    }
}

TEST_CASE("what a message names of a statement holds no literal") {
    connection db{data().config()};
    pipeline batch(db);
    (void)batch.execute("select 1 / length('secret') * 0 + 1 / ($1 * 0)", 1);
    const auto failure = thrown_by<howdah::server_error>([&] { batch.run(); });
    CHECK(has(failure, "statement 0 of the pipeline (select ...)"));
    CHECK_FALSE(has(failure, "secret"));
}

TEST_CASE("a pipeline in a transaction is part of it") {
    connection db{data().config()};
    const emptied table(db);
    {
        howdah::transaction within(db);
        pipeline batch(within);
        (void)batch.execute("insert into counters values (1, 0)");
        batch.run();
        (void)batch.execute("insert into counters values (2, 0)");
        batch.run();
        CHECK(db.state() == session_state::in_transaction);
        within.commit();
    }
    CHECK(counters(db) == 2);
    howdah::transaction within(db);
    pipeline batch(within);
    (void)batch.execute("insert into counters values (3, 0)");
    (void)batch.execute("insert into counters values (3, 0)");
    CHECK_THROWS_AS(batch.run(), howdah::server_error);
    CHECK(db.state() == session_state::failed_transaction);
    within.rollback();
    CHECK(counters(db) == 2);
}

TEST_CASE("a pipeline on a pool borrows a connection for each run") {
    howdah::pool connections{{.connection = data().config(), .max_size = 1}};
    pipeline batch(connections);
    const auto pid = batch.query_one<std::int32_t>("select pg_backend_pid()");
    CHECK(connections.figures().in_use == 0);
    batch.run();
    CHECK(connections.figures().in_use == 0);
    CHECK(pid.get() == query_one<std::int32_t>(connections, "select pg_backend_pid()"));
}

TEST_CASE("ten thousand statements of 10 KB each way do not block each other") {
    connection db{data().config()};
    pipeline batch(db);
    std::vector<howdah::pipelined<std::string>> echoes;
    const std::string text(10'000, 'e');
    for (int i = 0; i < 10'000; ++i) echoes.push_back(batch.query_one<std::string>("select $1::text", text));
    batch.run();
    std::size_t same = 0;
    for (const auto& echo : echoes) same += echo.get() == text ? 1 : 0;
    CHECK(same == 10'000);
    CHECK(usable(db));
}

TEST_CASE("a failure in the middle of a large pipeline ends it") {
    connection db{data().config()};
    const emptied table(db);
    pipeline batch(db);
    const std::string text(10'000, 'e');
    for (int i = 0; i < 3000; ++i)
        (void)batch.execute("insert into counters values ($1, length($2))", i == 1500 ? 0 : i, text);
    const auto last = batch.query_one<std::int32_t>("select 1");
    CHECK(has(thrown_by<howdah::server_error>([&] { batch.run(); }), "statement 1500 of the pipeline"));
    CHECK(last.outcome() == pipeline_outcome::not_run);
    CHECK(counters(db) == 0);
    CHECK(usable(db));
}

TEST_CASE("a statement that the server does not understand fails before anything is sent") {
    connection db{data().config()};
    const emptied table(db);
    pipeline batch(db);
    const auto first = batch.execute("insert into counters values (1, 0)");
    const auto bad = batch.execute("insert into absent values (1)");
    CHECK(has(thrown_by<howdah::server_error>([&] { batch.run(); }),
              "statement 1 of the pipeline (insert into absent"));
    CHECK(first.outcome() == pipeline_outcome::not_run);
    CHECK(bad.outcome() == pipeline_outcome::failed);
    CHECK(counters(db) == 0);
    (void)batch.query<counter>("select 1 as id");
    CHECK(has(thrown_by<howdah::decode_error>([&] { batch.run(); }),
              "statement 0 of the pipeline (select ...)"));
    CHECK_THROWS_AS(batch.execute("copy counters to stdout"), howdah::usage_error);
    howdah::statement hasty = "select 1";
    hasty.timeout = 1s;
    CHECK_THROWS_AS(batch.execute(hasty), howdah::usage_error);
    CHECK_THROWS_AS(batch.execute(std::string_view("select\0", 7)), howdah::usage_error);
    CHECK_THROWS_AS(batch.execute("select $1::text", std::string_view("\0", 1)), howdah::usage_error);
    CHECK(batch.size() == 0);
    CHECK(usable(db));
}

TEST_CASE("faults of an answer come when it is read, and touch no other") {
    connection db{data().config()};
    pipeline batch(db);
    const auto two = batch.query_one<std::int32_t>("select generate_series(1, 2)");
    const auto null = batch.query_one<std::int32_t>("select null::integer");
    const auto good = batch.query_one<std::int32_t>("select 3");
    batch.run();
    CHECK_THROWS_AS((void)two.get(), howdah::row_count_error);
    CHECK_THROWS_AS((void)null.get(), howdah::decode_error);
    CHECK(good.get() == 3);
}

TEST_CASE("a statement that reaches its deadline fails, and no later one is hit by its cancel request") {
    connection db{data().config()};
    const emptied table(db);
    for (int i = 0; i < 3; ++i) {
        pipeline batch(db);
        (void)batch.execute("insert into counters values (1, 0)");
        const auto sleeper = batch.query_one<std::string>("select pg_sleep(20)::text");
        const auto after = batch.query_one<std::int32_t>("select 1");
        const auto failure = thrown_by<howdah::server_error>([&] { batch.run(700ms); });
        CHECK(failure.sqlstate() == howdah::sqlstates::query_canceled);
        CHECK(has(failure, "statement 1 of the pipeline"));
        CHECK(sleeper.outcome() == pipeline_outcome::failed);
        CHECK(after.outcome() == pipeline_outcome::not_run);
        CHECK(counters(db) == 0);
        CHECK(usable(db));
    }
}

TEST_CASE("a deadline in the middle of sending undoes what was sent") {
    connection db{data().config()};
    const emptied table(db);
    pipeline batch(db);
    const std::string text(100'000, 's');
    howdah::statement slow =
        "insert into counters select $1, length($2) from pg_sleep(case when $1 = 1 then 20 else 0 end)";
    std::vector<howdah::pipelined<std::size_t>> all;
    for (int i = 0; i < 500; ++i) all.push_back(batch.execute(slow, i, text)); // 50 MB: more than any buffer
    CHECK(thrown_by<howdah::server_error>([&] { batch.run(1s); }).sqlstate() ==
          howdah::sqlstates::query_canceled);
    CHECK(all[1].outcome() == pipeline_outcome::failed);
    CHECK(all.back().outcome() == pipeline_outcome::not_run);
    CHECK(counters(db) == 0);
    CHECK(usable(db));
}

TEST_CASE("a backend that is killed in the middle of a pipeline is a lost connection") {
    connection db{data().config()};
    const emptied table(db);
    pipeline batch(db);
    const auto first = batch.execute("insert into counters values (1, 0)");
    const auto fatal = batch.query_one<bool>("select pg_terminate_backend(pg_backend_pid())");
    const auto after = batch.execute("insert into counters values (2, 0)");
    bool lost = false;
    try {
        batch.run();
    } catch (const howdah::error& failure) {
        lost = !failure.connection_usable();
    }
    CHECK(lost);
    CHECK(after.outcome() != pipeline_outcome::done);
    CHECK_THROWS_AS((void)after.get(), howdah::error);
    CHECK_THROWS_AS(db.run("select 1"), howdah::connection_error);
    connection other{data().config()};
    CHECK(counters(other) == 0);
}

TEST_CASE("statements that the server has forgotten are prepared again, if nothing has happened yet") {
    connection db{data().config()};
    db.run_script("drop table if exists altered; create table altered (id integer, n integer); insert into "
                  "altered values (1, 2)");
    const auto both = [&] {
        pipeline batch(db);
        const auto inserted = batch.execute("insert into altered values (3, 4)");
        const auto rows = batch.query<counter>("select * from altered");
        batch.run();
        return inserted.get() + rows.get().size();
    };
    CHECK(both() == 3);
    db.run_script("alter table altered add other text");
    CHECK(both() == 4);
    db.run_script("deallocate all");
    CHECK(both() == 5);
    CHECK(query_one<std::int64_t>(db, "select count(*) from altered") == 4); // none was inserted twice
}

TEST_CASE("more different statements than the connection keeps prepared") {
    auto config = data().config();
    config.statement_cache_size = 4;
    connection db{config};
    for (int round = 0; round < 2; ++round) {
        pipeline batch(db);
        std::vector<howdah::pipelined<std::int32_t>> all;
        for (int i = 0; i < 20; ++i) {
            const std::string text = "select " + std::to_string(i) + " + $1";
            all.push_back(batch.query_one<std::int32_t>(text, 1));
        }
        batch.run();
        for (int i = 0; i < 20; ++i) CHECK(all[static_cast<std::size_t>(i)].get() == i + 1);
    }
    config.prepare_statements = false;
    connection unprepared{config};
    pipeline batch(unprepared);
    const auto one = batch.query_one<counter>("select 1 as id, 2 as n");
    const auto two = batch.execute("select 1");
    batch.run();
    CHECK(one.get().n == 2);
    CHECK(two.get() == 1);
}

TEST_CASE("the first statement of a pipeline keeps its rows after a stream, read to its end or not") {
    connection db = data().connect();
    for (const bool to_the_end : {true, false}) {
        for (const auto one : howdah::stream<std::int32_t>(db, "select generate_series(1, 10)"))
            if (one == 2 && !to_the_end) break;
        pipeline batch(db);
        const auto first = batch.query<std::int32_t>("select generate_series(1, 5)");
        const auto second = batch.query_one<std::int32_t>("select 7");
        batch.run();
        CHECK(first.get().size() == 5);
        CHECK(second.get() == 7);
    }
}

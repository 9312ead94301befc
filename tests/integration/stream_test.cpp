// SPDX-License-Identifier: BSL-1.0
//
// Rows read while the server sends them: what a stream gives, how it ends early, and what its errors leave behind.
#include <doctest/doctest.h>

#include <chrono>
#include <cstdio>
#include <iterator>
#include <ranges>
#include <stdexcept>
#include <string>
#include <utility>

#include <howdah/pool.hpp>
#include <howdah/retry.hpp>
#include <howdah/stream.hpp>
#include <howdah/transaction.hpp>

#include "rival.hpp"
#include "test_database.hpp"

namespace {

using namespace std::chrono_literals;
using howdah::connection;
using howdah::query;
using howdah::query_one;
using howdah::query_streamed;
using howdah::session_state;
using howdah::stream;
using clock = std::chrono::steady_clock;

howdah::testing::database& data() {
    static auto made = howdah::test::fresh_database();
    return made;
}

struct numbered {
    std::int64_t n;
    std::string name;
    std::optional<std::string> note;
};
constexpr auto* some =
    "select n, 'row ' || n as name, case when n % 3 <> 0 then repeat('x', n::int % 50) end as note "
    "from generate_series(1, $1) n";
/// Rows of 1 kB without an end for any test. In the list of columns, where the server makes them one at a time.
constexpr auto* endless = "select n, repeat('y', 1000) as name, null::text as note "
                          "from (select generate_series(1, 100000000::bigint) as n) made";

static_assert(std::ranges::input_range<howdah::row_stream<numbered>>);
static_assert(std::input_iterator<howdah::row_stream<numbered>::iterator>);

bool usable(connection& db) {
    return db.state() == session_state::idle && query_one<std::int32_t>(db, "select 42") == 42;
}

bool has(const howdah::error& failure, std::string_view part) {
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

} // namespace

TEST_CASE("a stream gives the rows that query() gives") {
    connection db{data().config()};
    for (const std::int64_t count : {0, 1, 2, 63, 64, 65, 1000}) {
        const auto expected = query<numbered>(db, some, count);
        std::size_t at = 0;
        auto rows = stream<numbered>(db, some, count);
        for (const auto& row : rows) {
            REQUIRE(at < expected.size());
            CHECK(
                (row.n == expected[at].n && row.name == expected[at].name && row.note == expected[at].note));
            CHECK(rows.rows_read() == ++at);
        }
        CHECK(at == expected.size());
        const auto streamed = query_streamed<numbered>(db, some, count);
        REQUIRE(streamed.size() == expected.size());
        for (std::size_t i = 0; i < streamed.size(); ++i)
            CHECK((streamed[i].n == expected[i].n && streamed[i].name == expected[i].name &&
                   streamed[i].note == expected[i].note));
    }
}

TEST_CASE("a stream reads single values, strict rows and results in text") {
    connection db{data().config()};
    std::int64_t sum = 0;
    for (const auto n : stream<std::int64_t>(db, "select n from generate_series(1::bigint, 100) n")) sum += n;
    CHECK(sum == 5050);
    CHECK_THROWS_AS((void)stream<howdah::strict<numbered>>(
                        db, "select 1::bigint as n, '' as name, '' as note, 2 as surplus"),
                    howdah::decode_error);
    CHECK(query_streamed<std::string>(db, "select interval '1 day' * n from generate_series(1, 2) n") ==
          std::vector<std::string>{"1 day", "2 days"});
    howdah::statement unprepared = "select n from generate_series(1::bigint, 3) n";
    unprepared.prepare = false;
    CHECK(query_streamed<std::int64_t>(db, unprepared) == std::vector<std::int64_t>{1, 2, 3});
    CHECK(usable(db));
}

TEST_CASE("begin() again, a copy of the iterator and a moved stream are all where the stream is") {
    connection db{data().config()};
    auto rows = stream<numbered>(db, some, std::int64_t{3});
    CHECK(rows.begin()->n == 1);
    CHECK(rows.begin()->n == 1);
    auto at = rows.begin();
    ++at;
    CHECK(rows.begin()->n == 2);
    auto moved = std::move(rows);
    CHECK(rows.begin() == rows.end()); // NOLINT: a stream that was moved from is at its end
    CHECK(rows.rows_read() == 0);      // NOLINT
    ++at;
    CHECK(moved.begin()->n == 3);
    CHECK(moved.rows_read() == 3);
    ++at;
    CHECK(at == moved.end());
    ++at; // nothing happens
    CHECK(moved.begin() == moved.end());
    CHECK(usable(db));
}

TEST_CASE("the strings of the one struct keep their memory, also if a row was moved away") {
    connection db{data().config()};
    auto rows = stream<std::string>(db, "select repeat('z', 100) from generate_series(1, 10)");
    const char* memory = rows.begin()->data();
    std::vector<std::string> kept;
    std::size_t count = 0;
    for (auto& text : rows) {
        CHECK(text == std::string(100, 'z'));
        CHECK((text.data() == memory || count >= 6));
        if (++count == 6) kept.push_back(std::move(text));
    }
    CHECK(count == 10);
    CHECK(kept.front() == std::string(100, 'z'));
}

TEST_CASE("while a stream is open its connection refuses everything else, and says why") {
    connection db{data().config()};
    auto rows = stream<numbered>(db, endless);
    CHECK(db.state() == session_state::busy);
    CHECK(has(thrown_by<howdah::usage_error>([&] { db.run("select 1"); }),
              "a stream is open on this connection"));
    CHECK(has(thrown_by<howdah::usage_error>([&] { db.run_script("select 1"); }), "a stream is open"));
    CHECK(has(thrown_by<howdah::usage_error>([&] { (void)db.describe("select 1"); }), "a stream is open"));
    CHECK(has(thrown_by<howdah::usage_error>([&] { (void)stream<numbered>(db, endless); }),
              "a stream is open"));
    CHECK_FALSE(db.reset(1s));
    CHECK(rows.begin()->n == 1); // none of this disturbed it
    rows.close();
    CHECK(rows.begin() == rows.end());
    CHECK(usable(db));
}

TEST_CASE("leaving a stream early cancels its statement and frees the connection") {
    connection db{data().config()};
    for (int i = 0; i < 20; ++i) { // a late request would hit one of the statements that follow
        const auto begun = clock::now();
        for (const auto& row : stream<numbered>(db, endless))
            if (row.n == 1 + i * 10) break;
        CHECK(clock::now() - begun < 20s); // all rows take minutes
        CHECK(usable(db));
    }
    (void)stream<numbered>(db, endless); // not even looked at
    CHECK(usable(db));
    auto open = stream<numbered>(db, endless);
    CHECK(open.begin()->n == 1);
    db.end_stream();
    CHECK(usable(db));
    CHECK_THROWS_AS(++open.begin(), howdah::usage_error); // not as if that had been all
    CHECK(open.begin() == open.end());
}

TEST_CASE("an exception from the loop frees the connection, and comes through as it is") {
    connection db{data().config()};
    const auto fails = [](howdah::executor& on, const char* text) {
        for (const auto& row : stream<numbered>(on, text))
            if (row.n == 3) throw std::domain_error("from the loop");
    };
    CHECK_THROWS_AS(fails(db, endless), std::domain_error);
    CHECK(usable(db));
    CHECK_THROWS_AS(howdah::transact(db, [&](howdah::transaction& tx) { fails(tx, endless); }),
                    std::domain_error);
    CHECK(usable(db));
}

TEST_CASE("in a transaction the rest of a stream is waited for, so that the transaction stays usable") {
    connection db{data().config()};
    {
        howdah::transaction within(db);
        for (const auto& row : stream<numbered>(within, some, std::int64_t{20'000}))
            if (row.n == 10) break;
        CHECK(db.state() == session_state::in_transaction);
        CHECK(query_one<std::int32_t>(within, "select 1") == 1);
        within.commit();
    }
    auto hasty = data().config();
    hasty.cancel_timeout = 1500ms; // for the cancelling, too
    connection other{hasty};
    howdah::transaction within(other);
    (void)stream<numbered>(within, endless);
    CHECK(other.state() == session_state::failed_transaction); // too long: cancelled
    within.rollback();
    CHECK(usable(other));
}

TEST_CASE("a transaction cannot be committed while a stream is open, and ends one that outlives it") {
    connection db{data().config()};
    std::optional<howdah::transaction> within(db);
    auto rows = stream<numbered>(*within, some, std::int64_t{1000});
    CHECK_THROWS_AS(within->commit(), howdah::usage_error);
    CHECK(rows.begin()->n == 1);
    within.reset();
    CHECK(db.state() == session_state::idle);
    CHECK(has(thrown_by<howdah::usage_error>([&] { ++rows.begin(); }), "ended before its last row"));
    CHECK(usable(db));
}

TEST_CASE("a stream on a pool has a connection of its own, and returns it at its last row") {
    howdah::pool connections{{.connection = data().config(), .max_size = 2}};
    auto rows = stream<numbered>(connections, some, std::int64_t{100});
    CHECK(query_one<std::int32_t>(connections, "select 7") == 7);
    CHECK(connections.figures().in_use == 1);
    for (const auto& row : rows) CHECK(row.n > 0);
    CHECK(connections.figures().in_use == 0);
    for (int i = 0; i < 5; ++i)
        for (const auto& row : stream<numbered>(connections, endless))
            if (row.n == 3) break;
    CHECK(connections.figures().in_use == 0);
    CHECK(connections.figures().closed_unclean == 0);
    CHECK(query_one<std::int32_t>(connections, "select 7") == 7);
}

TEST_CASE("an error of the server after rows comes at its increment") {
    connection db{data().config()};
    howdah::statement fails = "select 100 / (1000 - n) from generate_series(1, 2000) n";
    fails.rows_at_once = 1;
    auto rows = stream<std::int32_t>(db, fails);
    auto at = rows.begin();
    const auto failure = thrown_by<howdah::server_error>([&] {
        while (at != rows.end()) ++at;
    });
    CHECK(failure.sqlstate().text() == "22012");
    CHECK(rows.rows_read() == 999);
    CHECK(at == rows.end());
    CHECK(usable(db));
    CHECK_THROWS_AS(
        (void)query_streamed<std::int32_t>(db, "select 1 / (n - 500) from generate_series(1, 600) n"),
        howdah::server_error);
    CHECK_THROWS_AS((void)stream<std::int32_t>(db, "select 1 / 0"), howdah::server_error);
    CHECK_THROWS_AS((void)stream<std::int32_t>(db, "selec 1"), howdah::server_error);
    CHECK(usable(db));
}

TEST_CASE("a value that does not fit names its row, and ends the stream") {
    connection db{data().config()};
    auto rows = stream<numbered>(db, "select n, case when n <> 1501 then 'x' end as name, '' as note from "
                                     "generate_series(1::bigint, 1000000) n");
    auto at = rows.begin();
    const auto failure = thrown_by<howdah::decode_error>([&] {
        while (at != rows.end()) ++at;
    });
    CHECK(failure.row() == 1500);
    CHECK(failure.column() == "name");
    CHECK(at == rows.end());
    CHECK(usable(db));
    const auto streamed = thrown_by<howdah::decode_error>(
        [&] { (void)query_streamed<std::int16_t>(db, "select 32000 + n from generate_series(1, 2000) n"); });
    CHECK(streamed.row() == 767);
    CHECK_THROWS_AS((void)stream<numbered>(db, "select 1 as n"), howdah::decode_error);
    CHECK(usable(db));
}

TEST_CASE("what is no query is refused") {
    connection db{data().config()};
    CHECK_THROWS_AS((void)stream<std::int32_t>(db, "set search_path = public"), howdah::decode_error);
    CHECK_THROWS_AS((void)stream<std::int32_t>(db, "copy (select 1) to stdout"), howdah::error);
    CHECK(usable(db));
}

TEST_CASE("a server that holds back a row runs into the deadline of that row, not of the stream") {
    connection db{data().config()};
    howdah::statement slowly = "select n, pg_sleep(case when n = 60 then 30 else 0.03 end)::text as name, "
                               "repeat('f', 9000) as note from generate_series(1::bigint, 60) n";
    slowly.timeout = 1s; // 59 rows take 1.8 s
    slowly.rows_at_once = 1;
    std::int64_t last = 0;
    const auto failure = thrown_by<howdah::server_error>([&] {
        for (const auto& row : stream<numbered>(db, slowly)) last = row.n;
    });
    CHECK(failure.sqlstate() == howdah::sqlstates::query_canceled);
    CHECK(last > 50);
    CHECK(usable(db));
}

TEST_CASE("cancel() from another thread ends a stream with an error, and nothing after it") {
    connection db{data().config()};
    auto rows = stream<numbered>(db, endless);
    db.cancel();
    const auto failure = thrown_by<howdah::server_error>([&] {
        for (const auto& row : rows) CHECK(row.n > 0);
    });
    CHECK(failure.sqlstate() == howdah::sqlstates::query_canceled);
    CHECK(usable(db));
}

TEST_CASE("a backend that is killed in the middle of a stream is a lost connection") {
    connection db{data().config()};
    connection admin{data().config()};
    auto rows = stream<numbered>(db, endless);
    auto at = rows.begin();
    CHECK(query_one<bool>(admin, "select pg_terminate_backend($1)", db.backend_pid()));
    bool lost = false;
    try {
        while (at != rows.end()) ++at;
    } catch (const howdah::error& failure) {
        lost = !failure.connection_usable();
    }
    CHECK(lost);
    CHECK(at == rows.end());
    CHECK_THROWS_AS(db.run("select 1"), howdah::connection_error);
    // And if nobody looks at what is left of it.
    connection again{data().config()};
    {
        auto open = stream<numbered>(again, endless);
        CHECK(query_one<bool>(admin, "select pg_terminate_backend($1)", again.backend_pid()));
    }
    CHECK_THROWS_AS(again.run("select 1"), howdah::error);
}

TEST_CASE("a stream that outlives its connection says so, and one on a moved connection goes on") {
    std::optional<connection> db(data().config());
    auto rows = stream<numbered>(*db, some, std::int64_t{1000});
    auto at = rows.begin();
    connection moved = std::move(*db);
    ++at;
    CHECK(at->n == 2);
    {
        const connection ended = std::move(moved);
    }
    CHECK(has(thrown_by<howdah::usage_error>([&] { ++at; }), "the connection of this stream was destroyed"));
    CHECK(at == rows.end());
}

TEST_CASE("a statement that the server has forgotten is prepared again for a stream") {
    connection db{data().config()};
    db.run_script("create table altered (n bigint); insert into altered values (1), (2)");
    CHECK(query_streamed<std::int64_t>(db, "select * from altered").size() == 2);
    db.run_script("alter table altered add other text");
    CHECK(query_streamed<std::int64_t>(db, "select * from altered").size() == 2);
    db.run_script("deallocate all");
    CHECK(query_streamed<std::int64_t>(db, "select * from altered").size() == 2);
    CHECK(usable(db));
}

TEST_CASE("a result of 300 MB passes through a few megabytes") {
    const auto peak_kilobytes = [] {
        long peak = 0;
        char line[256];
        std::FILE* status = std::fopen("/proc/self/status", "r");
        while (status && std::fgets(line, sizeof line, status))
            if (std::sscanf(line, "VmRSS: %ld", &peak) == 1) break;
        if (status) std::fclose(status);
        return peak;
    };
    connection db{data().config()};
    [[maybe_unused]] const auto before = peak_kilobytes();
    [[maybe_unused]] long most = 0;
    std::size_t bytes = 0, count = 0;
    for (const auto& row :
         stream<std::string>(db, "select repeat('m', 3000) from generate_series(1, 100000)")) {
        bytes += row.size();
        if (++count % 10'000 == 0) most = std::max(most, peak_kilobytes());
    }
    CHECK(bytes == 300'000'000);
#ifndef __SANITIZE_ADDRESS__ // which keeps freed memory back for a while, to see its use
    CHECK(most - before < 10'000);
#endif
}

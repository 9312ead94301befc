// SPDX-License-Identifier: BSL-1.0
//
// How many rows of a stream come from libpq at once, and what that changes: nothing where libpq has no chunks.
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include <howdah/pool.hpp>
#include <howdah/stream.hpp>
#include <howdah/transaction.hpp>
#include <howdah/wait.hpp>
#include <libpq-fe.h>

#include "test_database.hpp"

namespace {

using namespace std::chrono_literals;
using howdah::connection;
using howdah::query_one;
using howdah::query_streamed;
using howdah::statement;
using howdah::stream;

#ifdef LIBPQ_HAS_CHUNK_MODE
constexpr bool has_chunks = true;
#else
constexpr bool has_chunks = false;
#endif

howdah::testing::database& data() {
    static auto made = howdah::test::fresh_database();
    return made;
}

statement at_once(int rows, std::string_view text) {
    statement what(text);
    what.rows_at_once = rows;
    return what;
}

bool usable(connection& db) {
    return db.state() == howdah::session_state::idle && query_one<std::int32_t>(db, "select 42") == 42;
}

/// How many rows a stream gives before its statement fails.
std::size_t rows_before_error(connection& db, const statement& what, std::int32_t fails_at) {
    auto rows = stream<std::int32_t>(db, what, fails_at);
    auto at = rows.begin();
    CHECK_THROWS_AS(
        {
            while (at != rows.end()) ++at;
        },
        howdah::server_error);
    CHECK(at == rows.end());
    CHECK(usable(db));
    return rows.rows_read();
}
constexpr auto* fails = "select 100 / ($1 - n) from generate_series(1, 2000) n";

long resident_kilobytes() {
    long size = 0;
    char line[256];
    std::FILE* const status = std::fopen("/proc/self/status", "r");
    while (status && std::fgets(line, sizeof line, status))
        if (std::sscanf(line, "VmRSS: %ld", &size) == 1) break;
    if (status) std::fclose(status);
    return size;
}

/// Keeps the deadline of each wait for an answer.
class noting final : public howdah::waiter {
public:
    std::vector<howdah::deadline> untils;
    bool wait(int socket, howdah::interest what, howdah::deadline until) override {
        untils.push_back(until);
        return howdah::polling_waiter().wait(socket, what, until);
    }
};

} // namespace

TEST_CASE("a stream gives all rows, whatever number of them comes at once") {
    connection db{data().config()};
    for (const int rows : {-1, 0, 1, 2, 7, 32, 1000}) {
        for (const std::int32_t count : {0, 1, 6, 7, 8, 14, 31, 32, 33, 999, 1000, 1001}) {
            CAPTURE(rows);
            CAPTURE(count);
            const auto what = at_once(rows, "select n from generate_series(1, $1) n");
            std::int32_t last = 0;
            for (const auto n : stream<std::int32_t>(db, what, count)) {
                REQUIRE(n == last + 1);
                last = n;
            }
            CHECK(last == count);
            const auto all = query_streamed<std::int32_t>(db, what, count);
            REQUIRE(all.size() == static_cast<std::size_t>(count));
            for (std::size_t i = 0; i < all.size(); ++i) REQUIRE(all[i] == static_cast<std::int32_t>(i + 1));
        }
    }
    CHECK(usable(db));
}

TEST_CASE("what was collected before an error is not given, and row by row nothing is collected") {
    connection db{data().config()};
    for (const int rows : {1, 2, 10, 32, 300}) {
        CAPTURE(rows);
        const std::size_t lost = has_chunks ? 999 % static_cast<std::size_t>(rows) : 0;
        CHECK(rows_before_error(db, at_once(rows, fails), 1000) == 999 - lost);
    }
    CHECK(rows_before_error(db, fails, 1000) == (has_chunks ? 992 : 999)); // 31 chunks of 32
    CHECK(rows_before_error(db, fails, 33) == 32);
    CHECK_THROWS_AS((void)query_streamed<std::int32_t>(db, fails, 40), howdah::server_error);
    CHECK(usable(db));
}

TEST_CASE("a stream that is left in the middle of a chunk frees its connection") {
    connection db{data().config()};
    for (const int rows : {1, 5, 32}) {
        const auto endless = at_once(rows, "select generate_series(1, 100000000)");
        for (const std::int32_t left_at : {1, 4, 5, 6, 32, 33}) {
            for (const auto n : stream<std::int32_t>(db, endless))
                if (n == left_at) break;
            CHECK(usable(db));
        }
    }
    howdah::transaction within(db);
    for (const auto n : stream<std::int32_t>(within, "select n from generate_series(1, 5000) n"))
        if (n == 40) break;
    CHECK(query_one<std::int32_t>(within, "select 1") == 1);
    within.commit();
    howdah::pool connections{{.connection = data().config(), .max_size = 1}};
    for (const auto n : stream<std::int32_t>(connections, "select generate_series(1, 100000000)"))
        if (n == 40) break;
    CHECK(query_one<std::int32_t>(connections, "select 7") == 7);
}

TEST_CASE("a value that does not fit names its row in the middle of a chunk") {
    connection db{data().config()};
    for (const int rows : {1, 32, 100}) {
        std::size_t row = 0;
        try {
            for (const auto n : stream<std::int32_t>(
                     db, at_once(rows, "select nullif(n, 78) from generate_series(1, 500) n")))
                CHECK(n != 78);
        } catch (const howdah::decode_error& failure) {
            row = failure.row();
        }
        CHECK(row == 77);
        CHECK(usable(db));
    }
}

TEST_CASE("rows that take long are waited for one by one, also where they come in chunks") {
    connection db{data().config()};
    statement slowly = "select repeat('f', 9000) || pg_sleep(case when n = 40 then 30 else 0.03 end) "
                       "from generate_series(1, 40) n"; // more than a server keeps back
    slowly.timeout = 700ms;                             // 32 rows take 0.96 s, 39 rows 1.17 s
    for (const int rows : {1, 32}) {
        slowly.rows_at_once = rows;
        std::size_t count = 0;
        try {
            for (const auto& row : stream<std::string>(db, slowly)) count += row.size() / 9000;
        } catch (const howdah::server_error& failure) {
            CHECK(failure.sqlstate() == howdah::sqlstates::query_canceled);
        }
        if (has_chunks && rows == 32) CHECK(count == 32);
        else CHECK(count >= 38); // of the last the server may keep something back
        CHECK(usable(db));
    }
}

TEST_CASE("each wait of a stream has the whole timeout, also in the middle of a row") {
    noting seam;
    auto config = data().config();
    config.wait_with = &seam;
    connection db{config};
    constexpr auto* wide = "select repeat('w', $1)";
    CHECK(query_streamed<std::string>(db, wide, 1).size() == 1); // prepared now
    seam.untils.clear();
    CHECK(query_streamed<std::string>(db, wide, 50'000'000).front().size() == 50'000'000);
    REQUIRE(seam.untils.size() >= 3); // a row that is much larger than what a socket holds
    const auto again = std::adjacent_find(seam.untils.begin(), seam.untils.end());
    CHECK(again == seam.untils.end());
}

TEST_CASE("of rows of megabytes only one is in memory, if they come one by one") {
    connection db{data().config()};
    [[maybe_unused]] const auto before = resident_kilobytes();
    long most = 0;
    std::size_t bytes = 0;
    for (const auto& row :
         stream<std::string>(db, at_once(1, "select repeat('m', 8000000) from generate_series(1, 40)"))) {
        bytes += row.size();
        most = std::max(most, resident_kilobytes());
    }
    CHECK(bytes == 320'000'000);
#ifndef __SANITIZE_ADDRESS__ // which keeps freed memory back for a while, to see its use
    CHECK(most - before < 60'000);
#endif
}

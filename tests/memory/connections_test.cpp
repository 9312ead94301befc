// SPDX-License-Identifier: BSL-1.0
//
// Connecting and lending with allocations that fail, in the caller's thread and in those of the pool.
#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>

#include <howdah/pool.hpp>

#include "failing_operations.hpp"

namespace {

using namespace howdah;
using namespace howdah::test;

constexpr std::size_t most_allocations = 500;

/// How many sessions are at the server beside the witness.
std::int64_t sessions() {
    return query_one<std::int64_t>(stage().witness(),
                                   "select count(*) from pg_stat_activity where datname = current_database()"
                                   " and backend_type = 'client backend' and pid <> pg_backend_pid()");
}

/// Is the witness alone, as soon as the server has noticed who has gone?
bool alone() {
    for (int tries = 0; sessions() > 0; ++tries) {
        if (tries == 500) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return true;
}

pool_config two_connections() {
    pool_config config{.connection = stage().config(), .max_size = 2};
    config.acquire_timeout = std::chrono::milliseconds(2000);
    return config;
}

/// Without memory a pool may have no thread to connect in; it says so.
void check_loan(const ending& of) {
    CAPTURE(of.said);
    const bool no_thread = of.said.starts_with("the pool could not start a thread");
    CHECK((of.what == ending::kind::right || of.what == ending::kind::no_memory || no_thread));
}

/// Both connections can be had, and there is no third.
void check_pool(pool& of) {
    {
        const auto one = of.acquire();
        const auto two = of.acquire();
        check_answers(*one);
        check_answers(*two);
        CHECK(of.figures().in_use == 2);
        CHECK(of.figures().total == 2);
        CHECK_THROWS_AS((void)of.acquire(std::chrono::milliseconds(1)), connection_error);
    }
    CHECK(of.figures().in_use == 0);
    CHECK(of.figures().waiting == 0);
    CHECK(of.figures().connecting == 0);
}

} // namespace

TEST_CASE("connecting survives every allocation that fails") {
    const auto config = stage().config();
    for (const auto how : {shortage::once, shortage::from_then}) {
        bool failed = true;
        std::size_t nth = 1;
        for (; failed && nth < most_allocations; ++nth) {
            CAPTURE(nth);
            CAPTURE(how);
            std::optional<connection> db;
            const auto end = run_failing(nth, how, [&] {
                db.emplace(config);
                return true;
            });
            failed = end.any_failed;
            CHECK((end.what == ending::kind::right) == db.has_value());
            CHECK(end.what != ending::kind::other);
            if (db) check_answers(*db);
        }
        CHECK(nth < most_allocations);
    }
}

TEST_CASE("a connection that is refused survives every allocation that fails") {
    const auto config = stage().wrong_config();
    for (const auto how : {shortage::once, shortage::from_then}) {
        bool failed = true;
        std::size_t nth = 1;
        for (; failed && nth < most_allocations; ++nth) {
            CAPTURE(nth);
            CAPTURE(how);
            const auto end = run_failing(nth, how, [&] {
                try {
                    const connection db(config);
                } catch (const connection_error& failure) {
                    return failure.kind() == connection_failure::no_such_database;
                }
                return false;
            });
            failed = end.any_failed;
            CAPTURE(end.said);
            CHECK((end.what == ending::kind::right || end.what == ending::kind::no_memory));
        }
        CHECK(nth < most_allocations);
    }
}

TEST_CASE("a pool lends on after every allocation that fails in a borrower") {
    for (const auto how : {shortage::once, shortage::from_then}) {
        pool of(two_connections());
        bool failed = true;
        std::size_t nth = 1;
        for (; failed && nth < most_allocations; ++nth) {
            CAPTURE(nth);
            CAPTURE(how);
            const auto end = run_failing(nth, how, [&] {
                const auto one = of.acquire();
                const auto other = of.acquire();
                const bool right = query_one<std::int64_t>(*one, "select 1 + $1::int8", 2) == 3;
                return execute(*other, "set application_name = 'something to be cleaned'") == 0 && right;
            });
            failed = end.any_failed;
            check_loan(end);
            check_pool(of);
        }
        CHECK(nth < most_allocations);
    }
}

TEST_CASE("a pool as an executor lends on after every allocation that fails") {
    pool of(two_connections());
    for (const auto& each : reading_operations()) {
        const std::string name(each.name);
        CAPTURE(name);
        bool failed = true;
        std::size_t nth = 1;
        for (; failed && nth < most_allocations; ++nth) {
            CAPTURE(nth);
            stage().put();
            const auto end = run_failing(nth, shortage::once, [&] { return each.run(of); });
            failed = end.any_failed;
            check_loan(end);
            CHECK(of.figures().in_use == 0);
            CHECK(each.run(of));
        }
        CHECK(nth < most_allocations);
        check_pool(of);
    }
}

TEST_CASE("making a pool, and its handles, survives every allocation that fails") {
    auto config = two_connections();
    config.min_idle = 1;
    for (const auto how : {shortage::once, shortage::from_then}) {
        bool failed = true;
        std::size_t nth = 1;
        for (; failed && nth < most_allocations; ++nth) {
            CAPTURE(nth);
            const auto end = run_failing(nth, how, [&] {
                try {
                    pool made(config);
                    const pool other = made;
                } catch (const connection_error&) { // no thread could be started
                }
                return true;
            });
            failed = end.any_failed;
            CAPTURE(end.said);
            CHECK((end.what == ending::kind::right || end.what == ending::kind::no_memory));
        }
        CHECK(nth < most_allocations);
    }
}

TEST_CASE("allocations that fail in the threads of a pool cost one attempt to connect") {
    for (const auto how : {shortage::once, shortage::from_then}) {
        bool failed = true;
        std::size_t nth = 1;
        for (; failed && nth < most_allocations; ++nth) {
            CAPTURE(nth);
            CAPTURE(how);
            pool of(two_connections());
            {
                failing_allocation failing(nth, how, victims::other_threads);
                bool lent = true;
                try {
                    (void)of.acquire(std::chrono::milliseconds(how == shortage::once ? 2000 : 30));
                } catch (const connection_error&) {
                    lent = false;
                }
                failing.end();
                failed = failing.happened();
                if (how == shortage::once) CHECK(lent);
                if (!failed) CHECK(lent);
            }
            check_pool(of);
            REQUIRE(of.close(std::chrono::seconds(5)));
            CHECK(of.figures().total == 0);
        }
        CHECK(nth < most_allocations);
    }
    CHECK(alone());
}

TEST_CASE("a refusal that the threads of a pool have no memory for is found again") {
    auto config = two_connections();
    config.connection = stage().wrong_config();
    for (const auto how : {shortage::once, shortage::from_then}) {
        bool failed = true;
        std::size_t nth = 1;
        for (; failed && nth < most_allocations; ++nth) {
            CAPTURE(nth);
            CAPTURE(how);
            pool of(config);
            failing_allocation failing(nth, how, victims::other_threads);
            const auto patience = std::chrono::milliseconds(how == shortage::once ? 5000 : 20);
            try {
                (void)of.acquire(patience);
                FAIL_CHECK("there is no such database");
            } catch (const connection_error& failure) {
                if (how == shortage::once) CHECK(failure.kind() == connection_failure::no_such_database);
            }
            failing.end();
            failed = failing.happened();
        }
        CHECK(nth < most_allocations);
    }
}

// SPDX-License-Identifier: BSL-1.0
//
// The pool under many threads. These cases also run under ThreadSanitizer.
#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <howdah/pool.hpp>

#include "test_database.hpp"

namespace {

using namespace std::chrono_literals;
using howdah::execute;
using howdah::pool;
using howdah::pool_config;
using howdah::pooled_connection;
using std::chrono::steady_clock;

howdah::testing::database& data() {
    static auto made = howdah::test::fresh_database();
    return made;
}

pool_config sized(std::size_t max_size) {
    return {.connection = data().config(), .max_size = max_size};
}

/// Runs `work(number)` in `count` threads and waits for all.
void crew(int count, const std::function<void(int)>& work) {
    std::vector<std::jthread> threads;
    for (int i = 0; i < count; ++i) threads.emplace_back([&work, i] { work(i); });
}

template <class Condition> bool eventually(Condition condition, std::chrono::milliseconds within = 60s) {
    const auto until = steady_clock::now() + within;
    while (steady_clock::now() < until) {
        if (condition()) return true;
        std::this_thread::sleep_for(1ms);
    }
    return false;
}

TEST_CASE("threads: no connection is ever lent to two, and never more than max_size") {
    pool db(sized(4));
    std::mutex guard;
    std::set<const howdah::connection*> out;
    std::atomic<int> doubles{0}, runs{0};
    std::atomic<std::size_t> most{0};
    crew(16, [&](int) {
        for (int i = 0; i < 200; ++i) {
            const auto borrowed = db.acquire();
            {
                const std::lock_guard held(guard);
                if (!out.insert(&*borrowed).second) ++doubles;
                most = std::max(most.load(), out.size());
            }
            if (i % 10 == 0) runs += static_cast<int>(execute(borrowed, "select 1"));
            const std::lock_guard held(guard);
            out.erase(&*borrowed);
        }
    });
    // A connection that somebody waited for may still be opening, though nobody waits any more.
    REQUIRE(eventually([&] { return db.figures().connecting == 0; }));
    const auto seen = db.figures();
    CHECK(doubles == 0);
    CHECK(most <= 4);
    CHECK(runs == 16 * 20);
    CHECK(seen.acquired == 16 * 200);
    CHECK(seen.created <= 4);
    CHECK(seen.in_use == 0);
    CHECK(seen.idle == seen.total);
}

TEST_CASE("threads: who waits is served in the order of coming, whoever comes later") {
    pool db(sized(1));
    auto holder = db.acquire();
    std::mutex guard;
    std::vector<int> order;
    std::vector<std::jthread> queue;
    for (int i = 0; i < 12; ++i) {
        queue.emplace_back([&, i] {
            const auto borrowed = db.acquire();
            const std::lock_guard held(guard);
            order.push_back(i);
        });
        REQUIRE(eventually([&] { return db.figures().waiting == static_cast<std::size_t>(i) + 1; }));
    }
    std::atomic<bool> stop{false};
    std::jthread pusher([&] { // tries to get in between, without queueing for long
        while (!stop) {
            try {
                const auto borrowed = db.acquire(0ms);
                const std::lock_guard held(guard);
                if (order.size() < 12) order.push_back(-1);
            } catch (const howdah::connection_error&) {
                std::this_thread::yield();
            }
        }
    });
    holder.release();
    queue.clear();
    stop = true;
    order.resize(12);
    for (int i = 0; i < 12; ++i) CHECK(order[static_cast<std::size_t>(i)] == i);
}

TEST_CASE("threads: sixty-four threads over four connections are refused in time and lose no place") {
    pool db(sized(4));
    std::vector<pooled_connection> held;
    for (int i = 0; i < 4; ++i) held.push_back(db.acquire());
    std::atomic<int> refused{0}, early{0}, late{0};
    crew(64, [&](int) {
        const auto begun = steady_clock::now();
        try {
            (void)db.acquire(200ms);
        } catch (const howdah::connection_error& failure) {
            const auto taken = steady_clock::now() - begun;
            if (failure.kind() == howdah::connection_failure::acquire_timeout) ++refused;
            if (taken < 200ms) ++early;
            if (taken > 10s) ++late; // 250 ms on a machine of one's own
        }
    });
    CHECK(refused == 64);
    CHECK(early == 0);
    CHECK(late == 0);
    CHECK(db.figures().waiting == 0);
    CHECK(db.figures().timeouts == 64);
    held.clear();
    CHECK(eventually([&] { return db.figures().idle == 4; }));
}

TEST_CASE("threads: capacity is the same after a hundred thousand loans of which a tenth end in exceptions") {
    pool db(sized(4));
    std::atomic<int> thrown{0};
    crew(8, [&](int number) {
        std::mt19937 random(static_cast<unsigned>(number));
        for (int i = 0; i < 12'500; ++i) {
            try {
                const auto borrowed = db.acquire();
                if (random() % 10 == 0) throw std::runtime_error("in the middle");
            } catch (const std::runtime_error&) {
                ++thrown;
            }
        }
    });
    CHECK(thrown > 9'000);
    CHECK(thrown < 11'000);
    CHECK(db.figures().acquired == 100'000);
    std::vector<pooled_connection> all;
    for (int i = 0; i < 4; ++i) all.push_back(db.acquire(20s));
    CHECK(db.figures().in_use == 4);
    CHECK(db.figures().closed_lost + db.figures().closed_unclean == 0);
}

TEST_CASE("threads: killed backends are replaced and never lent again") {
    auto config = sized(4);
    config.acquire_timeout = 60s;
    pool db(config);
    std::mutex guard;
    std::set<int> dead;
    std::atomic<int> failures{0}, raised{0}, again{0}, done{0};
    std::atomic<bool> stop{false};
    std::jthread killer([&] {
        auto admin = data().connect();
        while (!stop) {
            const auto victims =
                admin.run("select pid from pg_stat_activity where datname = current_database() "
                          "and pid <> pg_backend_pid() order by random() limit 1");
            if (!victims.empty()) {
                const auto pid = victims.value<std::int32_t>(0, 0);
                execute(admin, "select pg_terminate_backend($1)", pid);
                ++raised;
            }
            std::this_thread::sleep_for(20ms);
        }
    });
    crew(8, [&](int) {
        while (raised < 40 || done < 100 || failures == 0) {
            const auto borrowed = db.acquire();
            {
                const std::lock_guard held(guard);
                if (dead.contains(borrowed->backend_pid())) ++again;
            }
            try {
                execute(borrowed, "select 1");
                ++done;
            } catch (const howdah::error& failure) {
                ++failures;
                CHECK_FALSE(failure.connection_usable());
                const std::lock_guard held(guard);
                dead.insert(borrowed->backend_pid());
            }
        }
    });
    stop = true;
    killer.join();
    CHECK(again == 0);
    CHECK(failures <= raised); // at most one failed statement for each kill
    CHECK(db.figures().closed_lost > 0);
    CHECK(execute(db, "select 1") == 1);
    CHECK(eventually([&] { return db.figures().in_use == 0; }));
}

TEST_CASE("threads: closing under load tells everyone and ends in time") {
    for (int round = 0; round < 20; ++round) {
        CAPTURE(round);
        pool db(sized(3));
        std::atomic<int> told{0};
        std::vector<std::jthread> threads;
        for (int i = 0; i < 8; ++i)
            threads.emplace_back([&] {
                try {
                    for (;;) {
                        const auto borrowed = db.acquire();
                        execute(borrowed, "select 1");
                    }
                } catch (const howdah::usage_error&) {
                    ++told;
                }
            });
        std::this_thread::sleep_for(std::chrono::milliseconds(round));
        const auto begun = steady_clock::now();
        CHECK(db.close(20s));
        CHECK(steady_clock::now() - begun < 20s);
        threads.clear();
        CHECK(told == 8);
        CHECK(db.figures().total == 0);
    }
}

TEST_CASE("threads: a pool may end while its connections are out in other threads") {
    for (int round = 0; round < 20; ++round) {
        std::vector<std::jthread> threads;
        {
            pool db(sized(4));
            for (int i = 0; i < 4; ++i)
                threads.emplace_back(
                    [borrowed = db.acquire()] { CHECK(execute(borrowed, "select 1") == 1); });
        }
    }
}

TEST_CASE("threads: closing does not wait for a server that does not answer a connect") {
    class silence final : public howdah::waiter { // as if nothing ever arrived
        bool wait(int, howdah::interest, howdah::deadline until) override {
            std::this_thread::sleep_until(until);
            return false;
        }
    };
    silence never;
    auto config = sized(2);
    config.connection.wait_with = &never;
    pool db(config);
    std::jthread waiting([&] { CHECK_THROWS_AS((void)db.acquire(), howdah::usage_error); });
    REQUIRE(eventually([&] { return db.figures().connecting == 1; }));
    const auto begun = steady_clock::now();
    CHECK(db.close(20s));
    CHECK(steady_clock::now() - begun < 4s); // not the 5 s that the attempt to connect may take
}

} // namespace

// SPDX-License-Identifier: BSL-1.0
//
// Many threads that change one row by its version. These cases also run under ThreadSanitizer.
#include <doctest/doctest.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <howdah/pool.hpp>
#include <howdah/repository.hpp>
#include <howdah/retry_on_conflict.hpp>

#include "test_database.hpp"

namespace {

struct counter {
    std::int32_t id = 0;
    std::int64_t total = 0;
    std::int32_t version = 0;
};

} // namespace

template <> struct howdah::table<counter> {
    static constexpr auto name = "counters", key = "id", version = "version";
};

namespace {

using namespace std::chrono_literals;
using howdah::set;

const howdah::repository<counter> counters;

constexpr int threads = 16, increments = 500;

/// One row at version 1 with total 0, a pool, and what the threads count.
struct race {
    howdah::testing::database data = howdah::test::users_database();
    howdah::pool db;
    std::atomic<int> successes{0}, conflicts{0}, others{0};

    explicit race(std::size_t connections = 8)
        : db({.connection = data.config(), .max_size = connections, .acquire_timeout = 60s}) {
        db.acquire()->run_script(
            "create table counters (id int primary key, total bigint not null default 0, "
            "version int not null default 1, updated_at timestamptz not null default now());"
            "select howdah_attach_touch('counters'); insert into counters (id) values (1)");
    }
    /// Every thread calls `add` until it has succeeded `increments` times.
    void run(const std::function<howdah::update_result<counter>(int thread)>& add) {
        std::vector<std::jthread> all;
        for (int i = 0; i < threads; ++i)
            all.emplace_back([this, &add, i] {
                try {
                    for (int done = 0; done < increments;) {
                        const auto answer = add(i);
                        if (answer) ++done, ++successes;
                        else if (answer.conflict()) ++conflicts;
                        else return void(++others);
                    }
                } catch (...) {
                    ++others;
                }
            });
    }
    void check() {
        const auto last = counters.get(db, 1);
        CHECK(others == 0);
        CHECK(successes == threads * increments);
        CHECK(last.version == 1 + successes);
        CHECK(last.total == successes);
    }
};

TEST_CASE("threads: increments by version are all there, and every one that lost was told") {
    race one;
    std::vector<counter> known(threads, counters.get(one.db, 1));
    one.run([&](int thread) {
        auto& mine = known[static_cast<std::size_t>(thread)];
        auto answer =
            counters.update_if_version(one.db, 1, mine.version, set<&counter::total>(mine.total + 1));
        if (answer) mine = *answer;
        else if (const auto* stale = answer.conflict()) mine = stale->current;
        return answer;
    });
    one.check();
    CHECK(one.conflicts > 0);
}

TEST_CASE("threads: retry_on_conflict loses no increment, read committed") {
    race one;
    one.run([&](int) {
        return howdah::retry_on_conflict(
            one.db, {.attempts = 1000, .first_delay = 1ms, .longest_delay = 20ms},
            [&](howdah::transaction& tx) {
                const auto now = counters.get(tx, 1);
                return counters.update_if_version(tx, 1, now.version, set<&counter::total>(now.total + 1));
            });
    });
    one.check();
    CHECK(one.conflicts == 0); // all of them were tried again
}

TEST_CASE("threads: retry_on_conflict loses no increment, serializable") {
    race one;
    one.run([&](int) {
        return howdah::retry_on_conflict(
            one.db, {.attempts = 1000, .first_delay = 1ms, .longest_delay = 20ms},
            [&](howdah::transaction& tx) {
                const auto now = counters.get(tx, 1);
                return counters.update_if_version(tx, 1, now.version, set<&counter::total>(now.total + 1));
            },
            {.isolation = howdah::isolation_level::serializable});
    });
    one.check();
    CHECK(one.conflicts == 0);
}

TEST_CASE("threads: a row that is removed meanwhile is not found, never a conflict") {
    race one;
    std::atomic<bool> gone{false};
    std::atomic<int> late_conflicts{0}, missing{0};
    std::vector<std::jthread> all;
    for (int i = 0; i < threads; ++i)
        all.emplace_back([&] {
            for (std::int32_t version = 1;;) {
                const bool was_gone = gone;
                const auto answer = counters.update_if_version(one.db, 1, version, set<&counter::total>(1));
                if (answer) version = answer->version;
                else if (const auto* stale = answer.conflict()) {
                    version = stale->current.version;
                    if (was_gone) ++late_conflicts;
                } else return void(answer.not_found() ? ++missing : ++one.others);
            }
        });
    while (counters.get(one.db, 1).version < 50) std::this_thread::yield();
    CHECK(counters.erase(one.db, 1).has_value());
    gone = true;
    all.clear();
    CHECK(missing == threads);
    CHECK(late_conflicts == 0);
    CHECK(one.others == 0);
}

} // namespace

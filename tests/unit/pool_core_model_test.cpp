// SPDX-License-Identifier: BSL-1.0
//
// Random events, applied to the pool's state machine and to a model of it that is too simple to be wrong.
#include <doctest/doctest.h>

#include <cstddef>
#include <deque>
#include <iterator>
#include <memory>
#include <random>
#include <set>
#include <vector>

#include "pool_core.hpp"

namespace {

using namespace howdah::detail;
using fate = pool_waiter::fate;

/// What a pool has to do, said as simply as possible, to compare with.
struct model {
    std::deque<pool_waiter*> queue;
    std::set<slot_number> idle, lent, connecting, doomed, closing;

    void lend_next(pool_waiter* told, slot_number slot) {
        if (queue.empty()) {
            CHECK(told == nullptr);
            CHECK(idle.insert(slot).second);
            return;
        }
        REQUIRE(told == queue.front());
        CHECK(told->what == fate::served);
        CHECK(told->got.slot == slot);
        queue.pop_front();
        CHECK(lent.insert(slot).second);
    }
};

template <class Set> slot_number any_of(const Set& from, std::mt19937& random) {
    return *std::next(from.begin(), static_cast<std::ptrdiff_t>(random() % from.size()));
}

void compare(const model& expected, const pool_core& core, std::size_t max_size) {
    const auto seen = core.figures(0);
    CHECK(seen.idle == expected.idle.size());
    CHECK(seen.in_use == expected.lent.size());
    CHECK(seen.connecting == expected.connecting.size());
    CHECK(seen.waiting == expected.queue.size());
    CHECK(seen.total == expected.idle.size() + expected.lent.size() + expected.connecting.size() +
                            expected.doomed.size() + expected.closing.size());
    CHECK(seen.total <= max_size);
    CHECK((expected.idle.empty() || expected.queue.empty()));
}

void one_random_step(model& expected, pool_core& core, std::mt19937& random,
                     std::vector<std::unique_ptr<pool_waiter>>& waiters) {
    switch (random() % 8) {
    case 0:
    case 1: { // acquire
        const auto got = core.try_lend(0, 0);
        if (got.slot != no_slot) {
            CHECK(expected.idle.erase(got.slot) == 1);
            CHECK(expected.lent.insert(got.slot).second);
        } else {
            CHECK(expected.idle.empty());
            expected.queue.push_back(waiters.emplace_back(std::make_unique<pool_waiter>()).get());
            core.enqueue(*expected.queue.back(), 0, false);
        }
        break;
    }
    case 2: // timeout
        if (!expected.queue.empty()) {
            const auto gone =
                expected.queue.begin() + static_cast<std::ptrdiff_t>(random() % expected.queue.size());
            core.withdraw(**gone);
            expected.queue.erase(gone);
        }
        break;
    case 3:
    case 4: // release
        if (!expected.lent.empty()) {
            const auto slot = any_of(expected.lent, random);
            const auto how = static_cast<connection_condition>(random() % 8 == 0 ? 1 + random() % 2 : 0);
            expected.lent.erase(slot);
            auto* const told = core.give_back(slot, 0, how);
            if (how == connection_condition::clean) expected.lend_next(told, slot);
            else CHECK((told == nullptr && expected.doomed.insert(slot).second));
        }
        break;
    case 5: // begin to connect
        if (core.connects_wanted(1 << 20) > 0) CHECK(expected.connecting.insert(core.begin_connect()).second);
        break;
    case 6: // end of connecting
        if (!expected.connecting.empty()) {
            const auto slot = any_of(expected.connecting, random);
            expected.connecting.erase(slot);
            if (random() % 3 == 0) CHECK(core.connect_failed(slot, 0, false, 0.5) == nullptr);
            else expected.lend_next(core.connected(slot, 0, 0.5), slot);
        }
        break;
    case 7: // close
        if (const auto slot = core.take_doomed(); slot != no_slot) {
            CHECK(expected.doomed.erase(slot) == 1);
            CHECK(expected.closing.insert(slot).second);
        } else if (!expected.closing.empty()) {
            const auto done = any_of(expected.closing, random);
            expected.closing.erase(done);
            core.closed(done);
        }
        break;
    }
}

TEST_CASE("any sequence of events keeps the bounds, the order and every slot in one place") {
    for (unsigned seed = 1; seed <= 60; ++seed) {
        CAPTURE(seed);
        std::mt19937 random(seed);
        pool_limits limits{.look_after_idle = 5, .check_after_idle = 1'000};
        limits.max_size = 1 + random() % 6;
        limits.connects_at_once = 1 + random() % 3;
        pool_core core(limits);
        model expected;
        std::vector<std::unique_ptr<pool_waiter>> waiters;
        for (int step = 0; step < 1'000; ++step) {
            one_random_step(expected, core, random, waiters);
            compare(expected, core, limits.max_size);
        }
    }
}

} // namespace

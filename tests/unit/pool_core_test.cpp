// SPDX-License-Identifier: BSL-1.0
#include <doctest/doctest.h>

#include <map>
#include <vector>

#include "pool_core.hpp"

namespace {

using namespace std::chrono_literals;
using namespace howdah::detail;
using fate = pool_waiter::fate;

constexpr pool_limits usual{.max_size = 3,
                            .min_idle = 0,
                            .connects_at_once = 2,
                            .idle_timeout = 10'000,
                            .max_lifetime = 100'000,
                            .look_after_idle = 5,
                            .check_after_idle = 1'000};

/// A core with connections that were made at time 0 and are idle.
pool_core with_idle(std::size_t count, pool_limits limits = usual) {
    pool_core core(limits);
    std::vector<slot_number> made;
    for (std::size_t i = 0; i < count; ++i) made.push_back(core.begin_connect());
    for (const auto slot : made) REQUIRE(core.connected(slot, 0, 0.5) == nullptr);
    return core;
}

void close_all_doomed(pool_core& core) {
    for (auto slot = core.take_doomed(); slot != no_slot; slot = core.take_doomed()) core.closed(slot);
}

TEST_CASE("an idle connection is lent, the one used last first") {
    auto core = with_idle(3);
    const auto first = core.try_lend(1, 0), second = core.try_lend(1, 0);
    REQUIRE(core.give_back(first.slot, 2, connection_condition::clean) == nullptr);
    CHECK(core.try_lend(3, 0).slot == first.slot);
    CHECK(second.slot != first.slot);
}

TEST_CASE("the longer a connection was idle, the more it has to prove before it is lent") {
    const auto check_after = [](pool_time idle) {
        auto core = with_idle(1);
        return core.try_lend(idle, 0).check;
    };
    CHECK(check_after(0) == loan_check::none);
    CHECK(check_after(4) == loan_check::none);
    CHECK(check_after(5) == loan_check::look);
    CHECK(check_after(999) == loan_check::look);
    CHECK(check_after(1'000) == loan_check::ask);
}

TEST_CASE("after a loss every older connection is asked once, wherever it was at that time") {
    auto core = with_idle(3);
    const auto lost = core.try_lend(1, 0), lent = core.try_lend(1, 0);
    CHECK(core.give_back(lost.slot, 2, connection_condition::lost) == nullptr);
    CHECK(core.give_back(lent.slot, 2, connection_condition::clean) == nullptr);
    const auto one = core.try_lend(3, 0), other = core.try_lend(3, 0);
    CHECK(one.check == loan_check::ask);
    CHECK(other.check == loan_check::ask);
    CHECK(core.give_back(one.slot, 4, connection_condition::clean) == nullptr);
    CHECK(core.try_lend(4, 0).check == loan_check::none);

    // One that is made after the loss has nothing to prove.
    close_all_doomed(core);
    CHECK(core.connected(core.begin_connect(), 5, 0.5) == nullptr);
    CHECK(core.try_lend(5, 0).check == loan_check::none);
}

TEST_CASE("a connection that fails its check was no loan and is closed as lost") {
    auto core = with_idle(2);
    const auto rejected = core.try_lend(2'000, 0);
    core.reject(rejected.slot);
    const auto seen = core.figures(2'000);
    CHECK(seen.acquired == 0);
    CHECK(seen.in_use == 0);
    CHECK(seen.closed_lost == 1);
    CHECK(core.take_doomed() == rejected.slot);
    CHECK(core.try_lend(2'000, 0).check == loan_check::ask);
}

TEST_CASE("waiters are served in the order in which they came") {
    auto core = with_idle(1);
    auto slot = core.try_lend(1, 0).slot;
    std::vector<pool_waiter> queue(3);
    for (auto& each : queue) core.enqueue(each, 1, false);
    for (auto& each : queue) {
        CHECK(core.give_back(slot, 2, connection_condition::clean) == &each);
        CHECK(each.what == fate::served);
        CHECK(each.got.slot == slot);
        slot = each.got.slot;
    }
    CHECK(core.figures(3).waited == 3);
    CHECK(core.figures(3).longest_wait == 1ms);
}

TEST_CASE("who lost its turn to a dead connection waits at the front") {
    auto core = with_idle(1);
    const auto slot = core.try_lend(1, 0).slot;
    pool_waiter early, late;
    core.enqueue(late, 1, false);
    core.enqueue(early, 1, true);
    CHECK(core.give_back(slot, 2, connection_condition::clean) == &early);
    CHECK(core.give_back(slot, 2, connection_condition::clean) == &late);
}

TEST_CASE("a waiter can withdraw from the front, the middle and the end of the queue") {
    for (const std::size_t gone : {0U, 1U, 2U}) {
        CAPTURE(gone);
        auto core = with_idle(1);
        const auto slot = core.try_lend(1, 0).slot;
        std::vector<pool_waiter> queue(3);
        for (auto& each : queue) core.enqueue(each, 1, false);
        core.withdraw(queue[gone]);
        CHECK(core.figures(1).waiting == 2);
        CHECK(core.figures(1).timeouts == 1);
        for (std::size_t i = 0; i < 3; ++i)
            if (i != gone) CHECK(core.give_back(slot, 2, connection_condition::clean) == &queue[i]);
        CHECK(core.give_back(slot, 2, connection_condition::clean) == nullptr);
    }
}

TEST_CASE("connections are wanted for waiters, up to max_size and the number allowed at once") {
    pool_core core(usual);
    CHECK(core.connects_wanted(0) == 0);
    std::vector<pool_waiter> queue(5);
    core.enqueue(queue[0], 0, false);
    CHECK(core.connects_wanted(0) == 1);
    for (std::size_t i = 1; i < 5; ++i) core.enqueue(queue[i], 0, false);
    CHECK(core.connects_wanted(0) == 2);
    const auto one = core.begin_connect(), two = core.begin_connect();
    CHECK(core.connects_wanted(0) == 0);
    CHECK(core.connected(one, 1, 0.5) == &queue[0]);
    CHECK(core.connects_wanted(1) == 1);
    const auto three = core.begin_connect();
    CHECK(core.connected(two, 1, 0.5) == &queue[1]);
    CHECK(core.connected(three, 1, 0.5) == &queue[2]);
    CHECK(core.connects_wanted(1) == 0); // max_size
    CHECK(core.figures(1).total == 3);
}

TEST_CASE("a waiter that leaves before its connection was begun leaves the wish for one behind") {
    pool_core core(usual);
    pool_waiter hasty, next;
    core.enqueue(hasty, 0, false);
    core.withdraw(hasty);
    CHECK(core.connects_wanted(0) == 1);
    const auto slot = core.begin_connect();
    CHECK(core.connects_wanted(0) == 0);
    core.enqueue(next, 0, false); // the one under way is for it
    core.withdraw(next);
    CHECK(core.connects_wanted(0) == 0);
    CHECK(core.connect_failed(slot, 0, false, 0) == nullptr);
    CHECK(core.connects_wanted(10'000) == 0); // nobody waits: no further attempt
}

TEST_CASE("a connection that is being closed counts until it is closed") {
    auto core = with_idle(3);
    const auto lent = core.try_lend(1, 0), other = core.try_lend(1, 0), third = core.try_lend(1, 0);
    pool_waiter who;
    core.enqueue(who, 1, false);
    CHECK(core.give_back(lent.slot, 2, connection_condition::unclean) == nullptr);
    CHECK(core.connects_wanted(2) == 0);
    const auto slot = core.take_doomed();
    CHECK(core.connects_wanted(2) == 0);
    core.closed(slot);
    CHECK(core.connects_wanted(2) == 1);
    CHECK(core.figures(2).closed_unclean == 1);
    CHECK(other.slot != third.slot);
}

TEST_CASE("min_idle connections are wanted although nobody waits, and are not closed for being idle") {
    auto limits = usual;
    limits.min_idle = 2;
    auto core = with_idle(0, limits);
    CHECK(core.connects_wanted(0) == 2);
    core = with_idle(3, limits);
    CHECK(core.connects_wanted(0) == 0);
    core.sweep(10'000);
    CHECK(core.figures(10'000).idle == 2);
    CHECK(core.figures(10'000).closed_idle == 1);
    close_all_doomed(core);
    CHECK(core.connects_wanted(10'000) == 0);
}

TEST_CASE("a refusing server is asked at most ten times a second, by one attempt at a time") {
    for (const double jitter : {0.0, 0.5, 1.0}) {
        CAPTURE(jitter);
        pool_core core(usual);
        std::vector<pool_waiter> queue(3);
        for (auto& each : queue) core.enqueue(each, 0, false);
        int attempts = 0;
        pool_time last_success_possible = 0;
        for (pool_time now = 0; now < 10'000; ++now) {
            if (core.connects_wanted(now) == 0) continue;
            const auto slot = core.begin_connect();
            if (attempts > 0) CHECK(core.connects_wanted(now) == 0);
            CHECK(core.connect_failed(slot, now, false, jitter) == nullptr);
            CHECK(core.backing_off());
            CHECK(core.next_look(now) > now);
            CHECK(core.next_look(now) <= now + 1'500);
            ++attempts;
            last_success_possible = now;
        }
        CHECK(attempts >= 7);
        CHECK(attempts <= 14); // 100, 200, 400, 800, 1000, 1000, ... and up to half as much again
        CHECK(last_success_possible > 8'000);
    }
}

TEST_CASE("the first success ends the back-off") {
    pool_core core(usual);
    std::vector<pool_waiter> queue(3);
    for (auto& each : queue) core.enqueue(each, 0, false);
    CHECK(core.connect_failed(core.begin_connect(), 0, false, 0) == nullptr);
    CHECK(core.connects_wanted(99) == 0);
    CHECK(core.connects_wanted(100) == 1);
    CHECK(core.connected(core.begin_connect(), 100, 0.5) == &queue[0]);
    CHECK(core.connects_wanted(100) == 2);
}

TEST_CASE("a permanent failure is told to all waiters only while no connection is open") {
    pool_core core(usual);
    std::vector<pool_waiter> queue(2);
    for (auto& each : queue) core.enqueue(each, 0, false);
    auto* told = core.connect_failed(core.begin_connect(), 0, true, 0);
    CHECK(told == &queue[0]);
    CHECK(told->next == &queue[1]);
    CHECK(queue[1].what == fate::refused);
    CHECK(core.figures(0).waiting == 0);

    auto open = with_idle(1);
    const auto lent = open.try_lend(1, 0);
    pool_waiter patient;
    open.enqueue(patient, 1, false);
    CHECK(open.connect_failed(open.begin_connect(), 1, true, 0) == nullptr);
    CHECK(open.give_back(lent.slot, 2, connection_condition::clean) == &patient);
}

TEST_CASE("connections end with their lifetime, spread by the jitter") {
    for (const auto& [jitter, end] :
         std::map<double, pool_time>{{0.0, 90'000}, {0.5, 100'000}, {1.0, 110'000}}) {
        CAPTURE(jitter);
        auto limits = usual;
        limits.idle_timeout = 0;
        pool_core core(limits);
        CHECK(core.connected(core.begin_connect(), 0, jitter) == nullptr);
        core.sweep(end - 1);
        CHECK(core.figures(end).idle == 1);
        const auto lent = core.try_lend(end - 1, 0);
        CHECK(core.give_back(lent.slot, end, connection_condition::clean) == nullptr);
        CHECK(core.figures(end).closed_lifetime == 1);
    }
}

TEST_CASE("an expired idle connection is neither lent nor kept") {
    auto core = with_idle(2);
    CHECK(core.try_lend(100'000, 0).slot == no_slot);
    CHECK(core.figures(100'000).closed_lifetime == 2);
    auto swept = with_idle(2);
    swept.sweep(100'000);
    CHECK(swept.figures(100'000).closed_lifetime == 2);
}

TEST_CASE("zero switches idle_timeout and max_lifetime off") {
    auto limits = usual;
    limits.idle_timeout = limits.max_lifetime = 0;
    auto core = with_idle(3, limits);
    CHECK(core.next_look(0) == pool_time_never);
    core.sweep(pool_time{1} << 50);
    CHECK(core.figures(0).idle == 3);
}

TEST_CASE("closing tells the waiters, dooms what is idle at once and what is lent when it comes back") {
    auto core = with_idle(2);
    const auto lent = core.try_lend(1, 0), other = core.try_lend(1, 0);
    CHECK(core.give_back(other.slot, 1, connection_condition::clean) == nullptr);
    CHECK(core.close() == nullptr);
    CHECK(core.connects_wanted(1) == 0);
    CHECK_FALSE(core.drained());
    CHECK(core.give_back(lent.slot, 2, connection_condition::clean) == nullptr);
    close_all_doomed(core);
    CHECK(core.drained());
    CHECK(core.figures(2).closed_shutdown == 2);

    auto full = with_idle(1);
    CHECK(full.try_lend(1, 0).slot != no_slot);
    pool_waiter who;
    full.enqueue(who, 1, false);
    const auto connecting = full.begin_connect();
    CHECK(full.close() == &who);
    CHECK(who.what == fate::closed);
    CHECK(full.connected(connecting, 2, 0.5) == nullptr);
    CHECK(full.has_doomed());
}

TEST_CASE("a thread that holds everything itself can be told so") {
    auto core = with_idle(3);
    CHECK(core.try_lend(1, 7).slot != no_slot);
    CHECK(core.try_lend(1, 7).slot != no_slot);
    CHECK_FALSE(core.all_held_by(7)); // one is idle
    const auto third = core.try_lend(1, 7);
    CHECK(core.all_held_by(7));
    CHECK(core.give_back(third.slot, 1, connection_condition::clean) == nullptr);
    CHECK(core.try_lend(1, 8).slot == third.slot);
    CHECK_FALSE(core.all_held_by(7));
    CHECK_FALSE(core.all_held_by(8));
}

} // namespace

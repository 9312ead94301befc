// SPDX-License-Identifier: BSL-1.0
//
// Lending: acquire, give back, close.
#include "lender.hpp"

#include <algorithm>
#include <ctime>

namespace howdah::detail {
namespace {

using std::chrono::milliseconds;

// Below this a connection that was just in use is lent without a look at its socket.
constexpr pool_time look_after_idle = 5;
constexpr std::size_t connects_at_once = 3;

pool_limits limits_of(const pool_config& config) noexcept {
    return {.max_size = config.max_size,
            .min_idle = config.min_idle,
            .connects_at_once = std::min(config.max_size, connects_at_once),
            .idle_timeout = config.idle_timeout.count(),
            .max_lifetime = config.max_lifetime.count(),
            .look_after_idle = look_after_idle,
            .check_after_idle = config.check_after_idle.count()};
}

// A number that tells threads apart and costs one addition.
std::uintptr_t this_thread() noexcept {
    thread_local const char mark = 0;
    return reinterpret_cast<std::uintptr_t>(&mark);
}

statement plain(std::string_view text, milliseconds timeout) noexcept {
    statement command(text);
    command.prepare = false;
    command.timeout = timeout;
    return command;
}

milliseconds left_until(deadline until) noexcept {
    const auto left = std::chrono::ceil<milliseconds>(until - std::chrono::steady_clock::now());
    return std::max(left, milliseconds{1});
}

// The mutex is held for some ten nanoseconds at a time: trying again is cheaper than sleeping, as long as its
// holder runs.
std::unique_lock<std::mutex> lock_soon(std::mutex& mutex) {
    for (int tries = 0; tries < 40; ++tries)
        if (std::unique_lock held(mutex, std::try_to_lock); held) return held;
    return std::unique_lock(mutex);
}

usage_error closed_error() {
    return usage_error("the pool is closed: it lends no connections any more");
}

std::string in_ms(milliseconds time) {
    return std::to_string(time.count()) + " ms";
}

} // namespace

struct lender::parked : pool_waiter {
    std::condition_variable ready;
};

pool_time coarse_now() noexcept {
#ifdef CLOCK_MONOTONIC_COARSE
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return static_cast<pool_time>(now.tv_sec) * 1'000 + now.tv_nsec / 1'000'000;
#else
    using std::chrono::steady_clock;
    return std::chrono::duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
#endif
}

lender::lender(pool_config config)
    : config_((config.validate(), std::move(config))), core_(limits_of(config_)), seams_(config_.max_size),
      connections_(config_.max_size), busy_limit_(std::min(config_.max_size, connects_at_once)) {
    workers_.reserve(busy_limit_ + 1);
    if (config_.min_idle > 0) summon_worker(lock(mutex_));
}

pooled_connection lender::acquire(milliseconds timeout) {
    loan got;
    const auto now = coarse_now(); // outside of the mutex, as everything that can be
    {
        const lock held = lock_soon(mutex_);
        if (core_.is_closed()) throw closed_error();
        got = core_.try_lend(now, this_thread());
    }
    if (got.slot == no_slot || got.check != loan_check::none) return acquire_slowly(got, timeout);
    return {this, &*connections_[got.slot], got.slot};
}

pooled_connection lender::acquire_slowly(loan candidate, milliseconds timeout) {
    const auto until = deadline_in(timeout);
    for (bool at_front = false;; at_front = true) {
        if (candidate.slot == no_slot) candidate = wait_for_loan(at_front, until, timeout);
        if (passes(candidate, until)) return {this, &*connections_[candidate.slot], candidate.slot};
        const lock held(mutex_);
        core_.reject(candidate.slot);
        summon_worker(held);
        // The next idle one, unless the pool has closed meanwhile; wait_for_loan() tells.
        candidate = core_.is_closed() ? loan{} : core_.try_lend(coarse_now(), this_thread());
    }
}

loan lender::wait_for_loan(bool at_front, deadline until, milliseconds timeout) {
    lock held(mutex_);
    if (core_.is_closed()) throw closed_error();
    if (const auto idle = core_.try_lend(coarse_now(), this_thread()); idle.slot != no_slot) return idle;
    parked me;
    me.holder = this_thread();
    core_.enqueue(me, coarse_now(), at_front);
    try {
        summon_worker(held);
        const auto decided = [&] { return me.what != pool_waiter::fate::waiting; };
        if (!me.ready.wait_until(held, until, decided)) raise_timeout(timeout, coarse_now());
    } catch (...) {
        core_.withdraw(me);
        throw;
    }
    if (me.what == pool_waiter::fate::closed) throw closed_error();
    if (me.what == pool_waiter::fate::refused) failure_.raise({});
    return me.got;
}

bool lender::passes(const loan& candidate, deadline until) noexcept {
    if (candidate.check == loan_check::none) return true;
    auto& asked = *connections_[candidate.slot];
    if (!asked.alive()) return false;
    if (candidate.check == loan_check::look) return true;
    try {
        asked.run(plain("select 1", std::min(config_.reset_timeout, left_until(until))));
        return true;
    } catch (...) {
        return false; // whatever the reason: it is closed, and another one lent
    }
}

connection_condition lender::clean(connection& returned) noexcept {
    const auto verdict = [&](bool done) {
        if (done) return connection_condition::clean;
        return returned.state() == session_state::broken ? connection_condition::lost
                                                         : connection_condition::unclean;
    };
    if (config_.reset_sessions) return verdict(returned.reset(config_.reset_timeout));
    const auto state = returned.state();
    if (state == session_state::idle) return connection_condition::clean;
    if (state == session_state::busy) return connection_condition::unclean;
    try {
        returned.run(plain("ROLLBACK", config_.reset_timeout));
    } catch (...) {
        return verdict(false);
    }
    return verdict(returned.state() == session_state::idle);
}

void lender::give_back(slot_number slot) noexcept {
    const auto how = clean(*connections_[slot]);
    const auto now = coarse_now();
    bool last = false;
    {
        const lock held = lock_soon(mutex_);
        wake(core_.give_back(slot, now, how));
        if (core_.has_doomed()) summon_worker(held); // throws not: a worker exists, this connection's maker
        last = abandoned_ && !core_.anything_lent();
    }
    if (last) delete this;
}

// Under the mutex, as a waiter that was told may be gone once it can run.
void lender::wake(pool_waiter* first) noexcept {
    while (first != nullptr) {
        auto* const next = first->next;
        static_cast<parked*>(first)->ready.notify_one();
        first = next;
    }
}

pool_figures lender::figures() {
    const lock held(mutex_);
    return core_.figures(coarse_now());
}

void lender::close_under(const lock&) noexcept {
    closing_ = true;
    wake(core_.close());
    work_.notify_all();
}

bool lender::close(milliseconds drain) {
    const auto until = deadline_in(drain);
    lock held(mutex_);
    close_under(held);
    return progress_.wait_until(held, until, [&] { return core_.drained(); });
}

void lender::abandon() noexcept {
    bool last = false;
    {
        const lock held(mutex_);
        close_under(held);
        abandoned_ = true;
        last = !core_.anything_lent();
    }
    if (last) delete this;
}

std::string lender::circumstances(milliseconds timeout, pool_time now) const {
    const auto seen = core_.figures(now);
    std::string text = "within " + in_ms(timeout) + ": " + std::to_string(seen.in_use) + " of " +
                       std::to_string(seen.max_size) + " are in use";
    if (seen.in_use > 0) text += ", the oldest for " + in_ms(seen.oldest_loan);
    text += "; " + std::to_string(seen.connecting) + " are being opened, " + std::to_string(seen.waiting) +
            " threads wait";
    return text;
}

void lender::raise_timeout(milliseconds timeout, pool_time now) {
    const auto seen = core_.figures(now);
    const auto text = circumstances(timeout, now);
    if (failing_ && seen.idle + seen.in_use == 0)
        failure_.raise("no connection could be opened " + text + "; ");
    std::string next = "give connections back sooner, or raise max_size (HOWDAH_POOL_MAX_SIZE)";
    if (core_.all_held_by(this_thread())) next = "this thread has borrowed all of them itself: " + next;
    if (failing_) next = "the last attempt to open another one failed (" + failure_.what + ")";
    throw connection_error(connection_failure::acquire_timeout,
                           "no connection of the pool became free " + text + "; " + next);
}

bool connect_failure::permanent() const noexcept {
    return usage || kind == connection_failure::authentication ||
           kind == connection_failure::no_such_database || kind == connection_failure::tls;
}

void connect_failure::raise(const std::string& circumstances) const {
    if (usage) throw usage_error(circumstances + what);
    throw connection_error(kind, circumstances + what, full_message, state);
}

} // namespace howdah::detail

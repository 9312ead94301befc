// SPDX-License-Identifier: BSL-1.0
//
// The threads of a pool: they open and close connections, off the path of those who borrow.
#include <csignal>
#include <new>
#include <random>

#include "lender.hpp"

namespace howdah::detail {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// How long a hanging connect goes unnoticed that the pool closes.
constexpr milliseconds longest_slice{50};

thread_local const std::atomic<bool>* give_up = nullptr;

unsigned seed() noexcept {
    try {
        return std::random_device{}();
    } catch (const std::exception&) { // no source of chance: another number at another time will do
        return static_cast<unsigned>(steady_clock::now().time_since_epoch().count());
    }
}

double jitter() noexcept {
    thread_local std::minstd_rand random{seed()};
    return std::uniform_real_distribution<double>{0, 1}(random);
}

// Signals are the host's business and go to its threads.
void block_signals() noexcept {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

connect_failure failure_from(const connection_error& cause) {
    return {cause.kind(), cause.what(), cause.full_message(), cause.sqlstate(), false};
}

std::optional<connection> try_connect(const connection_config& from, waiter& seam, connect_failure& failure) {
    try {
        auto config = from;
        config.wait_with = &seam;
        return std::optional<connection>(std::in_place, std::move(config));
    } catch (const connection_error& cause) {
        failure = failure_from(cause);
    } catch (const server_error& cause) { // the settings that follow connecting
        failure = {connection_failure::other, cause.what(), cause.full_message(), cause.sqlstate(), false};
    } catch (const usage_error& cause) {
        failure = {connection_failure::other, cause.what(), cause.full_message(), {}, true};
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception& cause) { // thrown by the host's waiter: its text is not ours to show
        failure = {connection_failure::other, "the waiter gave up while connecting", cause.what(), {}, false};
    }
    return std::nullopt;
}

/// The same, whatever happens: an exception that left a thread of ours would end the program.
std::optional<connection> connect(const connection_config& from, waiter& seam,
                                  connect_failure& failure) noexcept {
    try {
        return try_connect(from, seam, failure);
    } catch (...) { // most likely there is no memory, so that the words must be few
        failure = {};
        failure.what = "out of memory";
        return std::nullopt;
    }
}

} // namespace

void closing_waiter::give_up_when(const std::atomic<bool>& flag) noexcept {
    give_up = &flag;
}

bool closing_waiter::wait(int socket, interest what, deadline until) {
    if (give_up == nullptr) return inner_.wait(socket, what, until);
    for (;;) {
        if (*give_up)
            throw connection_error(connection_failure::other, "the pool was closed while connecting");
        const auto now = steady_clock::now();
        if (now >= until) return inner_.wait(socket, what, until);
        if (inner_.wait(socket, what, std::min<deadline>(until, now + longest_slice))) return true;
    }
}

lender::~lender() {
    {
        const lock held(mutex_);
        stop_ = true;
        work_.notify_all();
    }
    for (auto& worker : workers_) worker.join();
}

// One worker more than may be connecting, so that closing never waits for the network.
void lender::summon_worker(const lock&) {
    const bool jobs = core_.has_doomed() || core_.connects_wanted(coarse_now()) > 0;
    if (!jobs && !core_.backing_off()) return;
    if (sleeping_workers_ > 0) return work_.notify_one(); // if only to sleep no longer than the back-off
    if (!jobs || workers_.size() > busy_limit_) return;   // the busy ones look again when done
    try {
        workers_.emplace_back([this] { work(); });
    } catch (const std::exception&) {
        if (!workers_.empty()) return;
        throw connection_error(connection_failure::other,
                               "the pool could not start a thread to connect in: too many threads, or too "
                               "little memory");
    }
}

void lender::work() {
    block_signals();
    closing_waiter::give_up_when(closing_);
    lock held(mutex_);
    while (!stop_) {
        const auto now = coarse_now();
        core_.sweep(now);
        if (const auto slot = core_.take_doomed(); slot != no_slot) close_one(held, slot);
        else if (core_.connects_wanted(now) > 0) connect_one(held);
        else sleep_until_work(held, now);
    }
}

void lender::sleep_until_work(lock& held, pool_time now) {
    const auto next = core_.next_look(now);
    ++sleeping_workers_;
    if (next == pool_time_never) work_.wait(held);
    else work_.wait_for(held, milliseconds(std::max<pool_time>(next - now, 1)));
    --sleeping_workers_;
}

void lender::close_one(lock& held, slot_number slot) {
    held.unlock();
    connections_[slot].reset();
    seams_[slot].reset();
    held.lock();
    core_.closed(slot);
    progress_.notify_all();
}

void lender::connect_one(lock& held) {
    const auto slot = core_.begin_connect();
    summon_worker(held); // for what else there is to do; throws not, since this is a worker
    held.unlock();
    auto& seam = seams_[slot].emplace(config_.connection.wait_with);
    connect_failure failure;
    auto made = connect(config_.connection, seam, failure);
    if (!made) seams_[slot].reset();
    held.lock();
    if (made) {
        connections_[slot] = std::move(made);
        failing_ = false;
        wake(core_.connected(slot, coarse_now(), jitter()));
    } else {
        failure_ = std::move(failure);
        failing_ = true;
        wake(core_.connect_failed(slot, coarse_now(), failure_.permanent(), jitter()));
    }
    progress_.notify_all();
}

} // namespace howdah::detail

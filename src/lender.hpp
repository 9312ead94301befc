// SPDX-License-Identifier: BSL-1.0
//
// What all handles and loans of one pool share: the policy (pool_core), the connections, the mutex, and the
// threads that connect and close.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <howdah/pool.hpp>

#include "pool_core.hpp"
#include "timer_waiter.hpp"

namespace howdah::detail {

/// The waiter of one connection: passes waits on to that of the pool's configuration. In a thread of the pool it
/// gives up when the pool closes, so that closing does not wait for a connect that hangs.
class closing_waiter final : public waiter {
public:
    /// `given`: null if the configuration has none. The connection has a timer of its own then, as without a pool.
    explicit closing_waiter(waiter* given) noexcept : inner_(given != nullptr ? *given : own_) {}
    bool wait(int socket, interest what, deadline until) override;
    /// Waits of the calling thread end with connection_error once `flag` is set.
    static void give_up_when(const std::atomic<bool>& flag) noexcept;

private:
    timer_waiter own_;
    waiter& inner_;
};

/// The last failure to connect, kept in parts: each waiter throws an exception of its own.
struct connect_failure {
    connection_failure kind = connection_failure::other;
    std::string what, full_message;
    std::optional<sqlstate_code> state;
    bool usage = false; ///< the configuration is at fault

    [[nodiscard]] bool permanent() const noexcept;
    [[noreturn]] void raise(const std::string& circumstances) const;
};

/// Deletes itself when its handles and its last loan are gone.
class lender {
public:
    explicit lender(pool_config config);
    lender(const lender&) = delete;
    lender& operator=(const lender&) = delete;

    [[nodiscard]] pooled_connection acquire(std::chrono::milliseconds timeout);
    void give_back(slot_number slot) noexcept;
    [[nodiscard]] pool_figures figures();
    bool close(std::chrono::milliseconds drain);
    /// The last handle is gone.
    void abandon() noexcept;
    [[nodiscard]] const pool_config& config() const noexcept { return config_; }

private:
    using lock = std::unique_lock<std::mutex>;
    struct parked;

    ~lender();

    // lender.cpp: lending
    [[nodiscard]] pooled_connection acquire_slowly(loan first, std::chrono::milliseconds timeout);
    [[nodiscard]] loan wait_for_loan(bool at_front, deadline until, std::chrono::milliseconds timeout);
    [[nodiscard]] bool passes(const loan& candidate, deadline until) noexcept;
    [[nodiscard]] connection_condition clean(connection& returned) noexcept;
    void close_under(const lock& held) noexcept;
    static void wake(pool_waiter* first) noexcept;
    [[noreturn]] void raise_timeout(std::chrono::milliseconds timeout, pool_time now);
    [[nodiscard]] std::string circumstances(std::chrono::milliseconds timeout, pool_time now) const;

    // lender_work.cpp: the threads of the pool
    void summon_worker(const lock& held);
    void work();
    void connect_one(lock& held);
    void close_one(lock& held, slot_number slot);
    void sleep_until_work(lock& held, pool_time now);

    const pool_config config_;
    std::mutex mutex_;
    pool_core core_;
    // By slot; touched by whoever the slot belongs to.
    std::vector<std::optional<closing_waiter>> seams_; // through which the connections wait
    std::vector<std::optional<connection>> connections_;
    connect_failure failure_; // the last one
    std::condition_variable work_, progress_;
    std::vector<std::thread> workers_;
    std::size_t sleeping_workers_ = 0, busy_limit_;
    bool failing_ = false; // no connect has succeeded since failure_
    bool abandoned_ = false, stop_ = false;
    std::atomic<bool> closing_{false};
};

/// Now, as pool_core counts: from a clock that ticks every few milliseconds but costs a fifth of one that is
/// exact. Waits that have an end use the steady clock itself.
[[nodiscard]] pool_time coarse_now() noexcept;

} // namespace howdah::detail

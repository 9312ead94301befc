// SPDX-License-Identifier: BSL-1.0
//
// How a run ends before its time: whoever called migrate() asks for it from another thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

#include <howdah/connection.hpp>
#include <howdah/stop_request.hpp>

namespace howdah::detail {

/// Cancels on the server what a run does there when its stop is asked for.
class migration_stop {
public:
    /// With a thread of its own, if `stop` can be asked for at all.
    migration_stop(connection& on, const stop_request& stop);
    migration_stop(const migration_stop&) = delete;
    ~migration_stop();

    [[nodiscard]] bool requested() const noexcept { return token_.stop_requested(); }
    /// Does `work`, one statement on the connection. Once the stop is asked for nothing begins and what is under way is
    /// cancelled; both throw server_error (query_canceled).
    void guard(const std::function<void()>& work);
    /// Is this failure the answer to a stop?
    [[nodiscard]] bool caused(const server_error& failure) const noexcept {
        return requested() && failure.sqlstate() == sqlstates::query_canceled;
    }
    /// Returns early if the stop is asked for.
    void sleep(std::chrono::milliseconds time);

private:
    void watch();

    connection& on_;
    std::stop_token token_;
    std::mutex mutex_;
    std::condition_variable_any wake_;
    bool under_way_ = false, ends_ = false;
    std::thread watcher_;
};

} // namespace howdah::detail

// SPDX-License-Identifier: BSL-1.0
//
// Who uses a session now: one caller at a time.
#pragma once

#include <atomic>

namespace howdah::detail {

inline constexpr const char* for_another_thread =
    "this connection is running a statement for another thread; take one connection per thread, or a pool";

/// Marks a session as in use; whoever comes meanwhile is refused with a usage_error that says `why`.
class turn {
public:
    explicit turn(std::atomic<const char*>& in_use, const char* why = for_another_thread) : in_use_(in_use) {
        const char* taken = nullptr;
        if (!in_use_.compare_exchange_strong(taken, why, std::memory_order_acquire)) refuse(taken);
    }
    turn(const turn&) = delete;
    turn& operator=(const turn&) = delete;
    ~turn() { in_use_.store(nullptr, std::memory_order_release); }

private:
    [[noreturn]] static void refuse(const char* taken);
    std::atomic<const char*>& in_use_;
};

} // namespace howdah::detail

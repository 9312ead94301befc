// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <howdah/wait.hpp>

namespace howdah::detail {

/// The waiter of a connection that was given none: poll(2) beside a timer of its own, timerfd_create(2).
///
/// A time limit of poll() is a timer that the kernel starts and stops with every call, which costs a statement more
/// than all the rest of howdah. This timer stays: it is set to the deadline of one wait, is left as it is by those of
/// later deadlines, and is set anew when it fires. Waits for one thread at a time.
class timer_waiter final : public waiter {
public:
    timer_waiter() = default;
    timer_waiter(const timer_waiter&) = delete;
    timer_waiter& operator=(const timer_waiter&) = delete;
    ~timer_waiter();

    /// As waiter says. Where the system has no timer to give it waits as polling_waiter() does.
    bool wait(int socket, interest what, deadline until) override;

private:
    [[nodiscard]] bool set(deadline until) noexcept;

    int timer_ = -1;                      // its descriptor
    deadline fires_at_ = deadline::max(); // never after the deadline that is waited for; max: not set
};

} // namespace howdah::detail

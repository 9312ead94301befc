// SPDX-License-Identifier: BSL-1.0
#include <howdah/wait.hpp>

#include <poll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdint>
#include <ctime>
#include <iterator>

#include "timer_waiter.hpp"

namespace howdah {

[[gnu::hot]] deadline deadline_in(std::chrono::milliseconds from_now) noexcept {
    constexpr std::chrono::milliseconds ever =
        std::chrono::hours(24 * 365 * 100); // the clock counts for longer
    return from_now > ever ? deadline::max() : std::chrono::steady_clock::now() + from_now;
}

waiter::~waiter() = default;

namespace {

pollfd entry_for(int socket, interest what) noexcept {
    pollfd entry{socket, 0, 0};
    if (what != interest::write) entry.events |= POLLIN;
    if (what != interest::read) entry.events |= POLLOUT;
    return entry;
}

class poll_waiter final : public waiter {
    static int milliseconds_until(deadline until) noexcept {
        const auto left = (until - std::chrono::steady_clock::now()).count(); // nanoseconds
        if (left <= 0) return 0;
        // Rounded up: a wait that ended early would spin through its last millisecond.
        return static_cast<int>(std::min<std::int64_t>((left - 1) / 1'000'000 + 1, INT_MAX));
    }

public:
    bool wait(int socket, interest what, deadline until) override {
        pollfd entry = entry_for(socket, what);
        for (;;) {
            const int left = milliseconds_until(until);
            const int ready = ::poll(&entry, 1, left);
            if (ready > 0) return true;
            // Any other failure is left to the next read of the socket, which says more.
            if (ready < 0 && errno != EINTR) return true;
            if (ready == 0 && left < INT_MAX) return false;
        }
    }
};

constinit poll_waiter polling;

} // namespace

waiter& polling_waiter() noexcept {
    return polling;
}

namespace detail {

timer_waiter::~timer_waiter() {
    if (timer_ >= 0) ::close(timer_);
}

/// Sets the timer, which has not fired then. False if there is none to be had.
[[gnu::cold, gnu::noinline]] bool timer_waiter::set(deadline until) noexcept {
    using std::chrono::nanoseconds;
    itimerspec when{}; // all zero: never
    if (until != deadline::max()) {
        const auto since_start = std::max<std::int64_t>(nanoseconds(until.time_since_epoch()).count(), 1);
        when.it_value = {static_cast<std::time_t>(since_start / 1'000'000'000),
                         static_cast<long>(since_start % 1'000'000'000)};
    }
    if (timer_ < 0) timer_ = ::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    fires_at_ = until;
    if (timer_ >= 0 && ::timerfd_settime(timer_, TFD_TIMER_ABSTIME, &when, nullptr) == 0) return true;
    timer_ = -1; // whoever closed it may have got the number for something else
    fires_at_ = deadline::max();
    return false;
}

[[gnu::hot]] bool timer_waiter::wait(int socket, interest what, deadline until) {
    if (until < fires_at_ && !set(until)) return polling.wait(socket, what, until);
    pollfd entries[]{entry_for(socket, what), {timer_, POLLIN, 0}};
    for (;;) {
        const int ready = ::poll(entries, std::size(entries), -1);
        if (ready < 0 && errno == EINTR) continue;
        // Any other failure is left to the next read of the socket, which says more.
        if (ready < 0 || entries[0].revents != 0) return true;
        if (std::chrono::steady_clock::now() >= until) return false;
        // The timer fired for an earlier wait.
        if (!set(until)) return polling.wait(socket, what, until);
    }
}

} // namespace detail

} // namespace howdah

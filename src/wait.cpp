// SPDX-License-Identifier: BSL-1.0
#include <howdah/wait.hpp>

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdint>

namespace howdah {

[[gnu::hot]] deadline deadline_in(std::chrono::milliseconds from_now) noexcept {
    constexpr std::chrono::milliseconds ever =
        std::chrono::hours(24 * 365 * 100); // the clock counts for longer
    return from_now > ever ? deadline::max() : std::chrono::steady_clock::now() + from_now;
}

waiter::~waiter() = default;

namespace {

class poll_waiter final : public waiter {
    static int milliseconds_until(deadline until) noexcept {
        const auto left = (until - std::chrono::steady_clock::now()).count(); // nanoseconds
        if (left <= 0) return 0;
        // Rounded up: a wait that ended early would spin through its last millisecond.
        return static_cast<int>(std::min<std::int64_t>((left - 1) / 1'000'000 + 1, INT_MAX));
    }

public:
    [[gnu::hot]] bool wait(int socket, interest what, deadline until) override {
        pollfd entry{socket, 0, 0};
        if (what != interest::write) entry.events |= POLLIN;
        if (what != interest::read) entry.events |= POLLOUT;
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

} // namespace howdah

// SPDX-License-Identifier: BSL-1.0
#include <howdah/wait.hpp>

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <climits>

namespace howdah {

deadline deadline_in(std::chrono::milliseconds from_now) noexcept {
    const auto now = std::chrono::steady_clock::now();
    const auto most = std::chrono::duration_cast<std::chrono::milliseconds>(deadline::max() - now);
    return from_now >= most ? deadline::max() : now + from_now;
}

waiter::~waiter() = default;

namespace {

class poll_waiter final : public waiter {
    static int milliseconds_until(deadline until) noexcept {
        // Rounded up: a wait that ended early would spin through its last millisecond.
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now()).count();
        return static_cast<int>(std::clamp<long long>(left, 0, INT_MAX));
    }

public:
    bool wait(int socket, interest what, deadline until) override {
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

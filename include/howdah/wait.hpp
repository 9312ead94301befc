// SPDX-License-Identifier: BSL-1.0
//
// The one seam through which howdah waits: for a socket, in one direction or both, until a deadline. A host
// with an event loop or a fibre scheduler implements `waiter` and puts it into connection_config; howdah then
// never blocks a thread of its own accord.
#pragma once

#include <chrono>

namespace howdah {

/// The moment at which a wait ends without what it waited for. On the steady clock, so that a jump of the
/// system clock moves none.
using deadline = std::chrono::steady_clock::time_point;

/// The deadline `from_now` away, saturating instead of overflowing.
[[nodiscard]] deadline deadline_in(std::chrono::milliseconds from_now) noexcept;

/// What a wait is for.
enum class interest : unsigned char { read = 1, write = 2, read_or_write = 3 };

/// Waits for sockets. wait() may be called from any thread that uses a connection, also from several at once.
class waiter {
public:
    virtual ~waiter();
    /// Returns true once `socket` is ready for (part of) `what`, also when it failed or was closed; false
    /// when `until` has passed. Must not throw after reading from the socket; may throw to abandon the
    /// statement, which costs the connection.
    virtual bool wait(int socket, interest what, deadline until) = 0;
};

/// poll(2) in the calling thread. Lives for ever. A connection that is given no waiter waits in the same way, but
/// keeps its deadlines by a timer of its own.
[[nodiscard]] waiter& polling_waiter() noexcept;

} // namespace howdah

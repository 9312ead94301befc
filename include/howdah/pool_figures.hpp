// SPDX-License-Identifier: BSL-1.0
//
// pool_figures: what a pool is doing and has done, as numbers for a log line or a metrics page.
//
//     const auto now = pool.figures();
//     log("{} of {} connections in use, {} waiting", now.in_use, now.max_size, now.waiting);
//
// A snapshot: plain values that belong to the caller.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace howdah {

/// All figures of one moment. The counters run from the construction of the pool.
struct pool_figures {
    std::size_t max_size = 0;
    std::size_t total = 0;      ///< sessions at the server: idle, in use, being connected or being closed
    std::size_t idle = 0;       ///< ready to be lent
    std::size_t in_use = 0;     ///< lent
    std::size_t connecting = 0; ///< being connected
    std::size_t waiting = 0;    ///< threads that wait for a connection

    std::uint64_t acquired = 0;         ///< loans
    std::uint64_t waited = 0;           ///< of those: after waiting, because no connection was idle
    std::uint64_t timeouts = 0;         ///< waits that ended without a connection
    std::uint64_t created = 0;          ///< connections made
    std::uint64_t connect_failures = 0; ///< attempts to connect that failed

    std::uint64_t closed_idle = 0;     ///< closed because unused for idle_timeout
    std::uint64_t closed_lifetime = 0; ///< closed because older than max_lifetime
    std::uint64_t closed_lost = 0;     ///< closed because the server or the network had ended them
    std::uint64_t closed_unclean = 0;  ///< closed because they could not be made clean for the next user
    std::uint64_t closed_shutdown = 0; ///< closed together with the pool

    std::chrono::milliseconds longest_wait{0}; ///< of all waits that ended with a connection
    std::chrono::milliseconds oldest_loan{0};  ///< age of the oldest loan that lasts; 0: none does
};

} // namespace howdah

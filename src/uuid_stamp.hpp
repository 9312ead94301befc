// SPDX-License-Identifier: BSL-1.0
//
// The strictly rising part of version 7 identifiers: 48 bits of milliseconds and 16 bits of counter in one
// word.
#pragma once

#include <atomic>
#include <cstdint>

namespace howdah::detail {

/// Returns a stamp greater than every one returned before for this `state`. A new millisecond starts its
/// counter at `seed`, of which 15 bits count, so that half of the counter is left; a counter that overflows
/// carries into the milliseconds, and a clock that steps back is not followed (RFC 9562, section 6.2). Thread
/// safe, and without a lock that a fork could leave taken.
inline std::uint64_t next_stamp(std::atomic<std::uint64_t>& state, std::uint64_t unix_ms,
                                std::uint64_t seed) noexcept {
    const auto fresh = unix_ms << 16 | (seed & 0x7FFF);
    auto before = state.load(std::memory_order_relaxed);
    std::uint64_t next;
    do next = unix_ms > before >> 16 ? fresh : before + 1;
    while (!state.compare_exchange_weak(before, next, std::memory_order_relaxed));
    return next;
}

} // namespace howdah::detail

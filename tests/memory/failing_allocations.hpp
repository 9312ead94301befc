// SPDX-License-Identifier: BSL-1.0
//
// Allocations that fail on demand. Linked into a program, this replaces operator new and delete of all of it.
#pragma once

#include <cstddef>

namespace howdah::test {

/// Which allocations throw std::bad_alloc.
enum class shortage : unsigned char {
    once,     ///< one of them
    from_then ///< that and all that follow
};
/// Of which threads.
enum class victims : unsigned char { this_thread, other_threads };

/// While it lives, the allocation number `nth` (from 1) of the victims fails. One at a time in a program.
class failing_allocation {
public:
    explicit failing_allocation(std::size_t nth, shortage how = shortage::once,
                                victims whose = victims::this_thread) noexcept;
    failing_allocation(const failing_allocation&) = delete;
    failing_allocation& operator=(const failing_allocation&) = delete;
    ~failing_allocation() { end(); }

    /// Lets every allocation succeed again.
    void end() noexcept;
    /// Has one failed?
    [[nodiscard]] bool happened() const noexcept;
};

} // namespace howdah::test

// SPDX-License-Identifier: BSL-1.0
//
// The policy of the pool as a state machine: which connection is lent to whom, which one is closed and when
// another is made. It knows no clock, no thread and no libpq: time comes in as milliseconds, slots are
// numbers, and what has to be done is asked for. The pool calls it under its mutex.
//
//     empty -> connecting -> idle <-> in_use -> doomed -> closing -> empty
//
// A slot that becomes free is handed to the first waiter, so nobody overtakes: while someone waits, no slot
// is idle.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include <howdah/pool_figures.hpp>

namespace howdah::detail {

/// Milliseconds of a clock that never goes back.
using pool_time = std::int64_t;
inline constexpr pool_time pool_time_never = std::numeric_limits<pool_time>::max();

using slot_number = std::uint32_t;
inline constexpr slot_number no_slot = std::numeric_limits<slot_number>::max();

struct pool_limits {
    std::size_t max_size = 1, min_idle = 0;
    std::size_t connects_at_once = 1;
    pool_time idle_timeout = 0;     ///< 0: none
    pool_time max_lifetime = 0;     ///< 0: none
    pool_time look_after_idle = 0;  ///< look at the socket before lending
    pool_time check_after_idle = 0; ///< ask the server before lending
};

/// What has to be done with a connection before its borrower gets it.
enum class loan_check : std::uint8_t { none, look, ask };

/// A connection that was lent; slot == no_slot: none is free.
struct loan {
    slot_number slot = no_slot;
    loan_check check = loan_check::none;
};

/// In which condition a connection comes back.
enum class connection_condition : std::uint8_t { clean, unclean, lost };

/// Someone who waits. Lives at the waiting thread; the core links it into its queue.
struct pool_waiter {
    enum class fate : std::uint8_t { waiting, served, refused, closed };
    pool_waiter *previous = nullptr, *next = nullptr;
    std::uintptr_t holder = 0; ///< who it is, in the caller's terms
    pool_time since = 0;
    loan got{};
    fate what = fate::waiting;
};

class pool_core {
public:
    explicit pool_core(const pool_limits& limits);

    // Lending. `holder` is any number that tells threads apart.

    /// Lends the connection that was used last, unless someone waits already.
    [[nodiscard]] loan try_lend(pool_time now, std::uintptr_t holder) noexcept;
    /// Puts a waiter at the end of the queue; at its front if it has lost its turn to a dead connection.
    void enqueue(pool_waiter& who, pool_time now, bool at_front) noexcept;
    /// Takes a waiter out of the queue whose patience has ended.
    void withdraw(pool_waiter& who) noexcept;
    /// Takes a lent connection back. Returns the waiter that has now got it, if any.
    [[nodiscard]] pool_waiter* give_back(slot_number slot, pool_time now, connection_condition how) noexcept;
    /// Takes back a connection that did not pass its loan_check: that was no loan.
    void reject(slot_number slot) noexcept;

    // Work: for threads that connect and close.

    /// How many connections should be begun now.
    [[nodiscard]] std::size_t connects_wanted(pool_time now) const noexcept;
    /// True if connections are wanted that a recent failure delays.
    [[nodiscard]] bool backing_off() const noexcept { return failures_ > 0 && wants_more(); }
    [[nodiscard]] slot_number begin_connect() noexcept;
    /// `jitter`, from 0 to 1, spreads the ends of lives. Returns the waiter that has now got the connection.
    [[nodiscard]] pool_waiter* connected(slot_number slot, pool_time now, double jitter) noexcept;
    /// Returns the waiters that have to be told (linked by `next`): all, if the failure is one that waiting
    /// does not mend and no connection is open.
    [[nodiscard]] pool_waiter* connect_failed(slot_number slot, pool_time now, bool permanent,
                                              double jitter) noexcept;
    /// Dooms idle connections that are too old or have been idle for too long.
    void sweep(pool_time now) noexcept;
    [[nodiscard]] bool has_doomed() const noexcept { return !doomed_.empty(); }
    /// A connection to close; no_slot: none. closed() is to follow.
    [[nodiscard]] slot_number take_doomed() noexcept;
    void closed(slot_number slot) noexcept;
    /// When a worker without work should look again.
    [[nodiscard]] pool_time next_look(pool_time now) const noexcept;

    /// Ends lending for ever. Returns the waiters that have to be told, linked by `next`.
    [[nodiscard]] pool_waiter* close() noexcept;
    [[nodiscard]] bool is_closed() const noexcept { return is_closed_; }
    [[nodiscard]] bool anything_lent() const noexcept { return figures_.in_use > 0; }
    /// True if no session is left at the server.
    [[nodiscard]] bool drained() const noexcept { return free_.size() == slots_.size(); }

    [[nodiscard]] pool_figures figures(pool_time now) const noexcept;
    /// True if `holder` itself has borrowed every connection that the pool may have.
    [[nodiscard]] bool all_held_by(std::uintptr_t holder) const noexcept;

private:
    enum class phase : std::uint8_t { empty, connecting, idle, in_use, doomed, closing };
    struct slot {
        pool_time since = 0; ///< of being idle or lent
        pool_time expires = pool_time_never;
        std::uint64_t generation = 0;
        std::uintptr_t holder = 0;
        phase what = phase::empty;
    };

    [[nodiscard]] loan lend(slot_number number, pool_time now, std::uintptr_t holder) noexcept;
    [[nodiscard]] pool_waiter* place(slot_number number, pool_time now) noexcept;
    void doom(slot_number number, std::uint64_t pool_figures::* reason) noexcept;
    [[nodiscard]] pool_waiter* tell_all(pool_waiter::fate what) noexcept;
    void unlink(pool_waiter& who) noexcept;
    [[nodiscard]] bool wants_more() const noexcept;

    pool_limits limits_;
    std::vector<slot> slots_;
    std::vector<slot_number> idle_; ///< the one used last at the end
    std::vector<slot_number> free_, doomed_;
    pool_waiter *first_ = nullptr, *last_ = nullptr;
    pool_figures figures_;
    std::uint64_t generation_ = 0; ///< counts lost connections: older ones are suspect until asked
    std::size_t owed_ = 0; ///< a connection is wanted although its waiter has gone before it was begun
    pool_time retry_at_ = 0;
    unsigned failures_ = 0; ///< of connecting, in a row
    bool is_closed_ = false;
};

} // namespace howdah::detail

// SPDX-License-Identifier: BSL-1.0
//
// pool: connections lent to threads, first come first served.
//
//     howdah::pool db{howdah::pool_config::from_environment()};
//     howdah::execute(db, "delete from sessions where expires < now()");     // borrows one for a statement
//     auto ada = db.transact([&](howdah::transaction& tx) { return users.insert(tx, new_user{...}); });
//     auto borrowed = db.acquire();                                          // gives it back when destroyed
//
// A pool may be used from any number of threads at once, and is a handle: copies share one pool, which ends
// when the last copy and the last borrowed connection are gone. Connections are opened and closed by up to
// four threads of the pool's own, which are started when first needed and sleep while there is nothing to do;
// acquire() never connects in the calling thread, so that its timeout does not depend on the network.
//
// Making a pool connects to nothing (with min_idle: not before the constructor returns). A server that is
// down is tried again, at most ten times a second, for as long as somebody waits.
#pragma once

#include <chrono>
#include <cstdint>
#include <type_traits>
#include <utility>

#include <howdah/connection.hpp>
#include <howdah/detail/owner.hpp>
#include <howdah/executor.hpp>
#include <howdah/pool_config.hpp>
#include <howdah/pool_figures.hpp>
#include <howdah/transaction.hpp>

namespace howdah {

namespace detail {
class lender;
}

/// A borrowed connection; goes back to its pool when destroyed. Belongs to one thread at a time, like the
/// connection. Works wherever an executor or a connection is asked for. May outlive the pool's handles.
class pooled_connection {
public:
    pooled_connection(pooled_connection&& other) noexcept
        : owner_(other.owner_), lent_(other.lent_), slot_(other.slot_) {
        other.forget();
    }
    pooled_connection& operator=(pooled_connection&& other) noexcept;
    ~pooled_connection() {
        if (owner_ != nullptr) give_back();
    }

    /// The connection; not after it was moved from or released.
    [[nodiscard]] connection& operator*() const noexcept { return *lent_; }
    [[nodiscard]] connection* operator->() const noexcept { return lent_; }
    operator connection&() const noexcept { return *lent_; }

    /// Gives the connection back now. No effect the second time. Like the destructor it rolls back an open
    /// transaction and cleans the session if need be, within reset_timeout, and lets the pool close a
    /// connection for which that fails.
    void release() noexcept {
        if (owner_ != nullptr) give_back();
    }
    /// False after release() or a move from it.
    [[nodiscard]] explicit operator bool() const noexcept { return owner_ != nullptr; }

private:
    friend class detail::lender;
    pooled_connection(detail::lender* owner, connection* lent, std::uint32_t slot) noexcept
        : owner_(owner), lent_(lent), slot_(slot) {}
    void forget() noexcept {
        owner_ = nullptr;
        lent_ = nullptr;
    }
    void give_back() noexcept;

    detail::lender* owner_;
    connection* lent_;
    std::uint32_t slot_;
};

/// A bounded set of connections. See the beginning of this file.
class pool final : public executor {
public:
    /// Throws usage_error naming everything that is wrong with the configuration.
    explicit pool(pool_config config);

    /// Borrows a connection, waiting for up to acquire_timeout, or the time given. Who came first is served
    /// first. Throws
    /// - connection_error of kind acquire_timeout if no connection became free in time; what() says how many
    ///   are in use, for how long, and how many wait;
    /// - connection_error of the kind that connecting failed with if no connection is open: at once when
    ///   waiting does not mend it (authentication, no such database, TLS), else when the time is over;
    /// - usage_error if the pool is closed, or the url of its configuration cannot be used.
    [[nodiscard]] pooled_connection acquire();
    [[nodiscard]] pooled_connection acquire(std::chrono::milliseconds timeout);

    /// howdah::transact() on a borrowed connection.
    template <class Work> auto transact(Work&& work) -> std::invoke_result_t<Work&, transaction&> {
        return transact(transaction_options{}, std::forward<Work>(work));
    }
    template <class Work>
    auto transact(const transaction_options& options, Work&& work)
        -> std::invoke_result_t<Work&, transaction&> {
        const auto borrowed = acquire();
        return howdah::transact(*borrowed, options, std::forward<Work>(work));
    }

    /// A snapshot of all figures.
    [[nodiscard]] pool_figures figures() const;
    /// Ends lending: who waits and who comes later is told with usage_error; idle connections are closed now,
    /// borrowed ones when they come back, for which it waits up to `drain`. Returns true if all are closed.
    /// May be called again.
    bool close(std::chrono::milliseconds drain = std::chrono::milliseconds{2'000});
    /// As given to the constructor. Lives as long as the pool.
    [[nodiscard]] const pool_config& config() const noexcept;

private:
    result do_run(const statement& what, const parameters& values) override;
    void do_run_together(void (*work)(void* context, executor& on), void* context) override;
    connection_loan do_borrow() override;
    detail::shared<detail::lender> owner_;
};

} // namespace howdah

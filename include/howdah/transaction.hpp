// SPDX-License-Identifier: BSL-1.0
//
// transaction: everything or nothing. It begins when constructed and is rolled back when destroyed, unless
// commit() was called.
//
//     const auto ada = howdah::transact(db, [&](howdah::transaction& tx) {     // commits, or rolls back
//         return users.insert(tx, new_user{.email = "ada@example.org"});
//     });
//
// A transaction borrows its connection and must not outlive it. Like the connection it belongs to one thread
// at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <howdah/connection.hpp>
#include <howdah/error.hpp>
#include <howdah/executor.hpp>
#include <howdah/retry.hpp>

namespace howdah {

namespace detail {
struct transaction_access; // src/copy_rows.cpp
}

/// What a transaction sees of concurrent ones (PostgreSQL manual, "Transaction Isolation"). server_default:
/// what default_transaction_isolation says, read committed unless it was changed.
enum class isolation_level : std::uint8_t { server_default, read_committed, repeatable_read, serializable };

/// Whether a transaction may change anything. server_default: what default_transaction_read_only says.
enum class access_mode : std::uint8_t { server_default, read_write, read_only };

/// How a transaction begins and, for transact(), how often it is tried.
struct transaction_options {
    isolation_level isolation = isolation_level::server_default;
    access_mode access = access_mode::server_default;
    /// Wait for a moment at which a serializable, read only transaction cannot fail. No effect on others.
    bool deferrable = false;
    /// For transact(): run the closure again after a serialization failure (40001) or a deadlock (40P01).
    retry_policy retry{};
};

/// One transaction on one connection.
class transaction final : public executor {
public:
    /// Begins at once. Throws usage_error if the connection is in a transaction already (use a savepoint),
    /// and what executor::run throws if the server cannot be asked.
    explicit transaction(connection& on, const transaction_options& options = {});
    /// Rolls back unless committed or rolled back. Waits no longer than the connection's cancel_timeout; a
    /// connection that could not be rolled back by then is left as it is, and a pool discards it.
    ~transaction() override;
    transaction(const transaction&) = delete;
    transaction& operator=(const transaction&) = delete;

    /// Makes the changes durable. Throws
    /// - server_error 25P02 if an earlier statement failed: the server then answers COMMIT with ROLLBACK;
    /// - server_error of another kind if COMMIT itself was refused (a deferred constraint, a serialization
    ///   failure): nothing was applied;
    /// - connection_error whose commit_unknown() is true if COMMIT was sent and its answer never came: the
    ///   changes may or may not be there. Never run such a transaction again without looking first;
    /// - usage_error if the transaction has ended before.
    void commit();
    /// Undoes the changes. Throws usage_error if the transaction has ended before, and what executor::run
    /// throws if the server cannot be asked; it rolls back by itself then.
    void rollback();
    /// True until commit() or rollback() was called.
    [[nodiscard]] bool open() const noexcept { return phase_ == phase::open; }

private:
    friend class savepoint;
    friend struct detail::transaction_access;
    enum class phase : std::uint8_t { open, committed, rolled_back, unknown };

    result do_run(const statement& what, const parameters& values) override;
    connection_loan do_borrow() override;
    void require_open(std::string_view wish) const;
    void abandon() noexcept;
    result send_commit();
    [[noreturn]] void commit_unanswered(const std::string& reason, connection_failure kind,
                                        const std::string& text, std::optional<sqlstate_code> state);

    connection& connection_;
    phase phase_ = phase::open;
    unsigned savepoints_ = 0, depth_ = 0; // ever set, and set now
};

/// A point inside a transaction to which it goes back unless release() was called: a statement that failed
/// after it does not cost the transaction. Savepoints nest like the scopes they live in.
///
///     howdah::savepoint attempt{tx};
///     try { users.insert(tx, ada); attempt.release(); }
///     catch (const howdah::server_error&) { attempt.rollback(); }      // tx is usable again
class savepoint {
public:
    /// Sets the point. Throws what transaction::run throws. Must not outlive the transaction.
    explicit savepoint(transaction& within);
    /// Goes back to the point unless released or rolled back. Bounded like ~transaction().
    ~savepoint();
    savepoint(const savepoint&) = delete;
    savepoint& operator=(const savepoint&) = delete;

    /// Keeps what was done since. Throws server_error 25P02 if a statement failed since (rollback() then),
    /// usage_error if this savepoint has ended or one inside it has not.
    void release();
    /// Undoes what was done since; the transaction is usable afterwards, also after a failed statement.
    /// Throws usage_error as release() does.
    void rollback();

private:
    void require_innermost(std::string_view wish) const;
    void end() noexcept;
    void send(std::string_view command);

    transaction& within_;
    std::string name_;
    unsigned depth_;
    bool set_ = true;
};

namespace detail {
/// Decides after a failed attempt of transact() whether there is another one, and waits before it through
/// the connection's waiter.
class transaction_attempts {
public:
    transaction_attempts(connection& on, const retry_policy& policy) : on_(on), pauses_(policy) {}
    [[nodiscard]] bool another_after(const server_error& failure);

private:
    connection& on_;
    backoff pauses_;
};
} // namespace detail

/// Runs `work(transaction&)` inside a transaction, commits, and returns what it returned. An exception rolls
/// back and comes out unchanged. With options.retry, `work` is run again from its start when the server
/// reports a serialization failure or a deadlock, so it must have no effects outside the database; when the
/// attempts are used up, the last server_error comes out. A COMMIT without an answer is never retried.
template <class Work>
auto transact(connection& on, const transaction_options& options, Work&& work)
    -> std::invoke_result_t<Work&, transaction&> {
    using answer_type = std::invoke_result_t<Work&, transaction&>;
    for (detail::transaction_attempts attempts(on, options.retry);;) {
        try {
            transaction tx(on, options);
            if constexpr (std::is_void_v<answer_type>) {
                work(tx);
                return tx.commit();
            } else {
                answer_type answer = work(tx);
                tx.commit();
                return answer;
            }
        } catch (const server_error& failure) {
            if (!attempts.another_after(failure)) throw;
        }
    }
}

/// The same with the default options.
template <class Work>
auto transact(connection& on, Work&& work) -> std::invoke_result_t<Work&, transaction&> {
    return transact(on, transaction_options{}, std::forward<Work>(work));
}

} // namespace howdah

// SPDX-License-Identifier: BSL-1.0
//
// The inside of a connection: one libpq handle, the loops that send, wait and receive, and what is known of
// the session.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include <howdah/connection.hpp>

#include "pq_handles.hpp"
#include "statement_cache.hpp"

namespace howdah {

struct connection::session {
    explicit session(connection_config configuration);

    // connect.cpp
    void open();
    void pin_settings();

    // session.cpp: the loops
    [[nodiscard]] waiter& seam() const noexcept;
    void wait(interest what, deadline until);
    void flush(deadline until);
    [[nodiscard]] detail::result_handle next_result(deadline until);
    /// What COPY FROM STDIN is sent.
    struct copy_source {
        std::string_view data;
        std::size_t sent = 0;
        bool asked = false, ended = false;
        bool stopped = false; ///< the rest is not sent: the deadline has passed
    };
    /// What has come of an answer so far; a deadline may interrupt the receiving, which then goes on where it was.
    struct reception {
        detail::result_handle last, failure; ///< the last result, and the first error
        bool copied = false;                 ///< a COPY that nobody wanted
        copy_source* source = nullptr;       ///< for a COPY that is wanted
    };
    void receive(reception& into, deadline until);
    /// Calls `receiving(until)` and, when its deadline passes, cancels the statement and calls it once more.
    void receive_or_cancel(std::string_view text, deadline until,
                           const std::function<void(deadline)>& receiving);
    /// The last result of what was sent. Throws the first error, once all is received.
    [[nodiscard]] detail::result_handle answer(std::string_view text, deadline until);
    void simple(std::string_view commands, deadline until);
    [[noreturn]] void lose(bool during_commit = false);
    void refuse_copy(const PGresult* copy, deadline until);
    void send_copy(copy_source& from, deadline until);
    [[nodiscard]] std::size_t copy_in(std::string_view command, std::string_view data, deadline until);

    // statements.cpp: prepared and unnamed statements
    [[nodiscard]] result run(const statement& what, const parameters& values, deadline until);
    /// `forgotten` receives the name of a statement that ran before and is of no use now.
    [[nodiscard]] result run_once(const statement& what, const parameters& values, deadline until,
                                  std::string& forgotten);
    void receive_description(detail::known_statement& of, detail::result_handle& failure, deadline until);
    [[nodiscard]] detail::known_statement& learn(const statement& what,
                                                 std::span<const parameters::entry> values, deadline until);
    /// The same, and the plan that what.reading asks for.
    [[nodiscard]] detail::known_statement& learn_to_read(const statement& what,
                                                         std::span<const parameters::entry> values,
                                                         deadline until,
                                                         std::shared_ptr<const detail::reading_plan>& plan);
    void send(const statement& what, const parameters& values, const detail::known_statement* known,
              format encoding);
    void note_state_left_by(std::string_view text) noexcept;

    [[nodiscard]] PGTransactionStatusType transaction_status() const noexcept;

    connection_config config;
    detail::connection_handle handle;
    std::shared_ptr<PGcancel> cancel_handle;
    detail::statement_cache statements;
    std::string pins;            ///< the SET commands that this server's defaults make necessary; empty: none
    bool dirty = false;          ///< statements may have left session state behind
    bool dirty_prepared = false; ///< the user prepared or removed statements by SQL
    bool broken = false;
    std::atomic<bool> in_use{false};
    std::string_view running; ///< the text under way, for notices
};

namespace detail {

/// Marks a session as in use by one thread; a second one is refused.
class turn {
public:
    explicit turn(std::atomic<bool>& in_use);
    turn(const turn&) = delete;
    turn& operator=(const turn&) = delete;
    ~turn() { in_use_.store(false, std::memory_order_release); }

private:
    std::atomic<bool>& in_use_;
};

/// Thrown inside the core when a wait reaches its deadline; never leaves it.
struct deadline_passed {};

struct session_access {
    using session = connection::session;
    /// Throws connection_error if it is broken or was moved from.
    static session& of(connection& on);
};

} // namespace detail

} // namespace howdah

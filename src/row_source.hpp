// SPDX-License-Identifier: BSL-1.0
//
// The rows of one statement as they come from the server: single rows, or chunks of them where libpq has those
// (PostgreSQL manual, libpq, "Retrieving Query Results in Chunks").
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "session.hpp"

namespace howdah::detail {

/// Holds the connection from its construction to the last row.
class row_source final : occupant {
public:
    /// Runs the statement and waits for its first rows. Throws as running it does; the connection is free then.
    row_source(connection_loan on, const statement& what, const parameters& values);
    row_source(const row_source&) = delete;
    row_source& operator=(const row_source&) = delete;
    ~row_source() { end(); }

    /// The rows that came last. Always this one object.
    [[nodiscard]] const result& rows() const noexcept { return rows_; }
    /// Ended from outside: what rows() still has is not to be given, and next() throws usage_error.
    [[nodiscard]] bool is_cut_short() const noexcept { return cut_short_; }
    /// Waits for the next rows, as long as nothing comes for the statement's timeout. False when there are none any
    /// more; the connection is free then, and so it is after an exception.
    [[nodiscard]] bool next();
    /// Stops the statement if it still runs, and drops what it has sent. The connection is free then, or broken.
    void end() noexcept;

private:
    void evict() noexcept override;
    void orphan() noexcept override;
    void open(const statement& what, const parameters& values);
    [[nodiscard]] bool receive_first(known_statement* known, const row_reading& reading);
    /// Throws when all is received: server_error, or connection_error if the connection is lost.
    [[nodiscard]] bool receive_rows(bool first);
    [[nodiscard]] bool take_rows();
    void note(result_handle received, deadline until);
    void drop_the_rest(deadline until);
    void refuse_failure() const;
    void release() noexcept;
    [[nodiscard]] deadline from_now() const noexcept { return deadline_in(timeout_); }

    std::optional<connection_loan> loan_; // outlives the turn
    session_access::session* session_;    // null: at the end
    std::optional<turn> turn_;
    std::string text_;
    std::chrono::milliseconds timeout_;
    bool in_transaction_;
    bool copied_ = false, begun_ = false;
    const char* cut_short_ = nullptr; // by whom
    shared<const reading_plan> plan_; // row_reader keeps a pointer to it
    result rows_;
    result_handle failure_;
};

} // namespace howdah::detail

// SPDX-License-Identifier: BSL-1.0
//
// A file that says transaction=off: statement by statement, each recorded, so that a run that was stopped goes on.
#pragma once

#include <string>

#include "migration_index.hpp"
#include "migration_session.hpp"

namespace howdah::detail {

/// Runs the statements of one file and keeps its row of the history up to date.
class migration_steps {
public:
    /// `row`: as it is to be recorded when all is done. `found`: as the history has it, if it was stopped before.
    /// `working`: the status while it runs, "running" or "undoing".
    migration_steps(migration_session& session, const runnable& script, history_row row,
                    const history_row* found, std::string working);

    /// Runs what is left. Throws migration_error and connection_error; the history then knows how far it came.
    void run(const migration_lock& lock);
    /// The row, with its statements counted, not yet recorded as done.
    [[nodiscard]] const history_row& row() const noexcept { return row_; }

private:
    void go_on();
    void replay_settings();
    void step(const sql_command& command);
    [[nodiscard]] bool run_inside(const sql_command& command);
    void run_outside(const sql_command& command);
    [[nodiscard]] bool finished_before(const sql_command& command, const concurrent_index& index);
    void done(const sql_command& command);
    [[noreturn]] void stop(const sql_command& command, const server_error& failure);
    [[nodiscard]] std::size_t number() const noexcept {
        return static_cast<std::size_t>(row_.statements_done) + 1;
    }

    migration_session& session_;
    const runnable& script_;
    history_row row_;
    const history_row* found_;
    std::string working_;
    bool first_ = false; ///< the statement is the one at which the run before was stopped
};

/// The hash of the statements that are done, one more included.
[[nodiscard]] std::string progress_hash(std::string_view before, std::string_view statement);

} // namespace howdah::detail

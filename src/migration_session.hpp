// SPDX-License-Identifier: BSL-1.0
//
// The connection of a run, and how the statements of a file are sent over it.
#pragma once

#include <chrono>
#include <exception>
#include <functional>
#include <string>
#include <string_view>

#include <howdah/connection.hpp>
#include <howdah/migration.hpp>

#include "migration_history.hpp"
#include "migration_runnable.hpp"
#include "migration_stop.hpp"

namespace howdah::detail {

/// A connection of its own that runs migrations.
class migration_session {
public:
    migration_session(const connection_config& server, const migration_options& options);

    [[nodiscard]] connection& on() noexcept { return on_; }
    [[nodiscard]] const migration_history& history() const noexcept { return history_; }
    [[nodiscard]] const migration_options& options() const noexcept { return options_; }
    [[nodiscard]] migration_stop& stop() noexcept { return stop_; }
    void tell(const migration_event& event) const {
        if (options_.on_event) options_.on_event(event);
    }

    /// The session as a new one of this user would be, whatever the file before left behind, and without the
    /// limits that are meant for the queries of a program.
    void begin_afresh(const migration_directives& directives);
    /// The SQL with which begin_afresh() does that.
    [[nodiscard]] static std::string afresh(std::chrono::milliseconds lock_timeout,
                                            std::chrono::milliseconds statement_timeout);
    /// Throws migration_error (unconfirmed) if the database is protected and not confirmed.
    void check_protection() const;

    /// Sends one command with its data; a stop cancels it. Throws what the connection throws.
    void send(const runnable& script, const sql_command& command);
    /// "file:line:column: what (SQLSTATE ...); done; how to mend it and run again", or that the run was stopped there.
    /// `mend` is what helps where the code of the error tells nothing better. Throws migration_error (sql, stopped).
    [[noreturn]] void refuse(const runnable& script, text_position at, const std::string& what,
                             const server_error& failure, const std::string& done, std::string_view mend,
                             const std::string& again) const;
    /// Throws if the command left the session in a state in which the next ones would be misread.
    void check_after(const runnable& script, const sql_command& command, bool in_transaction) const;
    /// Writes a row of the history, whatever role the file has taken: inside the open transaction, or else in one of
    /// its own.
    void keep(const history_row& row);
    /// Removes a row, in the same way.
    void forget(const std::string& version);

    /// Runs a whole script in one transaction, with `record` before its COMMIT. Begins again after a wait for a lock
    /// that took too long. Returns how long the last attempt took.
    std::chrono::milliseconds
    run_in_transaction(const runnable& script, const migration_lock& lock,
                       const std::function<void(std::chrono::milliseconds)>& record);
    /// Is another attempt worth it after attempt number `attempt`? Rolls back and pauses if so.
    [[nodiscard]] bool pause_to_retry(const server_error& failure, const runnable& script, unsigned attempt);

private:
    void run_once(const runnable& script, const migration_lock& lock, const std::function<void()>& record);
    void commit(const runnable& script);
    void hear(const server_message& said) noexcept;
    void bookkeep(const std::function<void()>& write);
    [[nodiscard]] std::string start_role();

    const migration_options& options_;
    migration_history history_;
    std::string_view heard_in_{};           ///< the file whose command runs, for what the server has to say
    std::exception_ptr thrown_at_notice_{}; ///< by on_event, kept until libpq has returned
    connection on_;
    migration_stop stop_;
    std::string watch_; ///< the SET by which the server notices that we are gone; empty: it cannot
    std::string start_user_, role_; ///< as the session began; role_ quoted, empty: not asked yet
};

/// The same failure, with the file named and what to do.
[[nodiscard]] connection_error naming(const connection_error& failure, std::string_view file,
                                      const std::string& next);

/// Does `pattern`, in which * stands for any text and ? for one character, match all of `text`?
[[nodiscard]] bool matches(std::string_view pattern, std::string_view text) noexcept;

} // namespace howdah::detail

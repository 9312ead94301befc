// SPDX-License-Identifier: BSL-1.0
//
// The closed list of exceptions that howdah throws. Outcomes that a caller branches on (absent, conflict,
// denied) are values, not exceptions.
//
//     try { users.insert(pool, ada); }
//     catch (const howdah::server_error& failure) {
//         if (failure.constraint() == "users_email_key") ...      // ask; never match texts
//         if (failure.retryable()) ...
//     }
//
// what() names the place (statement position, column, constraint, file) and the next step. It never holds a
// parameter value, a column value, a password or raw server text: those are in full_message(), which the
// caller has to ask for. Exceptions are immutable once thrown; reading one from several threads is safe.
#pragma once

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include <howdah/detail/owner.hpp>
#include <howdah/sqlstate.hpp>

namespace howdah {

/// The root of every exception that howdah throws, and the three questions that a caller asks of any of them.
class error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;

    /// True if running the whole transaction again may succeed: serialization failure, deadlock, a server
    /// that is starting, a connection lost before COMMIT was sent. Never true when commit_unknown().
    [[nodiscard]] virtual bool retryable() const noexcept { return false; }

    /// True if the connection that raised this can run further statements (inside a transaction: after a
    /// rollback).
    [[nodiscard]] virtual bool connection_usable() const noexcept { return true; }

    /// True if a COMMIT was sent and its answer never came: the transaction may or may not have been applied.
    /// Never retried.
    [[nodiscard]] virtual bool commit_unknown() const noexcept { return false; }

    /// what() together with everything that it leaves out: server texts, the offending value, the statement.
    /// For a debugger or a protected log: it may hold user data.
    [[nodiscard]] virtual std::string full_message() const { return what(); }
};

/// Why a connection could not be had, or was lost.
enum class connection_failure {
    refused,              ///< nobody listens there, or the socket file does not exist
    name_resolution,      ///< the host name is not known
    authentication,       ///< wrong user, password or pg_hba.conf rule (SQLSTATE class 28)
    no_such_database,     ///< 3D000
    tls,                  ///< TLS was asked for and could not be agreed
    too_many_connections, ///< 53300
    starting_up,          ///< 57P03: the server starts, stops or recovers
    lost,                 ///< an open connection broke
    timeout,              ///< a wait reached its deadline and the connection could not be saved
    acquire_timeout, ///< no connection of the pool became free in time; the connections themselves are well
    protocol,        ///< the other side does not speak as expected
    other,
};

/// A connection could not be established, was lost, or could not be borrowed. libpq gives no SQLSTATE for a
/// lost connection, so this class says it.
class connection_error : public error {
public:
    connection_error(connection_failure kind, const std::string& what, std::string server_text = {},
                     std::optional<sqlstate_code> state = std::nullopt, bool commit_unknown = false);

    /// Why.
    [[nodiscard]] connection_failure kind() const noexcept { return kind_; }
    /// The server's code, when it gave one.
    [[nodiscard]] std::optional<sqlstate_code> sqlstate() const noexcept { return state_; }

    /// True unless trying again cannot help: authentication, no such database, TLS, name look-up, or
    /// commit_unknown().
    [[nodiscard]] bool retryable() const noexcept override;
    [[nodiscard]] bool connection_usable() const noexcept override;
    [[nodiscard]] bool commit_unknown() const noexcept override { return commit_unknown_; }
    [[nodiscard]] std::string full_message() const override;

private:
    connection_failure kind_;
    std::optional<sqlstate_code> state_;
    bool commit_unknown_;
    detail::shared<const std::string> server_text_;
};

/// Every field that the server sends with an error (PostgreSQL manual, section "Error and Notice Message
/// Fields").
struct server_message {
    std::string severity{};
    sqlstate_code sqlstate{};
    std::string message{}, detail{}, hint{}, context{};
    std::string schema{}, table{}, column{}, data_type{}, constraint{};
    std::size_t position = 0;         ///< in characters, from 1, of `statement`; 0: none
    std::string statement{};          ///< the text that was sent, as far as it is known
    std::optional<std::size_t> row{}; ///< of those that COPY was given, from 0, where the server names one
    std::string
        place{}; ///< which one that was, if not the only one: "statement 3 of the pipeline (update ...)"
};

/// The line and column of the `position`-th character (from 1) of a text: what an editor shows.
struct text_position {
    std::size_t line = 1, column = 1; ///< both from 1; the column counts characters, not bytes
};
[[nodiscard]] text_position locate(std::string_view text, std::size_t position) noexcept;

/// The server refused a statement. The connection is usable afterwards, save for the codes that end a
/// session.
class server_error : public error {
public:
    /// Makes what() from names and places alone.
    explicit server_error(server_message message);

    [[nodiscard]] const sqlstate_code& sqlstate() const noexcept { return message_->sqlstate; }
    /// The names that the server reports with constraint and type errors; empty where it reports none.
    [[nodiscard]] const std::string& constraint() const noexcept { return message_->constraint; }
    [[nodiscard]] const std::string& table() const noexcept { return message_->table; }
    [[nodiscard]] const std::string& column() const noexcept { return message_->column; }
    [[nodiscard]] const std::string& schema() const noexcept { return message_->schema; }
    /// The row that COPY was at (howdah/copy.hpp), from 0; nothing where the server names none.
    [[nodiscard]] std::optional<std::size_t> row() const noexcept { return message_->row; }
    /// Every field as received. Untrusted text that may hold user data.
    [[nodiscard]] const server_message& message() const noexcept { return *message_; }

    /// True for 40001, 40P01, 55P03, 53300, 57P01 to 57P03 and class 08.
    [[nodiscard]] bool retryable() const noexcept override;
    [[nodiscard]] bool connection_usable() const noexcept override;
    [[nodiscard]] std::string full_message() const override;

private:
    detail::shared<const server_message> message_;
};

/// A value or a result does not fit the C++ type that was asked for: missing column, wrong type, NULL where
/// the field is not optional, a text that is no timestamp, a domain class that refused its value.
class decode_error : public error {
public:
    /// `reason` holds no value; `value` is the offending text (as much as is useful), shown by full_message()
    /// alone. `offset` counts bytes from 0 in `value`; npos when no single place is to blame.
    explicit decode_error(std::string reason, std::string value = {}, std::size_t offset = npos);

    static constexpr std::size_t npos = static_cast<std::size_t>(-1);

    /// The same failure, placed: `column` names the column or field, `row` counts from 0 (npos: unknown).
    [[nodiscard]] decode_error at(std::string_view column, std::size_t row = npos) const;

    /// As at() says; column() is empty and row() is npos where that is unknown.
    [[nodiscard]] const std::string& column() const noexcept { return place_->column; }
    [[nodiscard]] std::size_t row() const noexcept { return place_->row; }
    /// The first bad byte of value(), or npos; what is wrong; the value itself (user data).
    [[nodiscard]] std::size_t offset() const noexcept { return place_->offset; }
    [[nodiscard]] const std::string& reason() const noexcept { return place_->reason; }
    [[nodiscard]] const std::string& value() const noexcept { return place_->value; }
    [[nodiscard]] std::string full_message() const override;

private:
    struct place {
        std::string reason, value, column;
        std::size_t offset = npos, row = npos;
    };
    explicit decode_error(place where);
    static std::string sentence(const place& where);
    detail::shared<const place> place_;
};

/// A query that has to answer with exactly one row answered with none, or with several.
class row_count_error : public error {
public:
    row_count_error(const std::string& what, std::size_t rows) : error(what), rows_(rows) {}
    /// How many rows came; 0 is "not found".
    [[nodiscard]] std::size_t rows() const noexcept { return rows_; }

private:
    std::size_t rows_;
};

/// What stopped a migration run.
enum class migration_failure {
    bad_file,          ///< name, directive or content that cannot be a migration
    duplicate,         ///< two files with one version
    drift,             ///< an applied file was changed afterwards
    missing,           ///< an applied version has no file
    out_of_order,      ///< a pending file is older than the newest applied one
    lock_timeout,      ///< another runner holds the lock
    own_transaction,   ///< the file begins or ends a transaction itself
    sql,               ///< the server refused a statement
    newer_schema,      ///< the database was migrated by a newer program
    unmet_requirement, ///< a version that the file requires is not applied before it
    history_format,    ///< the history table is of a later version of howdah, or no history table at all
    history_begun,     ///< a baseline for a database that has a history already
    no_way_back,       ///< undo of a migration without a down file
    unconfirmed,       ///< the database is protected, and nobody confirmed that it is meant
    stopped,           ///< migration_options::stop was asked for
};

/// A migration run stopped. Everything before the named file is applied and recorded, nothing of it is half
/// done.
class migration_error : public error {
public:
    migration_error(migration_failure kind, const std::string& what, std::string file, std::size_t line = 0,
                    std::size_t column = 0, detail::shared<const server_error> cause = nullptr);

    /// What stopped the run.
    [[nodiscard]] migration_failure kind() const noexcept { return kind_; }
    /// The file at fault, as it was named to the runner.
    [[nodiscard]] const std::string& file() const noexcept { return *file_; }
    /// From 1; 0 where no place in the file is to blame.
    [[nodiscard]] std::size_t line() const noexcept { return line_; }
    [[nodiscard]] std::size_t column() const noexcept { return column_; }
    /// The server's own error for kind() == sql, otherwise null.
    [[nodiscard]] const server_error* cause() const noexcept { return cause_.get(); }
    [[nodiscard]] std::string full_message() const override;

private:
    migration_failure kind_;
    detail::shared<const std::string> file_;
    std::size_t line_, column_;
    detail::shared<const server_error> cause_;
};

/// The program asked for something that cannot be: a text with a NUL byte, 65,536 parameters, a finished
/// transaction, a configuration that contradicts itself. Refused before anything is sent.
class usage_error : public error {
public:
    using error::error;
};

} // namespace howdah

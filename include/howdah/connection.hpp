// SPDX-License-Identifier: BSL-1.0
//
// connection: one session with a PostgreSQL server.
//
//     howdah::connection db{{.url = "postgresql://localhost/app"}};
//     howdah::execute(db, "update users set name = $1 where id = $2", name, id);
//
// A connection belongs to one thread at a time. Using it from two at once is detected and refused with
// usage_error; only cancel() may be called from any thread. Every wait has a deadline and goes through the
// waiter of the configuration.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <howdah/connection_config.hpp>
#include <howdah/detail/owner.hpp>
#include <howdah/executor.hpp>
#include <howdah/type_details.hpp>

namespace howdah {

namespace detail {
struct session_access; // the door of the other files of this floor
}

/// What the server says of a statement. Owned.
struct statement_description {
    struct named_column {
        std::string name;
        oid type = 0;
        oid table = 0;                 ///< 0: an expression
        std::int16_t table_column = 0; ///< its attribute number there
    };
    std::vector<oid> parameters; ///< the types of $1, $2, ...
    std::vector<named_column> columns;
};

/// What the session is doing, as the protocol tells it after each statement.
enum class session_state {
    idle,               ///< outside any transaction
    in_transaction,     ///< inside a transaction
    failed_transaction, ///< inside a transaction that can only be rolled back
    busy,               ///< a statement is under way
    broken,             ///< the connection is lost
};

/// One session. Movable, not copyable; closes when destroyed.
class connection final : public executor {
public:
    /// Connects, and makes sure of UTF-8, UTC and ISO dates (with one extra round trip only where the
    /// server's defaults differ). Throws connection_error naming the cause, usage_error for a configuration
    /// that cannot be.
    explicit connection(connection_config config);
    connection(connection&&) noexcept;
    connection& operator=(connection&&) noexcept;
    ~connection() override;

    /// What is known without asking the server.
    [[nodiscard]] session_state state() const noexcept;
    /// Looks at the socket without a round trip: false if the server has closed the connection. Idle
    /// connections only.
    [[nodiscard]] bool alive() noexcept;

    /// Runs several commands in one message of the simple protocol, without parameters, for their effect.
    /// Unless the text says otherwise they are one transaction. For migrations and test fixtures. Throws as
    /// run() does.
    void run_script(std::string_view commands,
                    std::optional<std::chrono::milliseconds> timeout = std::nullopt);

    /// What the server says of a statement, without running it: the types of its parameters and its columns. `types`
    /// are those of its first parameters; the server infers the others and those that are oids::inferred. Kept like a
    /// prepared statement is: asking again costs no round trip. Throws as run() does.
    [[nodiscard]] statement_description describe(const statement& what, std::span<const oid> types = {});

    /// Runs one command COPY ... FROM STDIN and sends it `data`, in the format that the command names: by
    /// default lines of text. Returns the number of rows. Throws as run() does, and usage_error if the command
    /// does not read from the client.
    std::size_t copy_in(std::string_view command, std::string_view data,
                        std::optional<std::chrono::milliseconds> timeout = std::nullopt);

    /// What the catalogue says of a type now: one round trip. Null if there is no such type. The record and those that
    /// it refers to live as long as the pointer, or a std::shared_ptr made of it, beyond this connection. Throws as
    /// run() does.
    [[nodiscard]] detail::shared<const type_details> type(oid number);
    /// The same by name, as SQL writes it: "mood", "app.mood[]", "numeric". Two round trips.
    [[nodiscard]] detail::shared<const type_details> type_named(std::string_view name);

    /// Asks the server to stop the statement that runs now, if one does; that statement then fails with
    /// 57014. Any thread.
    void cancel() noexcept;

    /// Ends the stream that is open on this connection (howdah/stream.hpp), if one is, as its destructor would.
    void end_stream() noexcept;

    /// Brings the session back to its defaults for the next user: rolls back an open transaction, and, if
    /// statements may have left session state behind (SET, LISTEN, temporary tables, advisory locks), resets
    /// that too. No round trip when nothing is dirty. Returns false if that failed: close the connection
    /// then.
    [[nodiscard]] bool reset(std::chrono::milliseconds timeout) noexcept;

    /// Quotes a text as an SQL identifier: "a""b". Throws usage_error for a NUL byte, invalid UTF-8 or an
    /// empty text.
    [[nodiscard]] static std::string quote_identifier(std::string_view name);

    /// As the server reports it: 150018 for 15.18.
    [[nodiscard]] int server_version() const noexcept;
    /// The process id of the server's backend for this session.
    [[nodiscard]] int backend_pid() const noexcept;
    /// The name of the database; empty if moved from. Lives as long as this object.
    [[nodiscard]] std::string_view database() const noexcept;
    /// A setting that the server tells by itself whenever it changes (PostgreSQL manual, PQparameterStatus), such
    /// as standard_conforming_strings; empty for any other. Lives until the next statement.
    [[nodiscard]] std::string_view reported_setting(const char* name) const noexcept;
    /// The file descriptor, for a host's event loop; -1 when broken. Watch it only, never read from it.
    [[nodiscard]] int socket() const noexcept;
    /// As given to the constructor. Lives as long as this object; not after it was moved from.
    [[nodiscard]] const connection_config& config() const noexcept;

private:
    friend struct detail::session_access;
    result do_run(const statement& what, const parameters& values) override;
    void do_run_together(void (*work)(void* context, executor& on), void* context) override;
    connection_loan do_borrow() override;
    struct session;
    static void end(session* ended) noexcept;
    detail::owned<session, &end> session_;
};

} // namespace howdah

// SPDX-License-Identifier: BSL-1.0
//
// The inside of a connection: one libpq handle, the loops that send, wait and receive, and what is known of
// the session.
#pragma once

#include <atomic>
#include <concepts>
#include <memory>
#include <string>
#include <type_traits>
#include <unordered_map>
#include <vector>

#include <howdah/connection.hpp>

#include "column_types.hpp"
#include "parameter_arrays.hpp"
#include "pq_handles.hpp"
#include "statement_cache.hpp"
#include "timer_waiter.hpp"
#include "turn.hpp"
#include "type_catalogue.hpp"

namespace howdah {

namespace detail {

/// What keeps a session to itself between two calls: an open stream. Whoever needs the session back ends it.
class occupant {
public:
    virtual void evict() noexcept = 0;  ///< the session is idle, in a transaction or broken afterwards
    virtual void orphan() noexcept = 0; ///< the session is about to go
protected:
    occupant() = default;
    occupant(const occupant&) = default;
    occupant& operator=(const occupant&) = default;
    ~occupant() = default;
};

/// A function that receives until a deadline, borrowed for a call: what std::function costs is felt here.
class receiving_call {
public:
    template <class Receiving>
        requires(!std::same_as<std::remove_cvref_t<Receiving>, receiving_call>)
    receiving_call(Receiving&& receiving) noexcept // NOLINT: a lambda is written where it is asked for
        : called_(const_cast<void*>(static_cast<const void*>(&receiving))),
          call_([](void* called, deadline until) {
              (*static_cast<std::remove_reference_t<Receiving>*>(called))(until);
          }) {}
    void operator()(deadline until) const { call_(called_, until); }

private:
    void* called_;
    void (*call_)(void* called, deadline until);
};

/// Thrown inside the core when a wait reaches its deadline; never leaves it.
struct deadline_passed {};

} // namespace detail

struct connection::session {
    explicit session(connection_config configuration);
    session(const session&) = delete;
    session& operator=(const session&) = delete;
    ~session() {
        if (occupant) occupant->orphan();
    }

    // connect.cpp
    void open();
    void pin_settings();

    // session.cpp: the loops
    void wait(interest what, deadline until);
    /// Waits for what the server sends next, and takes it in.
    void read_more(deadline until);
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
        /// What was sent ends with a Sync, and nothing has been read since it left: the first thing to do is to wait.
        bool just_sent = false;
        bool copied = false;           ///< a COPY that nobody wanted
        copy_source* source = nullptr; ///< for a COPY that is wanted
    };
    void receive(reception& into, deadline until);
    /// Calls `receiving(until)` and, when its deadline passes, cancels the statement and calls it once more.
    template <class Receiving>
    void receive_or_cancel(std::string_view text, deadline until, Receiving receiving) {
        running = text;
        try {
            flush(until);
            return receiving(until);
        } catch (const detail::deadline_passed&) {
            // Below: the statement is cancelled and the rest of its answer, whichever it is, received.
        }
        auto once_more =
            receiving; // a copy: the address of the first is not taken, so that it stays in registers
        cancel_and_receive(text, once_more);
    }
    /// The second half of that.
    void cancel_and_receive(std::string_view text, detail::receiving_call receiving);
    /// The last result of what was sent. Throws the first error, once all is received.
    [[nodiscard]] detail::result_handle answer(std::string_view text, deadline until);
    void simple(std::string_view commands, deadline until);
    [[noreturn]] void lose(bool during_commit = false);
    void refuse_copy(const PGresult* copy, deadline until);
    void send_copy(copy_source& from, deadline until);
    [[nodiscard]] std::size_t copy_in(std::string_view command, std::string_view data, deadline until);

    [[nodiscard]] result run(const statement& what, const detail::bound_values& values, deadline until);
    /// Begins a statement and calls `receive(known)`; both once more if the server had forgotten the statement
    /// and nothing has happened.
    template <class Receive>
    auto begin_and_receive(const statement& what, const detail::bound_values& values, deadline until,
                           Receive receive) {
        const bool outside = transaction_status() == PQTRANS_IDLE;
        for (bool again = false;; again = true) {
            auto* const known = begin_statement(what, values, until);
            try {
                return receive(known);
            } catch (const server_error& failure) {
                if (!is_worth_another_try(known, failure, outside && !again, until)) throw;
            }
        }
    }
    /// Sends a statement that has been learned before, if it is to be remembered: null if not. It has the plan that
    /// what.reading asks for, until another statement is begun.
    [[nodiscard]] detail::known_statement*
    begin_statement(const statement& what, const detail::bound_values& values, deadline until);
    /// Gives the first result of a statement the plan, if that was made for its columns.
    void accept(detail::known_statement* known, const row_reading& reading, result& first);
    [[nodiscard]] bool is_remembered(const statement& what,
                                     const detail::bound_values& values) const noexcept {
        return what.reading.make_plan || (config.prepare_statements && what.prepare) ||
               !values.checked.empty();
    }
    void send(const statement& what, const detail::bound_values& values, const detail::known_statement* known,
              format encoding);

    // statements.cpp: prepared and unnamed statements
    /// `forgotten` is set if running it again may help: to the name of a statement that is of no use now, or to none.
    void forget_if_stale(detail::known_statement* known, const server_error& failure,
                         std::optional<std::string>& forgotten);
    /// The same; true if the statement is to be run again. `outside`: it was begun outside a transaction.
    [[nodiscard]] bool is_worth_another_try(detail::known_statement* known, const server_error& failure,
                                            bool outside, deadline until);
    /// Asks the server for the types of a statement's parameters and for its columns, and prepares it if it has a name.
    void ask_for_description(detail::known_statement& of, deadline until);
    /// The same without taking the answer in. If it throws, nothing is prepared.
    [[nodiscard]] detail::result_handle describe(const detail::known_statement& of, deadline until);
    /// Removes a prepared statement from the server; later, if that cannot be done now.
    void deallocate(std::string name, deadline until);
    void drop_unwanted(deadline until);
    /// The description becomes `into.last`: it is read when all is received, since that takes memory.
    void receive_description(reception& into, deadline until);
    [[nodiscard]] detail::known_statement& learn(const statement& what,
                                                 std::span<const parameters::entry> values, deadline until);
    /// The same, and the plan that what.reading asks for.
    [[nodiscard]] detail::known_statement&
    learn_to_read(const statement& what, std::span<const parameters::entry> values, deadline until);
    /// The same before it is run for the first time, or by another reader; null if it is not to be remembered.
    [[nodiscard]] detail::known_statement* learn_to_run(const statement& what,
                                                        const detail::bound_values& values, deadline until);
    /// send() of an unnamed statement, or of values with structs among them.
    void send_rarely(const statement& what, const detail::bound_values& values,
                     const detail::known_statement* known, format encoding);
    void note_state_left_by(std::string_view text) noexcept;
    /// Throws usage_error if a parameter is a money: how its text reads depends on the server.
    static void refuse_money(const detail::known_statement& known);

    // type_lookup.cpp: the types that users created
    /// Gives the columns the records of their types. False if one of these was known from earlier: it may be out of
    /// date.
    bool learn_types(detail::known_statement& of, deadline until);
    /// The same for types by number, unless the session cannot look them up now.
    void look_up_types(const std::vector<oid>& types, deadline until);
    /// One round trip. Throws what a statement throws.
    void ask_for_types(const std::vector<oid>& types, deadline until);
    /// Compares structs with the types that they are sent as, once each, which are known then. Throws usage_error.
    void check_types(detail::known_statement& of, const detail::bound_values& values, deadline until);
    void check_type(oid type, const erased_codec& sent, const std::string& place, deadline until);
    /// After the server refused the type of something: was a type altered that a struct was sent as? It is asked for
    /// again.
    [[nodiscard]] bool forget_if_altered(detail::known_statement& of);

    [[nodiscard]] PGTransactionStatusType transaction_status() const noexcept {
        return broken || !handle ? PQTRANS_UNKNOWN : PQtransactionStatus(handle.get());
    }

    // What every statement looks at, side by side
    std::atomic<const char*> in_use{nullptr}; ///< what whoever wants to use it too is told
    std::string_view running;                 ///< the text under way
    waiter& seam;                             ///< through which it waits
    detail::timer_waiter own_waiter;          ///< if it was given none
    bool broken = false;
    bool dirty = false;          ///< statements may have left session state behind
    bool dirty_prepared = false; ///< the user prepared or removed statements by SQL
    bool row_by_row =
        false; ///< libpq would hand out the next answer of a pipeline as that of the last stream
    connection_config config;
    detail::connection_handle handle;
    detail::statement_cache statements;
    std::string unwanted; ///< a statement that the server still has prepared, in vain; empty: none

    std::shared_ptr<PGcancel> cancel_handle;
    detail::type_catalogue types;
    std::unordered_map<oid, detail::column_type> column_types;
    std::vector<byte_writer> spare_buffers; ///< of lent_buffers
    std::string pins; ///< the SET commands that this server's defaults make necessary; empty: none
    detail::occupant* occupant = nullptr;
};

namespace detail {

struct session_access {
    using session = connection::session;
    /// Throws connection_error if it is broken or was moved from.
    static session& of(connection& on) {
        if (auto* const session = usable(on)) return *session;
        refuse_broken();
    }
    /// Null if it is.
    static session* usable(connection& on) noexcept {
        return on.session_ && !on.session_->broken ? on.session_.get() : nullptr;
    }
    /// Breaks it, if it is not: nothing that is not committed can be any more.
    static void give_up(connection& on) noexcept {
        if (on.session_) on.session_->broken = true;
    }
    [[noreturn]] static void refuse_broken();
};

} // namespace detail

} // namespace howdah

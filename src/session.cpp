// SPDX-License-Identifier: BSL-1.0
//
// The way of a statement from the call to its answer, and the loops that send, wait and receive. Every wait goes
// through the seam and has a deadline.
#include "session.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>
#include <exception>
#include <optional>
#include <thread>
#include <utility>

#include "server_failure.hpp"

namespace howdah {

namespace {

/// A cancel request under way in a thread of its own: PQcancel() connects to the server and cannot be given a
/// deadline.
class cancel_request {
public:
    explicit cancel_request(std::shared_ptr<PGcancel> handle) : done_(std::make_shared<event>()) {
        std::thread([handle = std::move(handle), done = done_] {
            char text[256];
            const detail::no_broken_pipe quiet;
            if (handle) PQcancel(handle.get(), text, sizeof text);
            const std::uint64_t one = 1;
            (void)!::write(done->descriptor, &one, sizeof one);
        }).detach();
    }
    /// True once the request has been delivered: it can hit no later statement then.
    [[nodiscard]] bool delivered(waiter& seam, deadline until) const {
        return done_->descriptor >= 0 && seam.wait(done_->descriptor, interest::read, until);
    }

private:
    struct event {
        event() = default;
        event(const event&) = delete;
        event& operator=(const event&) = delete;
        ~event() {
            if (descriptor >= 0) ::close(descriptor);
        }
        int descriptor = ::eventfd(0, EFD_CLOEXEC);
    };
    std::shared_ptr<event> done_; // shared with the thread, which may outlive the wait for it
};

bool is_commit(std::string_view text) noexcept {
    return text == "COMMIT";
}

/// An unnamed statement is parsed anew each time: it may have other columns than when it was described.
[[gnu::noinline]] bool same_columns(const detail::known_statement& known, const result& answer) noexcept {
    if (known.columns.size() != answer.column_count()) return false;
    for (std::size_t i = 0; i < known.columns.size(); ++i)
        if (known.columns[i].type != answer.column_type(i) || known.columns[i].name != answer.column_name(i))
            return false;
    return true;
}

} // namespace

void detail::turn::refuse(const char* taken) {
    throw usage_error(taken);
}

[[gnu::cold, gnu::noinline]] void connection::session::lose(bool during_commit) {
    broken = true;
    throw detail::lost_connection(handle.get(), during_commit);
}

void connection::session::wait(interest what, deadline until) {
    const int socket = PQsocket(handle.get());
    if (socket < 0) lose(is_commit(running));
    bool ready = false;
    try {
        ready = seam.wait(socket, what, until);
    } catch (...) {
        broken = true; // the waiter gave up in the middle of an exchange
        throw;
    }
    if (!ready) throw detail::deadline_passed{};
}

void connection::session::flush(deadline until) {
    for (int rest = PQflush(handle.get()); rest != 0; rest = PQflush(handle.get())) {
        if (rest < 0) lose(is_commit(running));
        wait(interest::read_or_write, until);
        // The server may be waiting for us to read before it reads on.
        if (!PQconsumeInput(handle.get())) lose(is_commit(running));
    }
}

void connection::session::read_more(deadline until) {
    wait(interest::read, until);
    if (!PQconsumeInput(handle.get())) lose(is_commit(running));
}

detail::result_handle connection::session::next_result(deadline until) {
    while (PQisBusy(handle.get())) read_more(until);
    return detail::result_handle(PQgetResult(handle.get()));
}

[[gnu::cold, gnu::noinline]] void connection::session::refuse_copy(const PGresult* copy, deadline until) {
    if (PQresultStatus(copy) == PGRES_COPY_IN) {
        PQputCopyEnd(handle.get(), "COPY is not run as a statement");
        flush(until);
        return;
    }
    char* row = nullptr;
    for (int size = PQgetCopyData(handle.get(), &row, 1); size != -1;
         size = PQgetCopyData(handle.get(), &row, 1)) {
        PQfreemem(row);
        if (size < -1) lose();
        if (size > 0) continue;
        // Rows that keep coming would never let a wait reach its deadline.
        if (std::chrono::steady_clock::now() >= until) throw detail::deadline_passed{};
        wait(interest::read, until);
        if (!PQconsumeInput(handle.get())) lose();
    }
}

void connection::session::receive(reception& into, deadline until) {
    if (std::exchange(into.just_sent, false)) read_more(until);
    while (auto received = next_result(until)) {
        const auto status = PQresultStatus(received.get());
        if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
            into.last = std::move(received);
        } else if (status == PGRES_COPY_IN && into.source) {
            send_copy(*into.source, until);
        } else if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH) {
            into.copied = true;
            refuse_copy(received.get(), until);
        } else if (status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE) {
            if (!into.failure) into.failure = std::move(received);
        } else {
            into.last = std::move(received);
        }
    }
    if (PQstatus(handle.get()) == CONNECTION_BAD) lose(is_commit(running));
}

[[gnu::cold, gnu::noinline]] void connection::session::cancel_and_receive(std::string_view text,
                                                                          detail::receiving_call receiving) {
    const deadline last = deadline_in(config.cancel_timeout);
    std::optional<cancel_request> request;
    try {
        request.emplace(cancel_handle);
    } catch (const std::exception&) { // no memory, or no thread: it may still end by itself
    }
    try {
        flush(last);
        receiving(last);
    } catch (const detail::deadline_passed&) {
        broken = true;
        const bool commit = is_commit(text);
        throw connection_error(
            connection_failure::timeout,
            std::string(
                "the statement reached its deadline and the server did not answer the cancel request; "
                "the connection is closed") +
                (commit ? "; the transaction may or may not have been applied" : ""),
            {}, std::nullopt, commit);
    }
    if (request && !request->delivered(seam, last)) broken = true; // it might hit the next statement
}

detail::result_handle connection::session::answer(std::string_view text, deadline until) {
    reception all;
    // Only if all has left: flush() reads while it waits for room, and may find the whole answer.
    all.just_sent = PQflush(handle.get()) == 0;
    receive_or_cancel(text, until, [&](deadline last) { receive(all, last); });
    if (all.copied) throw usage_error("COPY ... FROM STDIN and TO STDOUT cannot be run as a statement");
    if (all.failure) detail::throw_server_error(all.failure.get(), text);
    return std::move(all.last);
}

void connection::session::send(const statement& what, const detail::bound_values& values,
                               const detail::known_statement* known, format encoding) {
    if (!known || known->name.empty() || !values.checked.empty())
        return send_rarely(what, values, known, encoding);
    const detail::parameter_arrays arrays(values);
    if (!PQsendQueryPrepared(handle.get(), known->name.c_str(), arrays.count, arrays.values, arrays.lengths,
                             arrays.formats, static_cast<int>(encoding)))
        lose();
}

detail::known_statement* connection::session::begin_statement(const statement& what,
                                                              const detail::bound_values& values,
                                                              deadline until) {
    auto* known = is_remembered(what, values) ? statements.find(what.text, values.entries) : nullptr;
    if (!known || !known->is_ready_for(what.reading)) known = learn_to_run(what, values, until);
    if (known && !values.checked.empty()) check_types(*known, values, until);
    if (known) dirty |= known->leaves_session_state;
    send(what, values, known, what.reading.make_plan ? known->plan->encoding : what.encoding);
    return known;
}

void connection::session::accept(detail::known_statement* known, const row_reading& reading, result& first) {
    if (!known) return;
    known->has_run = true;
    if (known->name.empty() && !same_columns(*known, first)) statements.erase(*known);
    else if (reading.make_plan) first.set_plan(known->plan);
}

inline result connection::session::run(const statement& what, const detail::bound_values& values,
                                       deadline until) {
    return begin_and_receive(what, values, until, [&](detail::known_statement* known) {
        result received(answer(what.text, until).release());
        accept(known, what.reading, received);
        return received;
    });
}

// The way of every statement. Flattened: as calls, its dozen steps would cost a client half as much again as they do.
// Hot, like all that a statement runs through: the linker puts these functions side by side, and a processor that has
// been away to the server finds them again in two pages instead of eight.
[[gnu::hot, gnu::flatten]] result connection::do_run(const statement& what, const parameters& values) {
    auto& inside = detail::session_access::of(*this);
    const detail::turn turn(inside.in_use);
    return inside.run(what, values, deadline_in(what.timeout.value_or(inside.config.statement_timeout)));
}

void connection::session::simple(std::string_view commands, deadline until) {
    detail::refuse_nul(commands);
    if (!PQsendQuery(handle.get(), detail::terminated_text(commands).c_str())) lose();
    (void)answer(commands, until);
}

} // namespace howdah

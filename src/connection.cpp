// SPDX-License-Identifier: BSL-1.0
#include <howdah/connection.hpp>

#include <poll.h>

#include <string>

#include "server_failure.hpp"
#include "session.hpp"
#include "utf8.hpp"

namespace howdah {

namespace {

/// What DISCARD ALL does, save for forgetting our prepared statements (PostgreSQL manual, DISCARD).
const std::string clean_up =
    "CLOSE ALL; SET SESSION AUTHORIZATION DEFAULT; RESET ALL; UNLISTEN *; "
    "SELECT pg_catalog.pg_advisory_unlock_all(); DISCARD PLANS; DISCARD TEMP; DISCARD SEQUENCES;";

} // namespace

connection::connection(connection_config config) : session_(new session(std::move(config))) {
    session_->open();
}
void connection::end(session* ended) noexcept {
    delete ended;
}
connection::connection(connection&&) noexcept = default;
connection& connection::operator=(connection&&) noexcept = default;
connection::~connection() = default;

void detail::session_access::refuse_broken() {
    throw connection_error(connection_failure::lost, "this connection was lost or closed; open another one");
}

void connection::end_stream() noexcept {
    if (session_ && session_->occupant) session_->occupant->evict();
}

connection_loan connection::do_borrow() {
    return connection_loan(*this);
}

statement_description connection::describe(const statement& what, std::span<const oid> types) {
    auto& inside = detail::session_access::of(*this);
    const detail::turn turn(inside.in_use);
    std::vector<parameters::entry> values;
    for (const oid type : types) values.push_back({type, -1, 0, format::binary, nullptr});
    const auto& known =
        inside.learn(what, values, deadline_in(what.timeout.value_or(inside.config.statement_timeout)));
    statement_description out;
    out.parameters = known.parameter_types;
    for (const auto& one : known.columns)
        out.columns.push_back({std::string(one.name), one.type, one.table, one.table_column});
    return out;
}

detail::shared<const type_details> connection::type(oid number) {
    auto& inside = detail::session_access::of(*this);
    const detail::turn turn(inside.in_use);
    inside.ask_for_types({number}, deadline_in(inside.config.statement_timeout));
    const auto* found = inside.types.find(number);
    return found ? detail::shared<const type_details>(inside.types.keeper(), found) : nullptr;
}

detail::shared<const type_details> connection::type_named(std::string_view name) {
    statement asked = "SELECT pg_catalog.to_regtype($1)::pg_catalog.oid";
    asked.prepare = false;
    const auto number = run(asked, howdah::bind(name)).value<std::optional<oid>>(0, 0);
    return number ? type(*number) : nullptr;
}

void connection::do_run_together(void (*work)(void* context, executor& on), void* context) {
    if (state() != session_state::idle) return work(context, *this);
    // Only the transaction is undone: settings and temporary tables are the caller's.
    const auto roll_back = [&]() noexcept {
        try {
            if (state() != session_state::broken) run_script("ROLLBACK", session_->config.cancel_timeout);
        } catch (...) {
            session_->broken = true;
        }
    };
    run_script("BEGIN");
    try {
        work(context, *this);
    } catch (...) {
        roll_back();
        throw;
    }
    if (state() == session_state::failed_transaction) {
        roll_back();
        throw server_error({.severity = "ERROR",
                            .sqlstate = sqlstates::in_failed_sql_transaction,
                            .message = "a statement failed and its error was ignored: nothing was applied",
                            .statement = "COMMIT"});
    }
    run_script("COMMIT");
}

void connection::run_script(std::string_view commands, std::optional<std::chrono::milliseconds> timeout) {
    auto& inside = detail::session_access::of(*this);
    const detail::turn turn(inside.in_use);
    inside.note_state_left_by(commands);
    inside.simple(commands, deadline_in(timeout.value_or(inside.config.statement_timeout)));
}

session_state connection::state() const noexcept {
    switch (session_ ? session_->transaction_status() : PQTRANS_UNKNOWN) {
    case PQTRANS_IDLE: return session_state::idle;
    case PQTRANS_INTRANS: return session_state::in_transaction;
    case PQTRANS_INERROR: return session_state::failed_transaction;
    case PQTRANS_ACTIVE: return session_state::busy;
    case PQTRANS_UNKNOWN: break;
    }
    return session_state::broken;
}

bool connection::alive() noexcept {
    if (state() == session_state::broken) return false;
    auto* handle = session_->handle.get();
    pollfd entry{PQsocket(handle), POLLIN, 0};
    // A goodbye takes two reads: first the server's last words, then the end of the stream.
    for (int reads = 0; reads < 3 && ::poll(&entry, 1, 0) > 0; ++reads) {
        const bool open = PQconsumeInput(handle) == 1;
        while (auto* notification = PQnotifies(handle)) PQfreemem(notification);
        if (!open || PQstatus(handle) == CONNECTION_BAD) {
            session_->broken = true;
            return false;
        }
    }
    return true;
}

void connection::cancel() noexcept {
    if (!session_) return;
    char text[256];
    const detail::no_broken_pipe quiet;
    if (const auto handle = session_->cancel_handle) PQcancel(handle.get(), text, sizeof text);
}

bool connection::reset(std::chrono::milliseconds timeout) noexcept {
    const auto now = state();
    if (now == session_state::broken || now == session_state::busy) return false;
    auto& inside = *session_;
    const bool dirty = inside.dirty || inside.dirty_prepared;
    if (now == session_state::idle && !dirty) return true;
    try {
        const detail::turn turn(inside.in_use);
        const deadline until = deadline_in(timeout);
        if (now != session_state::idle) inside.simple("ROLLBACK", until);
        if (inside.dirty_prepared) {
            inside.simple("DEALLOCATE ALL", until);
            inside.statements.clear();
            inside.unwanted.clear();
        }
        if (dirty) inside.simple(clean_up + inside.pins, until);
        inside.dirty = inside.dirty_prepared = false;
        return true;
    } catch (...) {
        inside.broken = true;
        return false;
    }
}

std::string connection::quote_identifier(std::string_view name) {
    if (name.empty()) throw usage_error("an SQL identifier cannot be empty");
    if (const auto bad = detail::first_bad_byte(name); bad != name.size())
        throw usage_error("an SQL identifier holds a NUL byte or invalid UTF-8 at offset " +
                          std::to_string(bad));
    std::string quoted = "\"";
    for (const char c : name) quoted.append(c == '"' ? 2 : 1, c);
    return quoted += '"';
}

int connection::server_version() const noexcept {
    return session_ ? PQserverVersion(session_->handle.get()) : 0;
}
int connection::backend_pid() const noexcept {
    return session_ ? PQbackendPID(session_->handle.get()) : 0;
}
std::string_view connection::database() const noexcept {
    const char* name = session_ ? PQdb(session_->handle.get()) : nullptr;
    return name ? name : "";
}
int connection::socket() const noexcept {
    return state() == session_state::broken ? -1 : PQsocket(session_->handle.get());
}
const connection_config& connection::config() const noexcept {
    return session_->config;
}

} // namespace howdah

// SPDX-License-Identifier: BSL-1.0
#include <howdah/transaction.hpp>

#include <new>
#include <utility>

#include "session.hpp"
#include "short_text.hpp"

namespace howdah {
namespace {

std::string_view isolation_text(isolation_level isolation) noexcept {
    switch (isolation) {
    case isolation_level::read_committed: return " ISOLATION LEVEL READ COMMITTED";
    case isolation_level::repeatable_read: return " ISOLATION LEVEL REPEATABLE READ";
    case isolation_level::serializable: return " ISOLATION LEVEL SERIALIZABLE";
    case isolation_level::server_default: break;
    }
    return "";
}

std::string_view access_text(access_mode access) noexcept {
    switch (access) {
    case access_mode::read_write: return " READ WRITE";
    case access_mode::read_only: return " READ ONLY";
    case access_mode::server_default: break;
    }
    return "";
}

std::string begin_text(const transaction_options& options) {
    std::string text = "BEGIN";
    text += isolation_text(options.isolation);
    text += access_text(options.access);
    if (options.deferrable) text += " DEFERRABLE";
    return text;
}

// Never prepared: these texts are cheap to parse, and some of them carry a generated name.
statement control(std::string_view text) {
    statement command(text);
    command.prepare = false;
    return command;
}

void require_no_transaction(const connection& on) {
    const auto state = on.state();
    if (state == session_state::in_transaction || state == session_state::failed_transaction)
        throw usage_error("a transaction cannot begin on a connection that is in one already: use "
                          "howdah::savepoint inside it");
}

// Same class and code as if the server had refused the COMMIT, which it does not: it answers ROLLBACK.
server_error commit_of_a_failed_transaction() {
    server_message message;
    message.severity = "ERROR";
    message.sqlstate = sqlstates::in_failed_sql_transaction;
    message.message = "the server answered COMMIT with ROLLBACK";
    message.hint =
        "An earlier statement of this transaction failed and its error was caught: let it pass, or "
        "run that statement inside a howdah::savepoint.";
    message.statement = "COMMIT";
    return server_error(std::move(message));
}

} // namespace

transaction::transaction(connection& on, const transaction_options& options) : connection_(on) {
    require_no_transaction(on);
    try {
        connection_.run(control(begin_text(options)));
    } catch (...) {
        abandon();
        throw;
    }
}

transaction::~transaction() {
    if (open()) abandon();
}

result transaction::do_run(const statement& what, const parameters& values) {
    require_open("run a statement");
    return connection_.run(what, values);
}

connection_loan transaction::do_borrow() {
    require_open("lend its connection");
    return connection_loan(connection_);
}

void transaction::require_open(std::string_view wish) const {
    std::string_view reason;
    switch (phase_) {
    case phase::committed: reason = "it was committed"; break;
    case phase::rolled_back: reason = "it was rolled back"; break;
    case phase::unknown: reason = "its COMMIT was sent and never answered"; break;
    case phase::open:
        if (connection_.state() != session_state::idle) return;
        reason = "a COMMIT or ROLLBACK that was run as a statement has ended it (use commit() or rollback())";
        break;
    }
    throw usage_error("cannot " + std::string(wish) +
                      " in a transaction that has ended: " + std::string(reason) + "; begin another one");
}

// Rolls back as well as it can be done in a bounded time.
void transaction::abandon() noexcept {
    phase_ = phase::rolled_back;
    connection_.end_stream(); // one that outlives its transaction
    const auto state = connection_.state();
    if (state == session_state::idle || state == session_state::broken) return;
    try {
        auto command = control("ROLLBACK");
        command.timeout = connection_.config().cancel_timeout;
        connection_.run(command);
    } catch (...) {
        // The session is not idle now: connection::reset() or its destructor deals with it.
    }
}

void transaction::rollback() {
    require_open("roll back");
    try {
        phase_ = phase::rolled_back;
        connection_.run(control("ROLLBACK"));
    } catch (...) {
        abandon();
        throw;
    }
}

void transaction::commit() {
    require_open("commit");
    if (connection_.state() == session_state::broken) {
        phase_ = phase::rolled_back;
        throw connection_error(connection_failure::lost,
                               "the connection was lost before COMMIT was sent: nothing "
                               "was applied; run the transaction again");
    }
    const auto answer = send_commit();
    const bool applied = answer.command_tag() == "COMMIT";
    phase_ = applied ? phase::committed : phase::rolled_back;
    if (!applied) throw commit_of_a_failed_transaction();
}

result transaction::send_commit() {
    phase_ = phase::unknown; // until told otherwise, also when a waiter throws something of the host's
    try {
        return connection_.run(control("COMMIT"));
    } catch (const usage_error&) { // refused before anything was sent
        phase_ = phase::open;
        throw;
    } catch (const connection_error& failure) {
        if (failure.commit_unknown()) throw;
        commit_unanswered(failure.what(), failure.kind(), failure.full_message(), failure.sqlstate());
    } catch (const server_error& failure) {
        // An error that ends the session can follow a commit that was applied; no other can.
        if (!failure.connection_usable())
            commit_unanswered(failure.what(), connection_failure::lost, failure.full_message(),
                              failure.sqlstate());
        abandon();
        throw;
    } catch (
        const std::bad_alloc&) { // for the words of a refusal; that it was applied is told without memory
        if (connection_.state() != session_state::broken) abandon();
        throw;
    }
}

void transaction::commit_unanswered(const std::string& reason, connection_failure kind,
                                    const std::string& text, std::optional<sqlstate_code> state) {
    throw connection_error(kind,
                           "COMMIT was sent and its answer never came (" + reason +
                               "): the changes may or may not be there; look before doing them again",
                           text, state, true);
}

savepoint::savepoint(transaction& within)
    : within_(within), name_("howdah_" + std::to_string(within.savepoints_ + 1)), depth_(within.depth_ + 1) {
    send("SAVEPOINT ");
    ++within_.savepoints_;
    ++within_.depth_;
}

savepoint::~savepoint() {
    if (!set_) return;
    const bool innermost = within_.depth_ == depth_;
    end();
    if (!within_.open() || !innermost || within_.connection_.state() == session_state::broken) return;
    bool undone = false;
    try {
        send("ROLLBACK TO SAVEPOINT ");
        undone = true;
        send("RELEASE SAVEPOINT ");
    } catch (...) {
        // What it was to undo must not be committed: unless the transaction has failed, it is lost.
        if (!undone && within_.connection_.state() == session_state::in_transaction)
            detail::session_access::give_up(within_.connection_);
    }
}

void savepoint::release() {
    require_innermost("release");
    send("RELEASE SAVEPOINT ");
    end();
}

void savepoint::rollback() {
    require_innermost("roll back to");
    send("ROLLBACK TO SAVEPOINT ");
    end();
    send("RELEASE SAVEPOINT "); // or its memory at the server stays until the transaction ends
}

void savepoint::require_innermost(std::string_view wish) const {
    if (!set_) throw usage_error("cannot " + std::string(wish) + " a savepoint twice: it has ended");
    if (within_.depth_ != depth_)
        throw usage_error("cannot " + std::string(wish) +
                          " a savepoint while one inside it is set: end that first");
}

void savepoint::end() noexcept {
    set_ = false;
    if (within_.depth_ >= depth_) within_.depth_ = depth_ - 1;
}

void savepoint::send(std::string_view command) {
    detail::short_text text; // a destructor sends it when memory has run out
    text.put(command);
    text.put(name_);
    auto sent = control(text.view());
    if (!set_) sent.timeout = within_.connection_.config().cancel_timeout;
    within_.run(sent);
}

namespace detail {

bool transaction_attempts::another_after(const server_error& failure) {
    if (!is_transaction_conflict(failure)) return false;
    const auto pause = pauses_.next();
    if (!pause) return false;
    // On the idle session's socket: a notification ends the pause early, which does no harm.
    auto* waits = on_.config().wait_with;
    const auto until = std::chrono::steady_clock::now() + *pause;
    (waits != nullptr ? *waits : polling_waiter()).wait(on_.socket(), interest::read, until);
    return true;
}

} // namespace detail
} // namespace howdah

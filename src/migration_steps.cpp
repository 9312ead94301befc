// SPDX-License-Identifier: BSL-1.0
#include "migration_steps.hpp"

#include <algorithm>
#include <utility>

#include "migration_index.hpp"
#include "sha256.hpp"

namespace howdah::detail {
namespace {

/// Settings that a statement leaves behind for those that follow: a run that goes on has to make them again.
bool leaves_settings(std::string_view statement) {
    const auto words = leading_words(statement, 2);
    if (words.empty()) return false;
    if (words[0] == "set") return words.size() < 2 || (words[1] != "local" && words[1] != "transaction");
    return words[0] == "reset" || words[0] == "load" ||
           (words[0] == "select" && statement.find("set_config") != statement.npos);
}

constexpr std::string_view transaction_block = "25001"; ///< the statement cannot run in a transaction
constexpr std::string_view own_commit = "2D000"; ///< a procedure that commits was called in a transaction

} // namespace

std::string progress_hash(std::string_view before, std::string_view statement) {
    return sha256_hex(std::string(before).append("\n").append(statement));
}

migration_steps::migration_steps(migration_session& session, const runnable& script, history_row row,
                                 const history_row* found, std::string working)
    : session_(session), script_(script), row_(std::move(row)), found_(found), working_(std::move(working)) {
    row_.status = working_;
    row_.statements_total = static_cast<std::int32_t>(script.commands.size());
    row_.statements_done = 0;
    row_.progress_hash.emplace();
}

void migration_steps::run(const migration_lock& lock) {
    session_.begin_afresh(script_.side.directives);
    lock.check();
    if (found_) go_on();
    session_.keep(row_);
    if (found_) replay_settings();
    first_ = found_ != nullptr;
    while (static_cast<std::size_t>(row_.statements_done) < script_.commands.size()) {
        step(script_.commands[static_cast<std::size_t>(row_.statements_done)]);
        first_ = false;
    }
}

void migration_steps::go_on() {
    const auto count = static_cast<std::size_t>(std::max(found_->statements_done, 0));
    std::string hash;
    for (std::size_t i = 0; i < std::min(count, script_.commands.size()); ++i)
        hash = progress_hash(hash, script_.words(script_.commands[i]));
    if (count > script_.commands.size() || hash != found_->progress_hash.value_or(std::string()))
        throw migration_error(
            migration_failure::drift,
            std::string(script_.side.file) +
                (count == 1
                     ? ": the first statement of this file has run, and was changed since; restore it as it "
                       "was and change only what stands behind it"
                     : ": the first " + std::to_string(count) +
                           " statements of this file have run, and were changed since; restore them as they "
                           "were and change only what stands behind them"),
            std::string(script_.side.file));
    row_.statements_done = found_->statements_done;
    row_.progress_hash = hash;
    row_.in_doubt = found_->in_doubt;
    migration_event event{migration_event::kind::resuming, script_.side.file};
    event.statement = count;
    event.statements = script_.commands.size();
    session_.tell(event);
}

void migration_steps::replay_settings() {
    for (std::int32_t i = 0; i < row_.statements_done; ++i) {
        const auto& command = script_.commands[static_cast<std::size_t>(i)];
        if (!leaves_settings(script_.words(command))) continue;
        try {
            session_.send(script_, command);
        } catch (const server_error& failure) {
            stop(command, failure);
        }
    }
}

void migration_steps::step(const sql_command& command) {
    migration_event event{migration_event::kind::statement, script_.side.file};
    event.statement = number();
    event.statements = script_.commands.size();
    session_.tell(event);
    try {
        if (needs_no_transaction(script_.words(command)) || !run_inside(command)) run_outside(command);
    } catch (const server_error& failure) {
        stop(command, failure);
    }
}

/// The statement and its record in one transaction: whatever happens, both or none. False if the statement does not
/// run in a transaction.
bool migration_steps::run_inside(const sql_command& command) {
    for (unsigned attempt = 1;; ++attempt) {
        const auto before = row_;
        try {
            session_.on().run_script("begin isolation level read committed read write");
            session_.send(script_, command);
            session_.check_after(script_, command, true);
            done(command);
            session_.stop().guard([&] { session_.on().run_script("COMMIT"); });
            return true;
        } catch (const server_error& failure) {
            row_ = before;
            const auto code = failure.sqlstate().text();
            const bool refused = code == transaction_block || code == own_commit;
            if (!refused && session_.pause_to_retry(failure, script_, attempt)) continue;
            if (session_.on().state() != session_state::idle) session_.on().run_script("rollback");
            if (refused) return false;
            throw;
        }
    }
}

/// First a note that it begins, at the end one that it is done: a run that is stopped between the two leaves a
/// statement of which nobody knows how it ended.
void migration_steps::run_outside(const sql_command& command) {
    auto& on = session_.on();
    const auto index = read_concurrent_index(script_.words(command));
    std::string limit;
    if (index) { // given up in the middle, it would leave an invalid index behind
        statement question("select pg_catalog.current_setting('lock_timeout')");
        question.prepare = false;
        limit = on.run(question).value<std::string>(0, 0);
        on.run_script("set lock_timeout = 0");
    }
    if (!(first_ && index && finished_before(command, *index))) {
        row_.in_doubt = true;
        session_.keep(row_);
        session_.send(script_, command);
        session_.check_after(script_, command, false);
    }
    if (index) on.run_script("set lock_timeout = '" + limit + '\'');
    if (index && index->what == concurrent_index::action::create &&
        find_index(on, *index) == index_standing::invalid)
        bad_place(
            migration_failure::sql, script_.side.file, script_.place(command.first),
            "the index was there already, and is invalid: an earlier attempt to make it was stopped; drop it "
            "(drop index concurrently) and run again");
    done(command);
}

/// Was it done by the run that was stopped? What that run left behind half done is removed.
bool migration_steps::finished_before(const sql_command& command, const concurrent_index& index) {
    const auto standing = find_index(session_.on(), index);
    if (row_.in_doubt) {
        if (index.what == concurrent_index::action::create && standing == index_standing::valid) return true;
        if (index.what == concurrent_index::action::drop && standing == index_standing::absent) return true;
        if (index.what == concurrent_index::action::create && index.index.empty())
            bad_place(
                migration_failure::sql, script_.side.file, script_.place(command.first),
                "the run before was stopped while it made this index, which has no name, so that nobody can "
                "tell whether it is there; drop it if it is, give it a name here, and run again");
    }
    session_.stop().guard([&] { drop_leftovers(session_.on(), index); });
    return false;
}

void migration_steps::done(const sql_command& command) {
    row_.progress_hash = progress_hash(*row_.progress_hash, script_.words(command));
    ++row_.statements_done;
    row_.in_doubt = false;
    session_.keep(row_);
}

void migration_steps::stop(const sql_command& command, const server_error& failure) {
    const auto at = number();
    const std::string what = "the server refused statement " + std::to_string(at) + " of " +
                             std::to_string(script_.commands.size());
    std::string done = at == 1 ? std::string("nothing of this file is applied")
                               : (at == 2 ? std::string("statement 1 is")
                                          : "statements 1 to " + std::to_string(at - 1) + " are") +
                                     " applied and recorded, the rest has not run";
    if (row_.in_doubt) done += ", save for what this statement did outside a transaction";
    try {
        session_.refuse(script_, script_.place(command, failure.message().position), what, failure, done,
                        "mend the file from here on", "run again, which goes on here");
    } catch (const migration_error& refusal) {
        row_.in_doubt = false;
        row_.status.assign(working_ == "running" ? "failed" : working_);
        row_.error = refusal.what();
        if (session_.on().state() == session_state::idle) try {
                session_.keep(row_);
            } catch (const error&) { // the row stays "running": as true, and what went wrong first is said
            }
        throw;
    }
}

} // namespace howdah::detail

// SPDX-License-Identifier: BSL-1.0
#include "migration_session.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace howdah::detail {
namespace {

using std::chrono::milliseconds;
using clock = std::chrono::steady_clock;

connection_config own_config(connection_config config, callback<const server_message&> on_notice) {
    config.application_name += "-migrate"; // what the others, who wait, are told
    config.statement_timeout = std::chrono::hours(24 * 365);
    config.on_notice = std::move(on_notice);
    return config;
}

milliseconds since(clock::time_point start) {
    return std::chrono::duration_cast<milliseconds>(clock::now() - start);
}

} // namespace

migration_session::migration_session(const connection_config& server, const migration_options& options)
    : options_(options), history_(options),
      on_(own_config(server,
                     [this, also = server.on_notice](const server_message& said) {
                         if (also) also(said);
                         hear(said);
                     })),
      stop_(on_, options.stop), start_user_(on_.reported_setting("session_authorization")) {}

/// Between the commands of files the server speaks of our own statements, which is nobody's concern.
void migration_session::hear(const server_message& said) noexcept {
    if (heard_in_.empty() || thrown_at_notice_) return;
    try {
        const bool warns = said.severity == "WARNING";
        const auto text = warns ? std::string(heard_in_) + ": " + said.message : said.message;
        migration_event event{warns ? migration_event::kind::warning : migration_event::kind::notice,
                              heard_in_};
        event.message = text;
        tell(event);
    } catch (...) {
        thrown_at_notice_ = std::current_exception();
    }
}

std::string migration_session::afresh(milliseconds lock_timeout, milliseconds statement_timeout) {
    return "reset session authorization; reset role; reset all; discard temp; set timezone = 'UTC';"
           " set datestyle = 'ISO, MDY'; set intervalstyle = 'postgres'; set client_encoding = 'UTF8';"
           " set standard_conforming_strings = on; set idle_in_transaction_session_timeout = 0;"
           " set lock_timeout = " +
           std::to_string(lock_timeout.count()) +
           "; set statement_timeout = " + std::to_string(statement_timeout.count());
}

void migration_session::begin_afresh(const migration_directives& directives) {
    if (watch_.empty()) { // asked once: not every server can watch its sockets while it works
        watch_ = " ";
        if (on_.server_version() >= 140'000) try {
                on_.run_script("set client_connection_check_interval = 2000");
                watch_ = "; set client_connection_check_interval = 2000";
            } catch (const server_error&) {
            }
    }
    on_.run_script(afresh(directives.lock_timeout.value_or(options_.table_lock_timeout),
                          directives.statement_timeout.value_or(options_.statement_timeout)) +
                   watch_);
    if (role_.empty()) role_ = start_role();
}

void migration_session::check_protection() const {
    const std::string database(on_.database());
    const auto& patterns = options_.protected_databases;
    const bool is_protected = std::any_of(patterns.begin(), patterns.end(),
                                          [&](const auto& each) { return matches(each, database); });
    if (!is_protected || options_.confirmed == database) return;
    throw migration_error(migration_failure::unconfirmed,
                          "the database '" + database +
                              "' is protected; if it is the one that is meant, say so by giving its name as "
                              "confirmation",
                          database);
}

void migration_session::send(const runnable& script, const sql_command& command) {
    struct listening {
        std::string_view& to;
        ~listening() { to = {}; }
    } const while_it_runs{heard_in_};
    heard_in_ = script.side.file;
    try {
        stop_.guard([&] {
            if (command.kind == sql_command_kind::copy_in)
                on_.copy_in(script.words(command), script.data(command));
            else on_.run_script(script.words(command));
        });
        if (const auto thrown = std::exchange(thrown_at_notice_, nullptr)) std::rethrow_exception(thrown);
    } catch (const server_error& failure) {
        if (on_.state() != session_state::broken) throw; // else the server said goodbye: it is no refusal
        throw connection_error(connection_failure::lost, "the server ended the session",
                               failure.full_message(), failure.sqlstate());
    }
}

void migration_session::check_after(const runnable& script, const sql_command& command,
                                    bool in_transaction) const {
    // The files are searched for such commands beforehand; this is the proof that none was overlooked.
    if (on_.state() != (in_transaction ? session_state::in_transaction : session_state::idle))
        bad_place(migration_failure::own_transaction, script.side.file, script.place(command.first),
                  "this command began or ended a transaction; what stands before it may be applied but not "
                  "recorded, undo it by hand and remove the command");
    if (on_.reported_setting("standard_conforming_strings") == "off")
        bad_place(migration_failure::bad_file, script.side.file, script.place(command.first),
                  "this command switched standard_conforming_strings off, which gives the strings behind it "
                  "another "
                  "meaning; write E'' where backslashes are escapes");
    if (on_.reported_setting("client_encoding") != "UTF8")
        bad_place(migration_failure::bad_file, script.side.file, script.place(command.first),
                  "this command changed client_encoding, and the file is UTF-8; remove it");
}

std::string migration_session::start_role() {
    statement question("select pg_catalog.current_setting('role')");
    question.prepare = false;
    const auto name = on_.run(question).value<std::string>(0, 0);
    return name == "none" ? name : connection::quote_identifier(name);
}

void migration_session::bookkeep(const std::function<void()>& write) {
    const bool inside = on_.state() == session_state::in_transaction;
    std::string before = inside ? "" : "begin isolation level read committed read write; ";
    // SET LOCAL: the statements that follow have the role that the file has taken.
    if (on_.reported_setting("session_authorization") != start_user_)
        before += "set local session authorization default; ";
    on_.run_script(before + "set local role " + role_);
    write();
    if (!inside) on_.run_script("COMMIT");
}

void migration_session::keep(const history_row& row) {
    bookkeep([&] { history_.write(on_, row); });
}

void migration_session::forget(const std::string& version) {
    bookkeep([&] { history_.erase(on_, version); });
}

milliseconds migration_session::run_in_transaction(const runnable& script, const migration_lock& lock,
                                                   const std::function<void(milliseconds)>& record) {
    for (unsigned attempt = 1;; ++attempt) {
        const auto start = clock::now();
        try {
            run_once(script, lock, [&] { record(since(start)); });
            return since(start);
        } catch (const migration_error& failure) {
            if (!failure.cause() || !pause_to_retry(*failure.cause(), script, attempt)) throw;
        }
    }
}

void migration_session::run_once(const runnable& script, const migration_lock& lock,
                                 const std::function<void()>& record) {
    begin_afresh(script.side.directives);
    on_.run_script("begin isolation level read committed read write");
    lock.check();
    std::size_t number = 0;
    for (const auto& command : script.commands) {
        migration_event event{migration_event::kind::statement, script.side.file};
        event.statement = ++number;
        event.statements = script.commands.size();
        tell(event);
        try {
            send(script, command);
        } catch (const server_error& failure) {
            refuse(script, script.place(command, failure.message().position),
                   "the server refused this command", failure, "nothing of this file is applied",
                   "mend the file", "run again");
        }
        check_after(script, command, true);
    }
    // The file may have gone over to a role that must not write the history.
    on_.run_script("reset session authorization; reset role");
    record();
    commit(script);
}

void migration_session::commit(const runnable& script) {
    try {
        stop_.guard([&] { on_.run_script("COMMIT"); }); // checks deferred constraints, which may take long
    } catch (const server_error& failure) {
        refuse(script, {0, 0}, "the server refused to commit it", failure, "nothing of this file is applied",
               "mend the file", "run again");
    }
}

bool migration_session::pause_to_retry(const server_error& failure, const runnable& script,
                                       unsigned attempt) {
    const bool worth_it = failure.sqlstate() == sqlstates::lock_not_available ||
                          failure.sqlstate() == sqlstates::deadlock_detected;
    if (!worth_it || attempt > options_.table_lock_retries) return false;
    if (on_.state() != session_state::idle) on_.run_script("rollback");
    const milliseconds pause{std::min(100 << std::min(attempt - 1, 6U), 5'000)};
    migration_event event{migration_event::kind::retrying, script.side.file};
    event.attempt = attempt;
    event.duration = pause;
    tell(event);
    stop_.sleep(pause);
    return true;
}

void migration_session::refuse(const runnable& script, text_position at, const std::string& what,
                               const server_error& failure, const std::string& done, std::string_view mend,
                               const std::string& again) const {
    std::string text(script.side.file);
    if (at.line > 0) text += ':' + std::to_string(at.line) + ':' + std::to_string(at.column);
    const bool stopped = stop_.caused(failure);
    const auto remedy = remedy_for(failure.sqlstate());
    if (stopped) text += ": stopped here, as it was asked for; " + done + "; " + again;
    else
        text.append(": " + what + in_brackets(failure.sqlstate()) + "; " + done +
                    "; full_message() holds the server's words, ")
            .append(remedy.empty() ? mend : remedy)
            .append(" and " + again);
    throw migration_error(stopped ? migration_failure::stopped : migration_failure::sql, text,
                          std::string(script.side.file), at.line, at.column,
                          stopped ? nullptr : detail::make_shared_object<const server_error>(failure));
}

connection_error naming(const connection_error& failure, std::string_view file, const std::string& next) {
    return connection_error(failure.kind(), std::string(file) + ": " + failure.what() + "; " + next,
                            failure.full_message(), failure.sqlstate(), failure.commit_unknown());
}

bool matches(std::string_view pattern, std::string_view text) noexcept {
    std::size_t p = 0, t = 0, star = pattern.npos, resumed = 0;
    while (t < text.size()) {
        if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t]) && pattern[p] != '*') ++p, ++t;
        else if (p < pattern.size() && pattern[p] == '*') star = p++, resumed = t;
        else if (star != pattern.npos) p = star + 1, t = ++resumed;
        else return false;
    }
    while (p < pattern.size() && pattern[p] == '*') ++p;
    return p == pattern.size();
}

} // namespace howdah::detail

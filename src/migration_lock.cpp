// SPDX-License-Identifier: BSL-1.0
#include "migration_history.hpp"

#include <algorithm>
#include <optional>
#include <random>

namespace howdah::detail {
namespace {

using std::chrono::milliseconds;

/// The first key of every lock of a migration runner: "howd" in ASCII. Keys are per database already.
constexpr std::int32_t lock_class = 0x686F7764;

/// FNV-1a, 32 bits: the second key tells histories apart.
std::int32_t hash(std::string_view text) noexcept {
    std::uint32_t value = 2166136261u;
    for (const char c : text) value = (value ^ static_cast<unsigned char>(c)) * 16777619u;
    return static_cast<std::int32_t>(value);
}

std::string keys(std::int32_t key) {
    return "((" + std::to_string(lock_class) + ")::pg_catalog.int4, (" + std::to_string(key) +
           ")::pg_catalog.int4)";
}

bool ask(connection& on, const std::string& text) {
    statement question(text);
    question.prepare = false;
    return on.run(question).value<bool>(0, 0);
}

} // namespace

migration_lock::migration_lock(connection& on, const migration_history& history,
                               const migration_options& options)
    : on_(on), key_(hash(history.table())) {
    std::minstd_rand random(static_cast<unsigned>(on.backend_pid()));
    std::uniform_int_distribution<int> part(50, 100);
    const auto until = deadline_in(options.lock_timeout);
    bool told = false;
    for (milliseconds longest{50}; !try_lock(); longest = std::min(longest * 2, milliseconds{1'000})) {
        if (options.stop.stop_requested())
            throw migration_error(
                migration_failure::stopped,
                "stopped, as it was asked for, while another migration run held the lock of " +
                    history.table() + "; nothing was done; run again",
                history.table());
        const auto left = std::chrono::duration_cast<milliseconds>(until - std::chrono::steady_clock::now());
        if (left <= milliseconds::zero())
            throw migration_error(migration_failure::lock_timeout,
                                  "another migration run holds the lock of " + history.table() + ": " +
                                      holder() + "; wait until it has ended and run again",
                                  history.table());
        if (!told && options.on_event) options.on_event({migration_event::kind::waiting, {}, holder()});
        told = true;
        pause(std::min(longest * part(random) / 100, left + milliseconds{1}));
    }
}

migration_lock::~migration_lock() {
    // Whatever fails here, closing the connection ends the transaction and gives the lock back.
    try {
        const auto now = on_.state();
        if (now == session_state::in_transaction || now == session_state::failed_transaction)
            on_.run_script("rollback", milliseconds{5'000});
        if (on_.state() == session_state::idle)
            (void)ask(on_, "select pg_catalog.pg_advisory_unlock" + keys(key_));
    } catch (...) {
    }
}

bool migration_lock::try_lock() const {
    return ask(on_, "select pg_catalog.pg_try_advisory_lock" + keys(key_));
}

std::string migration_lock::where() const {
    return " where l.locktype operator(pg_catalog.=) 'advisory' and l.granted"
           " and l.classid operator(pg_catalog.=) " +
           std::to_string(lock_class) + "::pg_catalog.oid and l.objid operator(pg_catalog.=) " +
           std::to_string(static_cast<std::uint32_t>(key_)) +
           "::pg_catalog.oid and l.objsubid operator(pg_catalog.=) 2::pg_catalog.int2"
           " and l.database operator(pg_catalog.=) (select d.oid from pg_catalog.pg_database d"
           " where d.datname operator(pg_catalog.=) pg_catalog.current_database())";
}

void migration_lock::check() const {
    if (ask(on_, "select exists(select from pg_catalog.pg_locks l" + where() +
                     " and l.pid operator(pg_catalog.=) pg_catalog.pg_backend_pid())"))
        return;
    throw usage_error(
        "the migration lock is not held by the session that runs the statements: a pooler in transaction "
        "mode stands between; give migrate() the address of the server itself");
}

std::string migration_lock::holder() const {
    const std::string text =
        "select l.pid, a.application_name, a.backend_start from pg_catalog.pg_locks l"
        " left join pg_catalog.pg_stat_activity a on a.pid operator(pg_catalog.=) l.pid" +
        where();
    statement question(text);
    question.prepare = false;
    const auto rows = on_.run(question);
    if (rows.empty()) return "a session that has just ended";
    std::string out = "server process " + std::to_string(rows.value<std::int32_t>(0, 0));
    if (const auto name = rows.value<std::optional<std::string>>(0, 1))
        out += ", application '" + *name + '\'';
    if (const auto since = rows.value<std::optional<timestamp>>(0, 2))
        out += ", connected since " + format_rfc3339(*since);
    return out;
}

void migration_lock::pause(milliseconds longest) const {
    const auto& config = on_.config();
    waiter& seam = config.wait_with ? *config.wait_with : polling_waiter();
    // The server says nothing unasked, save that it shuts down: then the next question fails at once.
    if (on_.socket() >= 0) (void)seam.wait(on_.socket(), interest::read, deadline_in(longest));
}

} // namespace howdah::detail

// SPDX-License-Identifier: BSL-1.0
//
// Two sessions that get in each other's way, in a known order: who waits is asked of the server, never
// guessed by sleeping.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <thread>

#include <howdah/connection.hpp>
#include <howdah/query.hpp>

namespace howdah::test {

/// The same database with settings of the session: "-c role=reader -c app.tenant=blue". A blank inside a
/// value takes a
/// backslash before it; no quotes, no percent signs.
inline connection_config with_settings(connection_config config, std::string_view settings) {
    if (config.url.find("://") == std::string::npos) {
        config.url += " options='";
        for (const char c : settings) config.url.append(c == '\\' ? 2 : 1, c);
        config.url += '\'';
        return config;
    }
    config.url += config.url.find('?') == std::string::npos ? "?options=" : "&options=";
    for (const char c : settings) {
        if (c == ' ') config.url += "%20";
        else if (c == '=') config.url += "%3D";
        else if (c == '\\') config.url += "%5C";
        else config.url += c;
    }
    return config;
}

/// Returns true once `sessions` sessions of the database of `admin` wait for a lock; false if that does
/// not happen in a minute.
inline bool wait_until_blocked(connection& admin, std::int64_t sessions = 1) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{60};
    while (std::chrono::steady_clock::now() < until) {
        const auto waiting = query_one<std::int64_t>(
            admin, "select count(*) from pg_stat_activity where datname = current_database() and "
                   "wait_event_type = 'Lock' and state = 'active'");
        if (waiting >= sessions) return true;
        std::this_thread::yield();
    }
    return false;
}

/// A role that goes at the end, with what it may do in the current database.
class temporary_role {
public:
    temporary_role(connection& admin, std::string_view purpose)
        : admin_(admin),
          name_("howdah_test_" + std::string(purpose) + '_' + std::to_string(admin.backend_pid())) {
        admin_.run_script("create role " + name_);
    }
    temporary_role(const temporary_role&) = delete;
    temporary_role& operator=(const temporary_role&) = delete;
    ~temporary_role() {
        try {
            admin_.run_script("drop owned by " + name_ + "; drop role " + name_);
        } catch (const error&) {
            // The server goes with the tests; an external one keeps a role without rights.
        }
    }
    [[nodiscard]] const std::string& name() const noexcept { return name_; }

private:
    connection& admin_;
    std::string name_;
};

} // namespace howdah::test

// SPDX-License-Identifier: BSL-1.0
//
// connection_config: where a connection goes and how it behaves. Checked once, when the connection (or the
// pool) is made.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include <howdah/callback.hpp>
#include <howdah/error.hpp>
#include <howdah/wait.hpp>

namespace howdah {

/// Everything about one connection. Plain data; copy it freely.
struct connection_config {
    /// A libpq URI ("postgresql://user@host/database?sslmode=verify-full") or keyword string ("host=/tmp
    /// dbname=app"). Empty: libpq's own environment variables (PGHOST, PGDATABASE, ...) and defaults.
    std::string url{};
    /// Shown in pg_stat_activity, unless the url names another.
    std::string application_name = "howdah";
    /// For the whole of connecting, all hosts together. Name look-up by the system's resolver is the one part
    /// that libpq blocks in.
    std::chrono::milliseconds connect_timeout{5'000};
    /// How long a statement may take, waiting included; then it is cancelled. A statement may ask for another
    /// time.
    std::chrono::milliseconds statement_timeout{30'000};
    /// How long a cancelled statement is given to end before the connection is given up.
    std::chrono::milliseconds cancel_timeout{2'000};
    /// Keep statements prepared on the connection. Switch off behind a pooler that hands each transaction
    /// another server session (pgbouncer in transaction mode before 1.21): statements are then sent unnamed
    /// and nothing is set for the session.
    bool prepare_statements = true;
    /// How many statements stay prepared on one connection; the least recently used goes first. At least 1.
    std::size_t statement_cache_size = 256;
    /// Where waits happen; null: in the calling thread, by poll(2). Must outlive the connection.
    waiter* wait_with = nullptr;
    /// Called in the thread that runs the statement for every NOTICE and WARNING. Null: they are dropped.
    /// What it throws is dropped.
    callback<const server_message&> on_notice{};
};

} // namespace howdah

// SPDX-License-Identifier: BSL-1.0
//
// pool_config: how many connections a pool may have, how long they live and how long one waits for them.
// Checked once, when the pool is made.
//
//     auto config = howdah::pool_config::from_environment();      // DATABASE_URL, .env
//     howdah::pool_config by_hand{.connection = {.url = "postgresql://localhost/app"}, .max_size = 20};
#pragma once

#include <chrono>
#include <cstddef>

#include <howdah/connection_config.hpp>

namespace howdah {

class environment;

/// Everything about one pool. Plain data; copy it freely. Times are in milliseconds, none may be negative.
struct pool_config {
    /// Where the connections go and how they behave.
    connection_config connection{};

    /// Sessions at the server at once, those that are being opened or closed included; 1 to 10,000. The sum
    /// over all pools of all processes must fit into the server's max_connections.
    std::size_t max_size = 10;
    /// Connections kept open although nobody uses them, opened in the background. Zero: none. At most
    /// max_size.
    std::size_t min_idle = 0;

    /// How long acquire() waits for a connection, connecting and checking included. Zero: only a connection
    /// that is idle at once will do.
    std::chrono::milliseconds acquire_timeout{5'000};
    /// An idle connection above min_idle is closed after this time. Zero: never.
    std::chrono::milliseconds idle_timeout{600'000};
    /// A connection is closed once it is this old, give or take 10 % by chance so that not all end at once;
    /// never while it is borrowed. Zero: never. Otherwise at least idle_timeout.
    std::chrono::milliseconds max_lifetime{1'800'000};
    /// How long cleaning a returned connection, or asking the server about an idle one, may take. Not zero.
    std::chrono::milliseconds reset_timeout{2'000};
    /// A connection that was idle for longer proves with a round trip that it is alive before it is lent; so
    /// does every connection after one of the pool was lost. One that was idle for a shorter time, but for
    /// more than 5 ms, only has its socket looked at, which costs no round trip. Zero: a round trip for every
    /// loan.
    std::chrono::milliseconds check_after_idle{1'000};

    /// Bring a returned connection's session back to its defaults (SET, ROLE, LISTEN, temporary tables,
    /// advisory locks) if a statement may have changed it. False: only an open transaction is rolled back,
    /// everything else is inherited by the next borrower.
    bool reset_sessions = true;

    /// Reads environment::load(): the process's environment and, for what is not set there, the file .env.
    ///
    ///     DATABASE_URL                       connection.url; required
    ///     HOWDAH_APPLICATION_NAME            connection.application_name
    ///     HOWDAH_CONNECT_TIMEOUT_MS          connection.connect_timeout
    ///     HOWDAH_STATEMENT_TIMEOUT_MS        connection.statement_timeout
    ///     HOWDAH_PREPARE_STATEMENTS          connection.prepare_statements (true, false, 1, 0, on, off)
    ///     HOWDAH_POOL_MAX_SIZE               max_size
    ///     HOWDAH_POOL_MIN_IDLE               min_idle
    ///     HOWDAH_POOL_ACQUIRE_TIMEOUT_MS     acquire_timeout
    ///     HOWDAH_POOL_IDLE_TIMEOUT_MS        idle_timeout
    ///     HOWDAH_POOL_MAX_LIFETIME_MS        max_lifetime
    ///     HOWDAH_POOL_RESET_TIMEOUT_MS       reset_timeout
    ///     HOWDAH_POOL_CHECK_AFTER_IDLE_MS    check_after_idle
    ///     HOWDAH_POOL_RESET_SESSIONS         reset_sessions (as above)
    ///
    /// Throws usage_error naming every variable whose value cannot be used (not the value), a missing
    /// DATABASE_URL included.
    [[nodiscard]] static pool_config from_environment();
    /// The same from a given environment.
    [[nodiscard]] static pool_config from_environment(const environment& from);

    /// Throws usage_error naming every field that cannot be as it is. The pool calls it.
    void validate() const;
};

} // namespace howdah

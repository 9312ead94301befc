// SPDX-License-Identifier: BSL-1.0
//
// The connection through which a test server's databases are made and dropped.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include <sys/types.h>

#include <howdah/testing/server.hpp>

namespace howdah::testing {

/// All names of ours begin so.
inline constexpr std::string_view name_prefix = "howdah_test_";
/// All comments of ours begin so; then come what it is, and when it was made (Unix seconds, server's clock).
inline constexpr std::string_view mark = "made by howdah::testing: ";

/// What is known of a database before it is touched.
struct database_facts {
    bool exists = false;
    bool ours = false; ///< name and mark
    bool complete = false;
};

/// One per server. The mutex makes its connection usable from any thread; it is remade when it is lost, and
/// in a fork of the program.
struct server::maintenance {
    std::string base_url;
    bool external = false;

    /// Runs `work(connection&)` with the connection, alone.
    template <class Work> auto with(Work work) {
        const std::scoped_lock alone(mutex_);
        return work(session());
    }

private:
    connection& session();
    std::mutex mutex_;
    std::optional<connection> connection_;
    pid_t owner_ = 0;
};

[[nodiscard]] database_facts facts_of(connection& on, const std::string& name);
/// Creates a database as a file copy of another, without a checkpoint's worth of log.
void create_database(connection& on, const std::string& name, const std::string& of);
/// Writes our mark on a database: what it is, and when by the server's clock.
void mark_database(connection& on, const std::string& name, std::string_view what);
/// Drops a database of ours. `force`: also with sessions in it.
void drop_database(connection& on, const std::string& name, bool force);
/// Drops our databases that are older than an hour and have no sessions.
void sweep_databases(connection& on);
/// Sixteen hexadecimal digits of a hash.
[[nodiscard]] std::string hash_digits(std::string_view text);

} // namespace howdah::testing

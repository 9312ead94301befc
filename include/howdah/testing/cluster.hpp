// SPDX-License-Identifier: BSL-1.0
//
// cluster: a PostgreSQL server of a test's own, thrown away afterwards.
//
//     howdah::testing::cluster server;
//     howdah::connection db{server.config()};
//
// It listens on a Unix socket only, in a directory that nobody else may enter. A small process of its own
// watches the program that made it and, whatever becomes of that program (return, exception, kill -9), stops
// the server and deletes the directory. Server programs must be installed; unavailable_reason() says if they
// are. As root the server runs as the account postgres, or nobody. Linux only.
//
// Questions (const members) may be asked from any thread; start, stop and restart from one at a time. The
// cluster is not tied to the thread that made it.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <howdah/connection_config.hpp>

namespace howdah::testing {

/// How a throw-away server is made. The defaults suit tests.
struct cluster_options {
    /// The directory of initdb and postgres. Empty: the environment variable HOWDAH_TEST_BINARIES; if that is
    /// not set, the first of PATH, what pg_config names, and the newest of /usr/lib/postgresql/*/bin.
    std::string binaries{};
    /// Where the initialised template is kept between runs. Empty: the environment variable
    /// HOWDAH_TEST_CACHE, else the directory for temporary files. Everything goes into howdah-<uid> in there.
    std::string cache{};
    /// Make the server's directory in memory (/dev/shm) if two gigabytes are free there: some file systems
    /// take a millisecond for each of the thousand files. Otherwise, and if the environment variable
    /// HOWDAH_TEST_IN_MEMORY is 0, it is made beside the template, or below /tmp where that path is too long
    /// for a socket or closed to the server's account.
    bool in_memory = true;
    /// Connections at once, PostgreSQL's max_connections.
    int max_connections = 100;
    /// Further server settings, name and value. They override howdah's own (fsync off, timezone UTC, ...).
    std::vector<std::pair<std::string, std::string>> settings{};
    /// How long the server may take to accept connections.
    std::chrono::milliseconds start_timeout{30'000};
};

/// How a server is told to stop (PostgreSQL manual, "Shutting Down the Server").
enum class stop_mode {
    smart,     ///< waits for the clients to leave
    fast,      ///< rolls their transactions back and disconnects them
    immediate, ///< as a crash would: the next start recovers
};

/// A throw-away server, running from construction on. Movable; stopped and deleted when destroyed.
class cluster {
public:
    /// Makes and starts a server. Throws usage_error if there are no server programs or the directory cannot
    /// be used, connection_error (with the server's log in full_message()) if the server does not start.
    explicit cluster(cluster_options options = {});
    cluster(cluster&&) noexcept;
    cluster& operator=(cluster&&) noexcept;
    /// Stops the server at once and deletes its directory. In a fork of the program that made it: nothing.
    ~cluster();

    /// A libpq URI for the superuser "postgres" and this database.
    [[nodiscard]] std::string url(std::string_view database = "postgres") const;
    /// The configuration of a connection to this database.
    [[nodiscard]] connection_config config(std::string_view database = "postgres") const;

    /// Stops the server and waits until it has gone; after start_timeout it is stopped in mode immediate.
    /// No effect on a stopped one.
    void stop(stop_mode mode = stop_mode::fast);
    /// Starts a stopped server on its old data, at the same url. Throws connection_error if it does not
    /// start. No effect on a running one.
    void start();
    /// stop(mode) and start().
    void restart(stop_mode mode = stop_mode::fast);

    /// The server's data directory.
    [[nodiscard]] const std::string& data_directory() const noexcept;
    /// The process id of the server's main process; 0 while stopped.
    [[nodiscard]] int server_pid() const noexcept;
    /// As PostgreSQL counts: 150018 for 15.18.
    [[nodiscard]] int server_version() const noexcept;
    /// What the server has logged so far. May hold statements and values.
    [[nodiscard]] std::string log() const;

    /// Why no server can be made here, or nothing if server programs were found.
    [[nodiscard]] static std::optional<std::string> unavailable_reason();

private:
    struct state;
    std::unique_ptr<state> state_;
};

/// The one throw-away server that a whole test program shares: made at the first call, gone at exit. Thread
/// safe. Throws as the constructor of cluster does.
[[nodiscard]] cluster& shared_cluster();

} // namespace howdah::testing

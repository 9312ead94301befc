// SPDX-License-Identifier: BSL-1.0
//
// A real pgbouncer in transaction mode before a test's server.
#pragma once

#include <doctest/doctest.h>

#include <grp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include <howdah/query.hpp>

namespace howdah::test {

/// Ends with the object, or with the program.
class pooler {
public:
    /// Its program is installed. Debian's package is named so too.
    [[nodiscard]] static bool is_there() { return !program().empty(); }

    /// Hands `sessions` sessions of the server around, a transaction at a time.
    pooler(const connection_config& server, int sessions) {
        connection db{server};
        database_ = query_one<std::string>(db, "select current_database()::text");
        const auto socket = query_one<std::string>(db, "select current_setting('unix_socket_directories')");
        const auto port = query_one<std::string>(db, "select current_setting('port')");
        const auto user = query_one<std::string>(db, "select current_user::text");
        char name[] = "/tmp/howdah-pooler-XXXXXX";
        REQUIRE(::mkdtemp(name) != nullptr);
        directory_ = name;
        std::ofstream(directory_ + "/pgbouncer.ini")
            << "[databases]\n* = host=" << socket << " port=" << port << " user=" << user
            << "\n[pgbouncer]\nlisten_addr =\nlisten_port = 6432\nunix_socket_dir = " << directory_
            << "\nauth_type = any\npool_mode = transaction\ndefault_pool_size = " << sessions
            << "\nserver_round_robin = 1\nlogfile = " << directory_ << "/log\n";
        // It refuses to run as root, and the server's directory is open to the server's account alone.
        struct stat owner{};
        REQUIRE(::stat(socket.c_str(), &owner) == 0);
        if (::geteuid() == 0) REQUIRE(::chown(name, owner.st_uid, owner.st_gid) == 0);
        start(owner);
        wait_until_ready();
    }
    pooler(const pooler&) = delete;
    pooler& operator=(const pooler&) = delete;
    ~pooler() {
        ::kill(child_, SIGKILL);
        ::waitpid(child_, nullptr, 0);
        std::error_code ignored;
        std::filesystem::remove_all(directory_, ignored);
    }

    [[nodiscard]] connection_config config() const {
        return {.url = "host=" + directory_ + " port=6432 dbname=" + database_ + " user=postgres"};
    }

private:
    [[nodiscard]] static std::string program() {
        for (const auto* path : {"/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/usr/local/bin/pgbouncer"})
            if (::access(path, X_OK) == 0) return path;
        return {};
    }

    void start(const struct stat& owner) {
        const auto path = program(), settings = directory_ + "/pgbouncer.ini";
        const auto parent = ::getpid();
        child_ = ::fork();
        REQUIRE(child_ >= 0);
        if (child_ > 0) return;
        if (::geteuid() == 0 &&
            (::setgroups(0, nullptr) != 0 || ::setgid(owner.st_gid) != 0 || ::setuid(owner.st_uid) != 0))
            ::_exit(126);
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != parent) ::_exit(125);
        ::execl(path.c_str(), path.c_str(), "-q", settings.c_str(), static_cast<char*>(nullptr));
        ::_exit(127);
    }

    void wait_until_ready() const {
        const auto last = std::chrono::steady_clock::now() + std::chrono::seconds(60);
        for (;;) {
            try {
                connection db{config()};
                return;
            } catch (const connection_error&) {
                if (std::chrono::steady_clock::now() > last || ::waitpid(child_, nullptr, WNOHANG) != 0)
                    throw;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
    }

    std::string directory_, database_;
    pid_t child_ = -1;
};

} // namespace howdah::test

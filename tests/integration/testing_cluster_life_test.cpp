// SPDX-License-Identifier: BSL-1.0
//
// What is left when a program that made a cluster ends in some way: nothing.
#include <doctest/doctest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <thread>

#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <howdah/connection.hpp>
#include <howdah/error.hpp>
#include <howdah/testing/cluster.hpp>

using howdah::testing::cluster;
using howdah::testing::cluster_options;
namespace fs = std::filesystem;

namespace {

/// A directory of a test's own, for caches; deleted at the end.
struct scratch {
    std::string path = "/tmp/howdah-scratch-XXXXXX";
    scratch() {
        REQUIRE(mkdtemp(path.data()));
        chmod(path.c_str(), 0755);
    }
    scratch(const scratch&) = delete;
    scratch& operator=(const scratch&) = delete;
    ~scratch() {
        // Perhaps together with the supervisor of a child that was just killed.
        for (std::error_code failed; fs::exists(path, failed);) fs::remove_all(path, failed);
    }
    cluster_options options() const { return {.cache = path, .in_memory = false}; }
};

bool within(std::chrono::milliseconds time, const std::function<bool()>& holds) {
    for (const auto end = std::chrono::steady_clock::now() + time; !holds();) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
}

bool is_gone(int process) {
    return kill(process, 0) != 0;
}

/// What a child process tells of its cluster.
struct news {
    int server = 0, supervisor = 0;
    char data[200] = {};
};

int parent_of(int process) {
    std::ifstream file("/proc/" + std::to_string(process) + "/status");
    for (std::string word; file >> word;)
        if (int parent = 0; word == "PPid:" && file >> parent) return parent;
    return 0;
}

news about(const cluster& server) {
    news all{server.server_pid(), parent_of(server.server_pid()), {}};
    server.data_directory().copy(all.data, sizeof all.data - 1);
    return all;
}

/// Makes a cluster in a child process, which then waits to be killed.
struct child_with_cluster {
    pid_t process = -1;
    news told;

    child_with_cluster(const cluster_options& options, const std::function<void()>& first = [] {}) {
        int ends[2];
        REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
        process = fork();
        if (process == 0) live(options, first, ends[1]);
        close(ends[1]);
        REQUIRE(read(ends[0], &told, sizeof told) == sizeof told);
        close(ends[0]);
    }
    ~child_with_cluster() {
        kill(process, SIGKILL);
        waitpid(process, nullptr, 0);
    }

private:
    [[noreturn]] static void live(const cluster_options& options, const std::function<void()>& first,
                                  int tell) {
        try {
            first();
            const cluster server(options);
            const news all = about(server);
            if (write(tell, &all, sizeof all) == sizeof all) pause();
        } catch (const howdah::error& failure) {
            std::fprintf(stderr, "in the child: %s\n", failure.full_message().c_str());
        }
        _exit(1);
    }
};

std::string run_of(const news& told) {
    return fs::path(told.data).parent_path();
}

} // namespace

TEST_CASE("kill -9 of the program leaves no process and no directory") {
    const scratch cache;
    std::string run;
    int server = 0, supervisor = 0;
    for (const bool in_memory : {false, true}) {
        CAPTURE(in_memory);
        {
            cluster_options options = cache.options();
            options.in_memory = in_memory;
            const child_with_cluster child(options);
            run = run_of(child.told);
            server = child.told.server;
            supervisor = child.told.supervisor;
            REQUIRE_FALSE(is_gone(server));
            REQUIRE(fs::exists(run));
        }
        CHECK(within(std::chrono::seconds(60), [&] { return is_gone(server) && !fs::exists(run); }));
        CHECK(within(std::chrono::seconds(60), [&] { return is_gone(supervisor); }));
    }
}

TEST_CASE("a supervisor that is killed takes its server along, and the next cluster sweeps the directory") {
    const scratch cache;
    const child_with_cluster child(cache.options());
    kill(child.told.supervisor, SIGKILL);
    CHECK(within(std::chrono::seconds(60), [&] { return is_gone(child.told.server); }));
    CHECK(fs::exists(run_of(child.told)));
    // The server's other processes hold the lock until they are gone as well.
    CHECK(within(std::chrono::seconds(60), [&] {
        const cluster next(cache.options());
        return !fs::exists(run_of(child.told));
    }));
}

TEST_CASE("a sweep leaves the directories of living clusters alone") {
    const scratch cache;
    cluster first(cache.options());
    const cluster second(cache.options());
    CHECK(fs::exists(first.data_directory()));
    CHECK(first.server_pid() != second.server_pid());
    howdah::connection one(first.config()), other(second.config());
    howdah::execute(one, "create table only_here ()");
    CHECK_THROWS_AS(howdah::execute(other, "select from only_here"), howdah::server_error);
}

TEST_CASE("a cluster survives the thread that made it") {
    std::optional<cluster> server;
    std::thread([&] { server.emplace(); }).join();
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    howdah::connection db(server->config());
    CHECK(db.run("select 1").value<std::int32_t>(0, 0) == 1);
}

TEST_CASE("a fork of the program that ends does not end its cluster") {
    auto* server = new cluster;
    const pid_t child = fork();
    if (child == 0) {
        delete server;
        _exit(0);
    }
    waitpid(child, nullptr, 0);
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    CHECK_FALSE(is_gone(server->server_pid()));
    howdah::connection db(server->config());
    CHECK(db.run("select 1").value<std::int32_t>(0, 0) == 1);
    delete server;
}

TEST_CASE("a fork that outlives the program does not keep its cluster") {
    const scratch cache;
    pid_t grandchild = 0;
    news told;
    {
        int ends[2];
        REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
        const pid_t child = fork();
        if (child == 0) {
            const cluster server(cache.options());
            told = about(server);
            const pid_t survivor = fork();
            if (survivor == 0) {
                std::this_thread::sleep_for(std::chrono::seconds(60));
                _exit(0);
            }
            const bool sent = write(ends[1], &told, sizeof told) == sizeof told &&
                              write(ends[1], &survivor, sizeof survivor) == sizeof survivor;
            _exit(sent ? 0 : 1); // without the cluster's destructor
        }
        close(ends[1]);
        REQUIRE(read(ends[0], &told, sizeof told) == sizeof told);
        REQUIRE(read(ends[0], &grandchild, sizeof grandchild) == sizeof grandchild);
        close(ends[0]);
        waitpid(child, nullptr, 0);
    }
    CHECK(
        within(std::chrono::seconds(60), [&] { return is_gone(told.server) && !fs::exists(run_of(told)); }));
    CHECK(kill(grandchild, SIGKILL) == 0);
}

TEST_CASE("a cluster works for an ordinary user too") {
    const scratch cache;
    if (geteuid() != 0) {
        MESSAGE("this is not root, so every other test here shows it");
        return;
    }
    chmod(cache.path.c_str(), 01777);
    const child_with_cluster child(cache.options(), [] {
        if (setgroups(0, nullptr) != 0 || setgid(65'534) != 0 || setuid(65'534) != 0) _exit(2);
        prctl(PR_SET_DUMPABLE, 1);
    });
    struct stat found{};
    REQUIRE(stat(child.told.data, &found) == 0);
    CHECK(found.st_uid == 65'534);
    howdah::connection_config config;
    config.url = "postgresql://postgres@/postgres?port=5432&host=" + run_of(child.told);
    howdah::connection db(config);
    CHECK(db.run("select 1").value<std::int32_t>(0, 0) == 1);
}

TEST_CASE("a damaged template is made anew") {
    const scratch cache;
    {
        const cluster first(cache.options());
    }
    int damaged = 0;
    for (const auto& entry : fs::recursive_directory_iterator(cache.path))
        if (entry.path().filename() == "pg_control") fs::resize_file(entry.path(), 0), ++damaged;
    REQUIRE(damaged == 1);
    for (int i = 0; i < 2; ++i) {
        const cluster server(cache.options());
        howdah::connection db(server.config());
        CHECK(db.run("select 1").value<std::int32_t>(0, 0) == 1);
    }
}

TEST_CASE("two programs that need the first template at once both get a cluster") {
    const scratch cache;
    const child_with_cluster one(cache.options()), other(cache.options());
    CHECK_FALSE(is_gone(one.told.server));
    CHECK_FALSE(is_gone(other.told.server));
    CHECK(one.told.server != other.told.server);
}

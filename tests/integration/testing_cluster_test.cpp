// SPDX-License-Identifier: BSL-1.0
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <howdah/connection.hpp>
#include <howdah/error.hpp>
#include <howdah/testing/cluster.hpp>

using howdah::testing::cluster;
using howdah::testing::cluster_options;

namespace {

bool exists(const std::string& path) {
    return access(path.c_str(), F_OK) == 0;
}
bool runs(int process) {
    return kill(process, 0) == 0;
}

} // namespace

TEST_CASE("a cluster runs while it lives and leaves no process and no directory") {
    std::string data;
    int process = 0;
    {
        const cluster server;
        data = server.data_directory();
        process = server.server_pid();
        CHECK(runs(process));
        CHECK(exists(data + "/PG_VERSION"));
        CHECK(server.server_version() >= 140'000);
    }
    CHECK_FALSE(runs(process));
    CHECK_FALSE(exists(data));
}

TEST_CASE("a stopped cluster starts again on its data") {
    cluster server;
    const int before = server.server_pid();
    server.restart(howdah::testing::stop_mode::immediate);
    CHECK_FALSE(runs(before));
    CHECK(runs(server.server_pid()));
    server.stop();
    CHECK(server.server_pid() == 0);
}

TEST_CASE("a server that refuses its settings is reported with its log") {
    try {
        const cluster server(cluster_options{.settings = {{"no_such_setting", "1"}}});
        FAIL("it started");
    } catch (const howdah::connection_error& failure) {
        CHECK(failure.kind() == howdah::connection_failure::refused);
        CHECK(failure.full_message().find("no_such_setting") != std::string::npos);
        CHECK(std::string(failure.what()).find("no_such_setting") == std::string::npos);
    }
}

TEST_CASE("a cluster answers, in UTC, with the settings that were asked for") {
    const cluster server(cluster_options{.max_connections = 17,
                                         .settings = {{"work_mem", "5MB"}, {"timezone", "Asia/Kolkata"}}});
    howdah::connection db(server.config());
    const auto show = [&](const char* name) {
        return db.run("select pg_catalog.current_setting($1)", howdah::bind(std::string(name)))
            .value<std::string>(0, 0);
    };
    CHECK(show("max_connections") == "17");
    CHECK(show("work_mem") == "5MB");
    CHECK(show("listen_addresses").empty());
    CHECK(show("log_timezone") == "UTC");
    CHECK(db.server_version() == server.server_version());
    CHECK(db.run("select boot_val is not null and reset_val is not null and setting is not null "
                 "from pg_settings where name = 'TimeZone'")
              .value<bool>(0, 0));
}

TEST_CASE("a long directory for temporary files does not stop a cluster") {
    std::string directory = "/tmp/howdah-long-XXXXXX";
    REQUIRE(mkdtemp(directory.data()));
    const std::string longer = directory + '/' + std::string(120, 'x');
    const cluster server(cluster_options{.cache = longer, .in_memory = false});
    howdah::connection db(server.config());
    CHECK(db.run("select 1").value<std::int32_t>(0, 0) == 1);
    CHECK(server.data_directory().starts_with("/tmp/howdah-"));
    std::filesystem::remove_all(directory);
}

TEST_CASE("a directory that root's server account cannot enter does not stop a cluster") {
    std::string directory = "/tmp/howdah-closed-XXXXXX";
    REQUIRE(mkdtemp(directory.data())); // open to its owner alone
    const cluster server(cluster_options{.cache = directory, .in_memory = false});
    howdah::connection db(server.config());
    CHECK(db.run("select 1").value<std::int32_t>(0, 0) == 1);
    std::filesystem::remove_all(directory);
}

TEST_CASE("server programs that are not where they should be are a usage error") {
    CHECK_THROWS_AS(cluster(cluster_options{.binaries = "/nonexistent"}), howdah::usage_error);
    CHECK_FALSE(cluster::unavailable_reason());
}

TEST_CASE("without server programs the tests are skipped, or fail where a server is required") {
    const std::string self = std::filesystem::read_symlink("/proc/self/exe");
    const auto status_of = [&](const std::string& settings, const std::string& options) {
        const int status = std::system(
            ("env -u TEST_DATABASE_URL -u HOWDAH_REQUIRE_SERVER HOWDAH_TEST_BINARIES=/nonexistent " +
             settings + " '" + self + "' " + options + " >/dev/null 2>&1")
                .c_str());
        return WEXITSTATUS(status);
    };
    CHECK(status_of("", "-tc=none") == 77);
    CHECK(status_of("HOWDAH_REQUIRE_SERVER=1", "-tc=none") == 1);
    CHECK(status_of("", "--list-test-cases") == 0);
    CHECK(status_of("", "-dt-ltc") == 0);
}

TEST_CASE("a warm cluster takes a fraction of a second") {
    {
        const cluster first;
    }
    std::vector<double> times;
    for (int i = 0; i < 5; ++i) {
        const auto start = std::chrono::steady_clock::now();
        const cluster server;
        times.push_back(
            std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
    }
    std::sort(times.begin(), times.end());
    MESSAGE("warm cluster: median " << times[2] << " ms, best " << times[0] << " ms");
    CHECK(times[0] < 5'000);
}

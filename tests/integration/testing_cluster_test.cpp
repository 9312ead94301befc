// SPDX-License-Identifier: BSL-1.0
#include <doctest/doctest.h>

#include <string>

#include <signal.h>
#include <unistd.h>

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

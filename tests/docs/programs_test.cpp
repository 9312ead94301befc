// SPDX-License-Identifier: BSL-1.0
//
// The two whole programs of README.md, run.
#include <doctest/doctest.h>

#include <array>
#include <cstdio>
#include <string>

#include <sys/wait.h>

#include <howdah/query.hpp>

#include "test_database.hpp"

namespace {

struct ended {
    std::string output;
    int status;
};

/// Runs a program with DATABASE_URL set to `url`, in a directory without a .env file.
ended run(const std::string& program, const std::string& url) {
    const std::string command = "cd / && DATABASE_URL='" + url + "' '" + program + "' 2>&1";
    FILE* pipe = ::popen(command.c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::string output;
    std::array<char, 4096> part{};
    for (std::size_t size = 0; (size = std::fread(part.data(), 1, part.size(), pipe)) > 0;)
        output.append(part.data(), size);
    const int status = ::pclose(pipe);
    return {output, WIFEXITED(status) ? WEXITSTATUS(status) : -1};
}

} // namespace

TEST_CASE("the program at the top of README.md saves a user") {
    const auto database = howdah::test::fresh_database();
    const auto first = run(HERO, database.url());
    CHECK(first.output == "saved as version 2\n");
    CHECK(first.status == 0);

    howdah::connection db = database.connect();
    CHECK(howdah::query_one<std::string>(db, "select name from users where version = 2") == "Ada L.");
}

TEST_CASE("the first own program of README.md tells of the conflict") {
    const auto database = howdah::test::fresh_database();
    for (const std::size_t notes : {1U, 2U}) { // it can be run again
        const auto once = run(STARTER, database.url());
        CHECK(once.status == 0);
        CHECK(once.output.starts_with("version 2 says: buy bread and salt\n20"));
        CHECK(once.output.ends_with("Z  buy bread and salt\n"));

        howdah::connection db = database.connect();
        CHECK(howdah::query_one<std::size_t>(db, "select count(*) from notes") == notes);
    }
}

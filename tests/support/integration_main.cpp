// SPDX-License-Identifier: BSL-1.0
//
// Without a server there is nothing to test. That must be seen: a skip (77, as ctest knows it) on a
// developer's machine, a failure where HOWDAH_REQUIRE_SERVER=1 promises one.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include <howdah/testing/cluster.hpp>

namespace {

bool is_set(const char* name) {
    const char* value = std::getenv(name);
    return value && *value;
}

/// ctest asks for the names of the test cases while it builds; that needs no server. doctest's own answer
/// comes too late, in run().
bool only_lists(int count, char** arguments) {
    constexpr std::array<std::string_view, 13> listing{"ltc", "list-test-cases",
                                                       "lts", "list-test-suites",
                                                       "lr",  "list-reporters",
                                                       "c",   "count",
                                                       "h",   "help",
                                                       "?",   "version",
                                                       "v"};
    return std::any_of(arguments + 1, arguments + count, [&](std::string_view argument) {
        argument.remove_prefix(std::min(argument.find_first_not_of('-'), argument.size()));
        if (argument.starts_with("dt-")) argument.remove_prefix(3);
        return std::find(listing.begin(), listing.end(), argument) != listing.end();
    });
}

int skip(const std::string& reason) {
    const char* required = std::getenv("HOWDAH_REQUIRE_SERVER");
    const bool fails = required && std::string(required) == "1";
    std::printf("%s: no PostgreSQL server: %s\n", fails ? "FAILED" : "SKIPPED", reason.c_str());
    return fails ? 1 : 77;
}

} // namespace

int main(int count, char** arguments) {
    if (!only_lists(count, arguments) && !is_set("TEST_DATABASE_URL"))
        if (const auto reason = howdah::testing::cluster::unavailable_reason()) return skip(*reason);
    return doctest::Context(count, arguments).run();
}

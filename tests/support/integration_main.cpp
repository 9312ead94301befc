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

/// ctest asks for the names of the test cases while it builds; that needs no server. doctest's own answer comes
/// too late, in run().
bool only_lists(int count, char** arguments) {
    constexpr std::array<std::string_view, 11> listing{"-ltc", "-lts",   "-lr",    "-c",    "-h",      "-?",
                                                       "-v",   "-list-", "-count", "-help", "-version"};
    return std::any_of(arguments + 1, arguments + count, [&](std::string_view argument) {
        if (argument.starts_with("--")) argument.remove_prefix(1);
        if (argument.starts_with("-dt-")) argument.remove_prefix(3);
        return std::any_of(listing.begin(), listing.end(), [&](std::string_view option) {
            return argument == option || (option.size() > 4 && argument.starts_with(option));
        });
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

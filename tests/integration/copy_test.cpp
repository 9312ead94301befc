// SPDX-License-Identifier: BSL-1.0
//
// COPY FROM STDIN, and the settings that the server reports.
#include <doctest/doctest.h>

#include <chrono>
#include <string>

#include <howdah/query.hpp>

#include "test_database.hpp"

using howdah::connection;
using howdah::test::fresh_database;

TEST_CASE("COPY from the client sends its data and counts the rows") {
    connection db{fresh_database().config()};
    db.run_script("create temp table copied (a int, b text)");
    CHECK(db.copy_in("copy copied from stdin", "1\tone\n2\t\\N\n") == 2);
    CHECK(db.copy_in("copy copied (b) from stdin with (format csv)", "\"x;\n\"\"y\"\n") == 1);
    CHECK(db.copy_in("copy copied from stdin", "") == 0);
    std::string many;
    for (int i = 0; i < 300'000; ++i) many += std::to_string(i) + "\tsome text\n"; // more than any buffer
    CHECK(db.copy_in("copy copied from stdin", many) == 300'000);
    CHECK(howdah::query_one<std::int64_t>(db, "select count(*) from copied") == 300'003);
    many.insert(many.size() / 2, "no number\tx\n");
    CHECK_THROWS_AS(db.copy_in("copy copied from stdin", many), howdah::server_error);
    CHECK_THROWS_AS(db.copy_in("copy absent from stdin", many), howdah::server_error);
    CHECK_THROWS_AS(db.copy_in("select 1", "x"), howdah::usage_error);
    CHECK_THROWS_AS(db.copy_in("copy copied to stdout", "x"), howdah::usage_error);
    CHECK(howdah::query_one<std::int64_t>(db, "select count(*) from copied") == 300'003);
}

TEST_CASE("a COPY that reaches its deadline is cancelled and leaves the connection usable") {
    const auto own = fresh_database();
    connection db{own.config()};
    connection other{own.config()};
    db.run_script("create table copied (a int)");
    other.run_script("begin; lock table copied");
    CHECK_THROWS_AS(db.copy_in("copy copied from stdin", "1\n", std::chrono::milliseconds{100}),
                    howdah::server_error);
    other.run_script("rollback");
    CHECK(db.copy_in("copy copied from stdin", "1\n") == 1);
}

TEST_CASE("settings that the server reports are known without asking") {
    connection db{fresh_database().config()};
    CHECK(db.reported_setting("standard_conforming_strings") == "on");
    db.run_script("set standard_conforming_strings = off");
    CHECK(db.reported_setting("standard_conforming_strings") == "off");
    CHECK(db.reported_setting("no such setting").empty());
}

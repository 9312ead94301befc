// SPDX-License-Identifier: BSL-1.0
//
// A server that belongs to someone else: a cluster that is told to be one.
#include <doctest/doctest.h>

#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>

#include <howdah/error.hpp>
#include <howdah/testing/cluster.hpp>
#include <howdah/testing/database.hpp>

#include "testing/maintenance.hpp"

using namespace howdah::testing;

namespace {

cluster& machine() {
    static cluster one;
    return one;
}

howdah::connection admin() {
    return howdah::connection(machine().config());
}

bool there(const std::string& name) {
    auto db = admin();
    return facts_of(db, name).exists;
}

void make(howdah::connection& db, const std::string& name, const std::string& comment) {
    howdah::execute(db, "create database " + name + " template template0");
    if (!comment.empty()) howdah::execute(db, "comment on database " + name + " is '" + comment + "'");
}

} // namespace

TEST_CASE("on a server of someone else a database is marked, and dropped at the end with its sessions") {
    const server theirs(machine().url());
    REQUIRE(theirs.external());
    const template_database of{"dropped", {"create table t ()"}, theirs};
    std::string name;
    {
        const database own{of};
        name = own.name();
        auto db = admin();
        CHECK(facts_of(db, name).ours);
        static howdah::connection still_there = own.connect();
    }
    CHECK_FALSE(there(name));
    CHECK(there(of.name())); // for the next run
}

TEST_CASE("the database of a failed test is kept if that is wished") {
    const server theirs(machine().url());
    const template_database of{"kept", {"create table t ()"}, theirs};
    const auto name_after_failure = [&] {
        std::string name;
        try {
            const database own{of};
            name = own.name();
            throw std::runtime_error("the test fails");
        } catch (const std::runtime_error&) {
            return name;
        }
    };
    unsetenv("HOWDAH_KEEP_DATABASES");
    CHECK_FALSE(there(name_after_failure()));
    setenv("HOWDAH_KEEP_DATABASES", "1", 1);
    CHECK(there(name_after_failure()));
    std::string passed;
    passed = database{of}.name();
    CHECK_FALSE(there(passed));
    unsetenv("HOWDAH_KEEP_DATABASES");
}

TEST_CASE("a database without our mark is not touched, whatever its name") {
    const server theirs(machine().url());
    std::string name = template_database{"theirs", {"create table t ()"}, theirs}.name();
    auto db = admin();
    howdah::execute(db, "alter database " + name + " with is_template false allow_connections true");
    howdah::execute(db, "comment on database " + name + " is 'the books of the company'");
    CHECK_THROWS_AS(template_database("theirs", {"create table t ()"}, theirs), howdah::usage_error);
    CHECK(there(name));
    howdah::execute(db, "drop database " + name);
}

TEST_CASE("a sweep drops what is ours, old and unused, and nothing else") {
    auto db = admin();
    const std::string old = std::string(mark) + "database 1000",
                      young = std::string(mark) + "database 99999999999";
    make(db, "howdah_test_old", old);
    make(db, "howdah_test_young", young);
    make(db, "howdah_test_unmarked", "");
    make(db, "howdah_test_other_mark", "made by hand 1000");
    make(db, "company", old);
    make(db, "howdah_test_in_use", old);
    make(db, "howdah_test_template_old", std::string(mark) + "template 1000");
    howdah::execute(db,
                    "alter database howdah_test_template_old with is_template true allow_connections false");
    {
        const howdah::connection user(machine().config("howdah_test_in_use"));
        const server theirs(machine().url());
        CHECK(there("howdah_test_in_use"));
    }
    CHECK_FALSE(there("howdah_test_old"));
    CHECK_FALSE(there("howdah_test_template_old"));
    CHECK(there("howdah_test_young"));
    CHECK(there("howdah_test_unmarked"));
    CHECK(there("howdah_test_other_mark"));
    CHECK(there("company"));
}

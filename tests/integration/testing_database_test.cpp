// SPDX-License-Identifier: BSL-1.0
#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <unistd.h>

#include <howdah/error.hpp>
#include <howdah/testing/assertions.hpp>
#include <howdah/testing/database.hpp>

#include "test_database.hpp"

using namespace howdah::testing;

namespace {

/// A name of its own for each run, so that an external server holds no template of an earlier one.
std::string unique(const std::string& name) {
    return name + std::to_string(getpid()) + '_' +
           std::to_string(std::chrono::steady_clock::now().time_since_epoch().count());
}

std::int64_t number(howdah::executor& on, const std::string& query) {
    return on.run(query).value<std::int64_t>(0, 0);
}

howdah::connection maintenance_connection() {
    return howdah::connection(server::shared().external() ? [] {
        howdah::connection_config config;
        config.url = std::getenv("TEST_DATABASE_URL");
        return config;
    }()
                                                          : shared_cluster().config());
}

void drop_template(const std::string& name) {
    auto admin = maintenance_connection();
    howdah::execute(admin, "alter database " + name + " with is_template false allow_connections true");
    howdah::execute(admin, "drop database " + name);
}

const std::vector<std::string> notes_schema{
    "create table notes (id bigint generated always as identity primary key, body text not null)",
    "insert into notes (body) values ('from the template')"};

const template_database& notes() {
    static const template_database made{"notes", notes_schema};
    return made;
}

} // namespace

TEST_CASE("two databases of one template start alike and know nothing of each other") {
    const database one{notes()}, other{notes()};
    auto first = one.connect(), second = other.connect();
    howdah::execute(first, "insert into notes (body) values ('mine')");
    CHECK(number(first, "select count(*) from notes") == 2);
    CHECK(number(second, "select count(*) from notes") == 1);
    CHECK(one.name() != other.name());
    CHECK(one.name().starts_with("howdah_test_"));
}

TEST_CASE("a fresh database is empty") {
    const auto own = howdah::test::fresh_database();
    auto db = own.connect();
    CHECK(number(db, "select count(*) from pg_class where relnamespace = 'public'::regnamespace") == 0);
    CHECK(db.database() == own.name());
}

TEST_CASE("nobody can connect to a template") {
    try {
        const howdah::connection db(notes().on().config(notes().name()));
        FAIL("connected");
    } catch (const howdah::connection_error& failure) {
        CHECK(failure.kind() != howdah::connection_failure::no_such_database);
    }
}

TEST_CASE("a template is set up once for the same name and content") {
    int calls = 0;
    const auto count = [&](howdah::connection&) { ++calls; };
    const std::string name = unique("once");
    const template_database first{name, "v1", count}, second{name, "v1", count};
    CHECK(calls == 1);
    CHECK(first.name() == second.name());
    const template_database changed{name, "v2", count};
    CHECK(calls == 2);
    CHECK(changed.name() != first.name());
    drop_template(first.name());
    drop_template(changed.name());
}

TEST_CASE("a template whose setup failed is made again") {
    const std::string name = unique("half");
    bool fails = true;
    int left_behind = -1;
    const auto setup = [&](howdah::connection& db) {
        left_behind = static_cast<int>(number(db, "select count(*) from pg_class where relname = 'first'"));
        howdah::execute(db, "create table first ()");
        if (fails) throw std::runtime_error("the power went");
        howdah::execute(db, "create table second ()");
    };
    CHECK_THROWS_AS(template_database(name, "v1", setup), std::runtime_error);
    fails = false;
    const template_database whole{name, "v1", setup};
    CHECK(left_behind == 0);
    {
        const database own{whole};
        auto db = own.connect();
        CHECK(table_exists(db, "second"));
    }
    drop_template(whole.name());
}

TEST_CASE("several threads that need a template at once get one") {
    const std::string name = unique("race");
    std::atomic<int> calls{0}, right{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            const template_database same{name, "v1", [&](howdah::connection& db) {
                                             ++calls;
                                             howdah::execute(db, "create table t ()");
                                         }};
            const database own{same};
            auto db = own.connect();
            if (table_exists(db, "t")) ++right;
        });
    for (std::thread& thread : threads) thread.join();
    CHECK(calls == 1);
    CHECK(right == 4);
    drop_template(template_database(name, "v1", [](howdah::connection&) {}).name());
}

TEST_CASE("a template that was dropped meanwhile is made again for the next database") {
    const template_database gone{unique("gone"), {"create table t ()"}};
    drop_template(gone.name());
    {
        const database own{gone};
        auto db = own.connect();
        CHECK(table_exists(db, "t"));
    }
    drop_template(gone.name());
}

TEST_CASE("a rollback fixture leaves nothing") {
    const database own{notes()};
    {
        rollback_fixture fixture(own.config());
        howdah::execute(fixture.tx(), "insert into notes (body) values ('for now')");
        CHECK(number(fixture.tx(), "select count(*) from notes") == 2);
    }
    auto db = own.connect();
    CHECK(number(db, "select count(*) from notes") == 1);
}

TEST_CASE("truncate_all empties every table but the kept ones and starts sequences again") {
    const auto own = howdah::test::fresh_database();
    auto db = own.connect();
    db.run_script("create table parents (id int generated always as identity primary key);"
                  "create table children (id int primary key, parent int references parents);"
                  "create table howdah_migrations (version int); create schema app;"
                  "create table app.\"Odd \"\"name\" (id int); create table app.kept (id int);"
                  "create view all_parents as select * from parents;"
                  "insert into parents default values; insert into children values (1, 1);"
                  "insert into howdah_migrations values (1); insert into app.kept values (1);"
                  "insert into app.\"Odd \"\"name\" values (1)");
    CHECK(truncate_all(db, {.schemas = {}, .keep = {"howdah_migrations", "app.kept"}}) == 3);
    CHECK(number(db, "select count(*) from parents") == 0);
    CHECK(number(db, "select count(*) from children") == 0);
    CHECK(number(db, "select count(*) from app.\"Odd \"\"name\"") == 0);
    CHECK(number(db, "select count(*) from app.kept") == 1);
    CHECK(number(db, "select count(*) from howdah_migrations") == 1);
    CHECK(number(db, "insert into parents default values returning id::bigint") == 1);
    CHECK(truncate_all(db, {.schemas = {"app"}}) == 2);
    CHECK(number(db, "select count(*) from app.kept") == 0);
    CHECK(number(db, "select count(*) from parents") == 1);
}

TEST_CASE("a database costs some milliseconds") {
    const template_database& of = notes();
    {
        const database warm{of};
    }
    std::vector<double> times;
    for (int i = 0; i < 9; ++i) {
        const auto start = std::chrono::steady_clock::now();
        const database own{of};
        times.push_back(
            std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
    }
    std::sort(times.begin(), times.end());
    MESSAGE("database from a template: median " << times[4] << " ms, worst " << times[8] << " ms");
    CHECK(times[4] < 5'000);
}

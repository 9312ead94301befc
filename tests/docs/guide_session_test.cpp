// SPDX-License-Identifier: BSL-1.0
//
// The guide's code about pools, transactions, errors, waits, migrations and test utilities.
#include <doctest/doctest.h>

#include <poll.h>

#include <howdah/testing/assertions.hpp>

#include "guide_users.hpp"
#include "test_database.hpp"

namespace {

// [waiter]
class loop_waiter final : public howdah::waiter {
public:
    bool wait(int socket, howdah::interest what, howdah::deadline until) override {
        // A host suspends the running fibre here and resumes it when its loop says so.
        return howdah::polling_waiter().wait(socket, what, until);
    }
};
// [waiter-end]

TEST_CASE("guide: a pool") {
    const auto database = howdah::test::users_database();
    const auto url = database.url();
    // [pool]
    howdah::pool_config config{.connection = {.url = url}, .max_size = 20};
    howdah::pool pool{config};

    howdah::execute(pool, "update users set name = trim(name)"); // borrows a connection for one statement
    {
        howdah::pooled_connection own = pool.acquire(); // comes back at the end of the scope
        howdah::execute(*own, "set local statement_timeout = '1s'");
    }
    const howdah::pool_figures now = pool.figures();
    // [pool-end]
    CHECK(now.in_use == 0);
    CHECK(now.max_size == 20);
}

TEST_CASE("guide: a configuration from the environment") {
    // [environment]
    const auto env = howdah::environment::parse("DATABASE_URL=postgresql://localhost/app\n"
                                                "HOWDAH_POOL_MAX_SIZE=20\n");
    const auto config =
        howdah::pool_config::from_environment(env); // without an argument: environment and .env
    // [environment-end]
    CHECK_FALSE(config.connection.url.empty());
}

TEST_CASE("guide: transactions") {
    const auto database = howdah::test::users_database();
    howdah::pool pool{{.connection = database.config()}};
    // [transact]
    const user ada = pool.transact([&](howdah::transaction& tx) { // commits; an exception rolls back
        howdah::execute(tx, "delete from users where email = $1", "ada@example.org");
        return users.insert(tx, new_user{.email = email_address("ada@example.org"), .name = "Ada"});
    });
    // [transact-end]
    CHECK(ada.version == 1);

    // [serializable]
    auto count = pool.transact({.isolation = howdah::isolation_level::serializable, .retry = {.attempts = 5}},
                               [&](howdah::transaction& tx) {
                                   return howdah::query_one<std::int64_t>(tx, "select count(*) from users");
                               });
    // [serializable-end]
    CHECK(count == 1);

    // [savepoint]
    pool.transact([&](howdah::transaction& tx) {
        howdah::savepoint attempt{tx};
        try {
            (void)users.insert(tx, new_user{.email = email_address("ada@example.org"), .name = "Ada again"});
            attempt.release();
        } catch (const howdah::server_error& failure) {
            attempt.rollback(); // the transaction goes on
            if (failure.sqlstate() != howdah::sqlstates::unique_violation) throw;
        }
        howdah::execute(tx, "update users set name = 'Ada L.'");
    });
    // [savepoint-end]
    CHECK(users.get(pool, ada.id).name == "Ada L.");
}

TEST_CASE("guide: errors") {
    const auto database = howdah::test::users_database();
    howdah::connection db = database.connect();
    const new_user ada{.email = email_address("ada@example.org"), .name = "Ada"};
    (void)users.insert(db, ada);
    std::string told;
    const auto tell = [&](const std::string& text) { told = text; };
    // [errors]
    try {
        (void)users.insert(db, ada);
    } catch (const howdah::server_error& failure) {
        if (failure.constraint() != "users_email_key") throw;
        tell("this address is taken");
    } catch (const howdah::error& failure) {
        if (failure.commit_unknown()) tell("it may have been saved: look before trying again");
        else if (failure.retryable()) tell("try again in a moment");
        else tell(failure.what());
    }
    // [errors-end]
    CHECK(told == "this address is taken");
}

TEST_CASE("guide: an event loop") {
    const auto database = howdah::test::fresh_database();
    // [waiter_use]
    static loop_waiter loop; // outlives every connection that uses it
    auto config = database.config();
    config.wait_with = &loop;
    howdah::connection db{config};
    // [waiter_use-end]
    CHECK(howdah::query_one<std::int32_t>(db, "select 1") == 1);
}

TEST_CASE("guide: behind a pooler in transaction mode") {
    const auto database = howdah::test::users_database();
    // [pgbouncer]
    howdah::pool_config config{.connection = database.config()};
    config.connection.prepare_statements = false; // or HOWDAH_PREPARE_STATEMENTS=false
    howdah::pool pool{config};
    // [pgbouncer-end]
    CHECK(users.count(pool) == 0);
}

TEST_CASE("guide: migrations") {
    const auto database = howdah::test::fresh_database();
    howdah::pool pool{{.connection = database.config()}};
    std::string log;
    // [migrate]
    howdah::migration_options options;
    options.on_event = [&](const howdah::migration_event& event) {
        if (event.what == howdah::migration_event::kind::applied) log += std::string(event.file) + '\n';
    };
    const auto report = howdah::migrate(pool, app::migrations, options);
    // [migrate-end]
    CHECK(report.applied.size() == 2);
    CHECK(log.find("create_users") != log.npos);

    const std::string directory = MIGRATIONS;
    // [migration_status]
    const howdah::migration_set files = howdah::migrations_in(directory);
    for (const auto& entry : howdah::migration_status(pool, files))
        if (entry.state != howdah::migration_state::applied) MESSAGE(entry.file);
    // [migration_status-end]
    CHECK(files.size() == 2);
}

// [testing]
TEST_CASE("a note is kept") {
    static const howdah::testing::template_database schema{
        "notes", {"create table notes (id serial primary key, text text not null)"}};
    howdah::testing::database own{schema}; // a clone of the template: real commits, real DDL
    howdah::connection db = own.connect();

    howdah::execute(db, "insert into notes (text) values ($1)", "bread");
    CHECK(howdah::query_one<std::string>(db, "select text from notes") == "bread");
    CHECK(howdah::testing::column_exists(db, "notes", "text", {.type = "text", .nullable = false}));
}
// [testing-end]

TEST_CASE("guide: a rollback fixture") {
    const auto database = howdah::test::users_database();
    // [rollback]
    howdah::testing::rollback_fixture fixture{database.config()};
    (void)users.insert(fixture.tx(), new_user{.email = email_address("ada@example.org"), .name = "Ada"});
    // [rollback-end]
    CHECK(users.count(fixture.tx()) == 1);
}

} // namespace

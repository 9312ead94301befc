// SPDX-License-Identifier: BSL-1.0
#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include <howdah/connection.hpp>
#include <howdah/migration.hpp>

#include "migration_support.hpp"

using howdah::migrate;
using howdah::migration_failure;
using howdah::migration_state;
using howdah::test::ask;
using howdah::test::check_mentions;
using howdah::test::files;
using howdah::test::fresh_database;
using howdah::test::refusal;

namespace {

bool has_table(howdah::executor& db, const std::string& name) {
    return ask<bool>(db, "select to_regclass('" + name + "') is not null");
}

} // namespace

TEST_CASE("migrations are applied once, in the order of their numbers") {
    const auto own = fresh_database();
    const auto set = files({{"10_c.sql", "insert into log values ('c')"},
                            {"002_b.sql", "insert into log values ('b')"},
                            {"1_a.sql", "create table log (what text, n int generated always as identity);\n"
                                        "insert into log values ('a');"}});
    const auto first = migrate(own.config(), set);
    REQUIRE(first.applied.size() == 3);
    CHECK(first.already_applied == 0);
    CHECK(first.applied[2].version == "10");
    CHECK(first.applied[2].file == "10_c.sql");
    auto db = own.connect();
    CHECK(ask<std::string>(db, "select string_agg(what, '' order by n) from log") == "abc");

    const auto second = migrate(db, set); // the server of a connection, as good as its configuration
    CHECK(second.applied.empty());
    CHECK(second.already_applied == 3);
    CHECK(ask<std::int64_t>(db, "select count(*) from log") == 3);
}

TEST_CASE("the history tells what ran, by whom and when") {
    const auto own = fresh_database();
    const auto set = files({{"0001_a.sql", "create table a (); select pg_sleep(0.02)"}});
    migrate(own.config(), set);
    auto db = own.connect();
    CHECK(ask<std::string>(db, "select version from howdah_migrations") == "1");
    CHECK(ask<std::string>(db, "select name from howdah_migrations") == "a");
    CHECK(ask<std::string>(db, "select checksum from howdah_migrations") == set.begin()->checksum);
    CHECK(ask<std::string>(db, "select status from howdah_migrations") == "applied");
    CHECK(ask<bool>(
        db, "select applied_at between now() - interval '1 minute' and now() from howdah_migrations"));
    CHECK(ask<bool>(db, "select duration_ms between 20 and 10000 from howdah_migrations"));
    CHECK(ask<bool>(db, "select applied_by = session_user from howdah_migrations"));
    CHECK(ask<bool>(db, "select howdah_version ~ '^[0-9]+[.][0-9]+[.][0-9]+$' from howdah_migrations"));
}

TEST_CASE("the status compares files and history without changing anything") {
    const auto own = fresh_database();
    auto db = own.connect();
    const auto all = files({{"1_a.sql", "select 1"}, {"2_b.sql", "select 2"}, {"3_c.sql", "select 3"}});
    for (const auto& entry : migration_status(db, all)) CHECK(entry.state == migration_state::pending);
    CHECK_FALSE(has_table(db, "howdah_migrations"));

    migrate(own.config(), files({{"1_a.sql", "select 1"}, {"2_b.sql", "select 2"}}));
    const auto later = files({{"2_b.sql", "select 22"}, {"3_c.sql", "select 3"}});
    const auto status = migration_status(db, later);
    REQUIRE(status.size() == 3);
    CHECK(status[0].state == migration_state::missing);
    CHECK(status[0].name == "a");
    CHECK(status[0].file.empty());
    CHECK(status[0].applied_at);
    CHECK(status[1].state == migration_state::drifted);
    CHECK(status[2].state == migration_state::pending);
    CHECK_FALSE(status[2].applied_at);
    CHECK(migration_status(db, all)[1].state == migration_state::applied);
}

TEST_CASE("a refused command gives file, line and column, and takes the whole file back") {
    const auto own = fresh_database();
    const auto set = files({{"1_a.sql", "create table a ();"},
                            {"2_b.sql", "create table b (secret text);\ninsert into b values ('caf\u00e9');\n"
                                        "select 'é', nothing\n  from b;"},
                            {"3_c.sql", "create table c ();"}});
    const auto failure = refusal([&] { migrate(own.config(), set); });
    CHECK(failure.kind() == migration_failure::sql);
    CHECK(failure.file() == "2_b.sql");
    CHECK(failure.line() == 3);
    CHECK(failure.column() == 13);
    check_mentions(failure, "2_b.sql:3:13: ");
    check_mentions(failure, "(SQLSTATE 42703, undefined_column)");
    REQUIRE(failure.cause());
    CHECK(failure.cause()->sqlstate() == howdah::sqlstates::undefined_column);
    CHECK(std::string(failure.what()).find("nothing\"") == std::string::npos);
    CHECK(failure.full_message().find("\"nothing\" does not exist") != std::string::npos);

    auto db = own.connect();
    CHECK(has_table(db, "a"));
    CHECK_FALSE(has_table(db, "b"));
    CHECK_FALSE(has_table(db, "c"));
    CHECK(ask<std::int64_t>(db, "select count(*) from howdah_migrations") == 1);
    CHECK(ask<std::int64_t>(db, "select count(*) from pg_locks where locktype = 'advisory'") == 0);
}

TEST_CASE("an error without a position is placed at its command") {
    const auto own = fresh_database();
    const auto set = files({{"1_a.sql", "create table a (id int primary key);\n\n"
                                        "insert into a values (1); -- one\n  insert into a values (1);"}});
    const auto failure = refusal([&] { migrate(own.config(), set); });
    CHECK(failure.line() == 4);
    CHECK(failure.column() == 3);
    CHECK(std::string(failure.what()).find("(1)") == std::string::npos);
}

TEST_CASE("what cannot run in a transaction is refused by the server, with its place") {
    const auto own = fresh_database();
    const auto set = files({{"1_a.sql", "create table a (id int);\ncreate index concurrently on a (id);"}});
    const auto failure = refusal([&] { migrate(own.config(), set); });
    CHECK(failure.kind() == migration_failure::sql);
    CHECK(failure.line() == 2);
    CHECK(failure.cause()->sqlstate() == howdah::sqlstates::active_sql_transaction);
}

TEST_CASE("a constraint that fails at the commit takes the file back") {
    const auto own = fresh_database();
    const auto set =
        files({{"1_a.sql", "create table a (id int primary key, of int references a initially deferred);\n"
                           "insert into a values (1, 2);"}});
    const auto failure = refusal([&] { migrate(own.config(), set); });
    CHECK(failure.kind() == migration_failure::sql);
    CHECK(failure.cause()->sqlstate() == howdah::sqlstates::foreign_key_violation);
    check_mentions(failure, "refused to commit");
    auto db = own.connect();
    CHECK_FALSE(has_table(db, "a"));
    CHECK(ask<std::int64_t>(db, "select count(*) from howdah_migrations") == 0);
}

TEST_CASE("a file that gets round the lexer cannot end the transaction unseen") {
    for (const char* text : {"create table a (); do $$ begin execute 'commit'; end $$; create table b ()",
                             "create table a (); do $$ begin commit; end $$",
                             "create procedure p() language plpgsql as $$ begin commit; end $$; call p()"}) {
        const auto own = fresh_database();
        const auto failure = refusal([&] { migrate(own.config(), files({{"1_a.sql", text}})); });
        CHECK(failure.kind() ==
              migration_failure::sql); // "invalid transaction termination", or not allowed at all
        auto db = own.connect();
        CHECK_FALSE(has_table(db, "a"));
        CHECK(ask<std::int64_t>(db, "select count(*) from howdah_migrations") == 0);
    }
}

TEST_CASE("savepoints, routines and everything quoted run as the server reads them") {
    const auto own = fresh_database();
    migrate(own.config(), files({{"1_a.sql", R"sql(
        create table a (t text);
        savepoint s; insert into a values ('gone'); rollback to s;
        insert into a values ('x;''y'), (E'it\'s; ok'), ($q$ $$;$$ $q$), (U&'d\0061t;a');
        create table "odd;""name" (t text);
        create rule r as on insert to "odd;""name" do also (insert into a values ('1;'); insert into a values ('2'));
        insert into "odd;""name" values ('n');
        insert into a values (E'1\''
            -- ; '
            '\';2');
        do $do$ begin perform 1; /* ; */ insert into a values ('do;'); end $do$ -- ;
        ;
        /* a /* nested ; */ comment */
    )sql"}}));
    auto db = own.connect();
    CHECK(ask<std::string>(db, "select string_agg(t, '|') from a") ==
          "x;'y|it's; ok| $$;$$ |dat;a|1;|2|1'';2|do;");
}

TEST_CASE("a body in standard SQL is one command") {
    const auto own = fresh_database();
    auto db = own.connect();
    if (db.server_version() < 140000) return; // BEGIN ATOMIC came with PostgreSQL 14
    migrate(own.config(), files({{"1_a.sql", "create function f(i int) returns text begin atomic select 1; "
                                             "select case when i > 0 then 'pos;' else 'neg' end; end;\n"
                                             "create table a ();"}}));
    CHECK(ask<std::string>(db, "select f(1)") == "pos;");
    CHECK(has_table(db, "a"));
}

TEST_CASE("no file inherits the settings of the one before") {
    const auto own = fresh_database();
    const std::string other =
        "set search_path = pg_temp; set timezone = 'Asia/Tokyo'; set lock_timeout = 1; "
        "set standard_conforming_strings = on; set datestyle = 'German'; set role pg_monitor;"
        "create temp table left_over (); set default_transaction_read_only = on;";
    migrate(own.config(), files({{"1_a.sql", other},
                                 {"2_b.sql", "create table seen as select current_user::text as who,"
                                             " current_setting('timezone') as zone,"
                                             " current_setting('lock_timeout') as patience,"
                                             " to_regclass('left_over') as temp"}}));
    auto db = own.connect();
    CHECK(ask<bool>(db, "select who = session_user from public.seen"));
    CHECK(ask<std::string>(db, "select zone from seen") == "UTC");
    CHECK(ask<std::string>(db, "select patience from seen") == "5s");
    CHECK(ask<bool>(db, "select temp is null from seen"));
}

TEST_CASE("limits meant for queries do not apply to migrations") {
    const auto own = fresh_database();
    auto db = own.connect();
    db.run_script("do $$ begin execute format('alter database %I set statement_timeout = 50', "
                  "current_database()); end $$");
    auto config = own.config();
    config.statement_timeout = std::chrono::milliseconds{50};
    const auto set = files({{"1_a.sql", "select pg_sleep(0.2)"}});
    CHECK(migrate(config, set).applied.size() == 1);

    howdah::migration_options options;
    options.statement_timeout = std::chrono::milliseconds{30};
    const auto failure = refusal([&] {
        migrate(config, files({{"1_a.sql", "select pg_sleep(0.2)"}, {"2_b.sql", "select pg_sleep(5)"}}),
                options);
    });
    CHECK(failure.cause()->sqlstate() == howdah::sqlstates::query_canceled);
    CHECK(failure.file() == "2_b.sql");
}

TEST_CASE("a migration that waits for a table gives up before it stalls everyone else") {
    const auto own = fresh_database();
    auto db = own.connect();
    db.run_script("create table a ()");
    db.run_script("begin; lock table a");
    howdah::migration_options options;
    options.table_lock_timeout = std::chrono::milliseconds{50};
    options.table_lock_retries = 0;
    const auto failure =
        refusal([&] { migrate(own.config(), files({{"1_a.sql", "alter table a add b int"}}), options); });
    CHECK(failure.cause()->sqlstate() == howdah::sqlstates::lock_not_available);
    howdah::test::check_mentions(failure, "see who holds the table (pg_blocking_pids) and run again");
}

TEST_CASE("events tell what happens, and one that throws ends the run") {
    const auto own = fresh_database();
    std::string told;
    howdah::migration_options options;
    options.on_event = [&](const howdah::migration_event& event) {
        const bool begins = event.what == howdah::migration_event::kind::applying;
        if (!begins && event.what != howdah::migration_event::kind::applied) return;
        told += (begins ? "+" : "!") + std::string(event.file);
        if (event.file == "2_b.sql") throw std::runtime_error("enough");
    };
    const auto set = files({{"1_a.sql", "create table a ()"}, {"2_b.sql", "create table b ()"}});
    CHECK_THROWS_WITH(migrate(own.config(), set, options), "enough");
    CHECK(told == "+1_a.sql!1_a.sql+2_b.sql");
    auto db = own.connect();
    CHECK(has_table(db, "a"));
    CHECK_FALSE(has_table(db, "b"));
    CHECK(migrate(own.config(), set).applied.size() == 1);
}

namespace {

struct pool_like {
    struct settings {
        howdah::connection_config connection;
    };
    settings config_;
    [[nodiscard]] const settings& config() const { return config_; }
};

constexpr howdah::embedded_migration embedded_files[] = {{"0001_a.sql", "create table a ()"}};
const howdah::embedded_migrations embedded{embedded_files};

} // namespace

TEST_CASE("whatever has a connection_config can be migrated, also with embedded files") {
    const auto own = fresh_database();
    const pool_like pool{{own.config()}};
    CHECK(migrate(pool, embedded).applied.size() == 1);
    CHECK(migrate(own.config(), embedded).already_applied == 1);
}

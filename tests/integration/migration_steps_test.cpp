// SPDX-License-Identifier: BSL-1.0
//
// Files that say transaction=off: what a run that was stopped leaves behind, and how the next one goes on.
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <stdexcept>
#include <string>
#include <thread>

#include <howdah/connection.hpp>
#include <howdah/migration_commands.hpp>

#include "migration_steps.hpp"
#include "migration_support.hpp"

using howdah::migrate;
using howdah::migration_event;
using howdah::migration_failure;
using howdah::migration_state;
using howdah::test::ask;
using howdah::test::check_mentions;
using howdah::test::files;
using howdah::test::fresh_database;
using howdah::test::refusal;
using std::chrono::milliseconds;

namespace {

const std::string off = "-- howdah: transaction=off\n";

std::string row_of(howdah::executor& db, const std::string& version) {
    return ask<std::string>(db,
                            "select status || ' ' || statements_done || '/' || statements_total || "
                            "case when in_doubt then ' in doubt' else '' end from howdah_migrations where "
                            "version = '" +
                                version + "'");
}

bool is_valid(howdah::executor& db, const std::string& index) {
    return ask<bool>(db, "select indisvalid from pg_index where indexrelid = '" + index + "'::regclass");
}

/// Options with which a run is broken off before statement `number` of any file.
howdah::migration_options broken_off_before(std::size_t number) {
    howdah::migration_options options;
    options.on_event = [number](const migration_event& event) {
        if (event.what == migration_event::kind::statement && event.statement == number)
            throw std::runtime_error("broken off");
    };
    return options;
}

} // namespace

TEST_CASE("statements that no transaction takes run in a file that says so") {
    const auto own = fresh_database();
    auto db = own.connect();
    const auto set = files(
        {{"1_a.sql", "create table a (n int)"},
         {"2_b.sql", off + "create index concurrently a_n on a (n); vacuum a;\n"
                           "reindex table concurrently a; reindex (verbose, concurrently) index a_n;\n"
                           "alter system set work_mem = '5MB'; alter system reset work_mem;\n"
                           "create procedure p() language plpgsql as $$ begin insert into a values (1); "
                           "commit; insert into a values (2); end $$; call p();\n"
                           "do $$ begin delete from a where n = 1; commit; end $$;\n"
                           "copy a from stdin;\n3\n\\.\n"
                           "create index concurrently gone on a (n); drop index concurrently gone"}});
    CHECK(migrate(own.config(), set).applied.size() == 2);
    CHECK(ask<std::string>(db, "select string_agg(n::text, ',' order by n) from a") == "2,3");
    CHECK(is_valid(db, "a_n"));
    CHECK(row_of(db, "2") == "applied 12/12");
    CHECK(migrate(own.config(), set).applied.empty());
    const auto failure = refusal([&] {
        migrate(own.config(), files({{"1_a.sql", "create table a (n int)"}, {"2_b.sql", "vacuum a"}}));
    });
    CHECK(failure.kind() == migration_failure::drift);
}

TEST_CASE("a refused statement stops there, and the next run goes on there") {
    const auto own = fresh_database();
    auto db = own.connect();
    const std::string done = off + "create table a (n int);\ninsert into a values (1);\n";
    const auto wrong = files({{"1_a.sql", done + "insert into b values (2);\ninsert into a values (3)"}});
    const auto failure = refusal([&] { migrate(own.config(), wrong); });
    CHECK(failure.kind() == migration_failure::sql);
    CHECK(failure.cause()->sqlstate().text() == "42P01");
    check_mentions(failure,
                   "1_a.sql:4:13: the server refused statement 3 of 4 (SQLSTATE 42P01, undefined_table)");
    check_mentions(failure, "statements 1 to 2 are applied and recorded");
    check_mentions(failure, "goes on here");
    CHECK(row_of(db, "1") == "failed 2/4");
    const auto status = migration_status(db, wrong);
    REQUIRE(status.size() == 1);
    CHECK(status[0].state == migration_state::failed);
    CHECK(status[0].error == failure.what());

    // What has run must not change; what has not may.
    const auto rewritten =
        files({{"1_a.sql", off + "create table a (n int);\ninsert into a values (11);\nselect 1"}});
    const auto drift = refusal([&] { migrate(own.config(), rewritten); });
    CHECK(drift.kind() == migration_failure::drift);
    check_mentions(drift, "the first 2 statements of this file have run");
    std::string told;
    howdah::migration_options options;
    options.on_event = [&](const migration_event& event) {
        if (event.what == migration_event::kind::resuming)
            told += "resuming " + std::to_string(event.statement) + ' ';
        if (event.what == migration_event::kind::statement) told += std::to_string(event.statement) + ' ';
    };
    const auto mended =
        files({{"1_a.sql", done + "-- better\ninsert into a values (2);\ninsert into a values (3)"}});
    const auto plan = plan_migrations(db, mended);
    REQUIRE(plan.files.size() == 1);
    CHECK(plan.files[0].why == howdah::planned_migration::reason::unfinished);
    CHECK(plan.files[0].statements_done == 2);
    CHECK(migrate(own.config(), mended, options).applied.size() == 1);
    CHECK(told == "resuming 2 3 4 ");
    CHECK(ask<std::int64_t>(db, "select sum(n) from a") == 6);
    CHECK(row_of(db, "1") == "applied 4/4");
    CHECK(migrate(own.config(), mended).applied.empty());
}

TEST_CASE("a run that is broken off leaves nothing in doubt, and session settings are made again") {
    const auto own = fresh_database();
    auto db = own.connect();
    const auto set =
        files({{"1_a.sql", off + "create schema s; set search_path = s; create table a (); "
                                 "select set_config('search_path', 's, public', false); create table b ()"}});
    for (std::size_t number = 2; number <= 5; ++number) {
        CHECK_THROWS_WITH(migrate(own.config(), set, broken_off_before(number)), "broken off");
        CHECK(row_of(db, "1") == "running " + std::to_string(number - 1) + "/5");
    }
    CHECK(migrate(own.config(), set).applied.size() == 1);
    CHECK(ask<bool>(db, "select to_regclass('s.a') is not null and to_regclass('s.b') is not null"));
}

TEST_CASE("an invalid index that a failed build left behind is dropped before it is built again") {
    const auto own = fresh_database();
    auto db = own.connect();
    const auto set = files(
        {{"1_a.sql", "create table a (n int); insert into a values (1), (1)"},
         {"2_b.sql", off + "create unique index concurrently if not exists \"A n\" on only public.a (n)"}});
    CHECK(refusal([&] { migrate(own.config(), set); }).cause()->sqlstate().text() == "23505");
    CHECK_FALSE(is_valid(db, "\"A n\""));
    CHECK(row_of(db, "2") == "failed 0/1");
    db.run_script("delete from a; insert into a values (1)");
    CHECK(migrate(own.config(), set).applied.size() == 1);
    CHECK(is_valid(db, "\"A n\""));
    CHECK(ask<std::int64_t>(db, "select count(*) from pg_index where indrelid = 'a'::regclass") == 1);
}

TEST_CASE("an index whose end nobody recorded is found, whether it was made or not") {
    const auto own = fresh_database();
    auto db = own.connect();
    const auto set =
        files({{"1_a.sql", "create table a (n int)"},
               {"2_b.sql", off + "create index concurrently a_n on a (n); drop index concurrently a_n"}});
    CHECK_THROWS(migrate(own.config(), set, broken_off_before(1)));
    db.run_script("create schema s; create table s.a (n int); create index a_n on s.a (n);" // another one
                  "delete from howdah_migrations where version = '2'");
    CHECK_THROWS(migrate(own.config(), set, broken_off_before(2)));
    CHECK(row_of(db, "2") == "running 1/2");
    // As if the run had been killed after the server had made it, and before that was recorded.
    db.run_script("update howdah_migrations set statements_done = 0, in_doubt = true, progress_hash = ''"
                  " where version = '2'");
    CHECK_THROWS(migrate(own.config(), set, broken_off_before(2)));
    CHECK(row_of(db, "2") == "running 1/2");
    // And as if the run had been killed before the dropping began, or after it was done.
    for (const char* dropping : {"select 1", "drop index a_n"}) {
        db.run_script(dropping);
        db.run_script("update howdah_migrations set in_doubt = true where version = '2'");
        CHECK(migrate(own.config(), set).applied.size() == 1);
        CHECK_FALSE(ask<bool>(db, "select to_regclass('public.a_n') is not null"));
        db.run_script(
            "create index a_n on a (n); update howdah_migrations set status = 'running', statements_done = 1,"
            " progress_hash = '" +
            howdah::detail::progress_hash("", "create index concurrently a_n on a (n)") +
            "' where version = '2'");
    }
    CHECK(ask<bool>(db, "select to_regclass('s.a_n') is not null"));
}

TEST_CASE("an index without a name cannot be looked for, and the run says so") {
    const auto own = fresh_database();
    auto db = own.connect();
    const auto set = [&](const std::string& name) {
        return files({{"1_a.sql", "create table a (n int)"},
                      {"2_b.sql", off + "create index concurrently " + name + " on a (n)"}});
    };
    CHECK_THROWS(migrate(own.config(), set(""), broken_off_before(1)));
    CHECK(migrate(own.config(), files({{"1_a.sql", "create table a (n int)"}})).applied.size() == 1);
    db.run_script(
        "insert into howdah_migrations (version, kind, name, checksum, status, in_doubt, progress_hash,"
        " statements_total, applied_at, duration_ms, applied_by, howdah_version)"
        " values ('2', 'versioned', 'b', '', 'running', true, '', 1, now(), 0, 'me', '0')");
    const auto failure = refusal([&] { migrate(own.config(), set("")); });
    check_mentions(failure,
                   "2_b.sql:2:1: the run before was stopped while it made this index, which has no name");
    CHECK(migrate(own.config(), set("a_n")).applied.size() == 1);
}

TEST_CASE("an index build waits for a table as long as it takes, other statements do not") {
    const auto own = fresh_database();
    auto db = own.connect();
    howdah::migration_options options;
    options.table_lock_timeout = milliseconds{50};
    options.table_lock_retries = 0;
    bool held = false, lets_go = false;
    std::future<void> later;
    unsigned attempts = 0;
    options.on_event = [&](const migration_event& event) {
        attempts = std::max(attempts, event.attempt);
        if (attempts > 0 && held) {
            db.run_script("rollback");
            held = false;
        }
        if (event.what != migration_event::kind::statement || event.file == "1_a.sql" || held || attempts > 0)
            return;
        db.run_script("begin; lock table a");
        held = true;
        if (!lets_go) return;
        later = std::async(std::launch::async, [&] {
            std::this_thread::sleep_for(milliseconds{300});
            db.run_script("rollback");
        });
    };
    const auto set = [](const std::string& second) {
        return files({{"1_a.sql", "create table a (n int)"}, {"2_b.sql", off + second}});
    };
    CHECK(refusal([&] { migrate(own.config(), set("alter table a add b int"), options); })
              .cause()
              ->sqlstate()
              .text() == "55P03");
    db.run_script("rollback");
    held = false;
    CHECK(row_of(db, "2") == "failed 0/1");

    lets_go = true;
    CHECK(migrate(own.config(), set("create index concurrently a_n on a (n)"), options).applied.size() == 1);
    later.get();
    held = lets_go = false;
    CHECK(attempts == 0);
    db.run_script("delete from howdah_migrations where version = '2'");
    options.table_lock_retries = 5; // and a statement that waited too long is tried again
    CHECK(migrate(own.config(), set("alter table a add b int"), options).applied.size() == 1);
    CHECK(attempts == 1);
}

TEST_CASE("roles that a file takes do not keep the history from being written") {
    const auto own = fresh_database();
    auto db = own.connect();
    const std::string role = "howdah_test_steps_" + std::to_string(db.backend_pid());
    db.run_script("create role " + role + "; grant create on schema public to " + role);
    const auto set = files({{"1_a.sql", off + "set role " + role +
                                            "; create table a (); vacuum a; create table b ();"
                                            "reset role; set session authorization " +
                                            role + "; create table c (); vacuum c; create table d ()"}});
    CHECK(migrate(own.config(), set).applied.size() == 1);
    CHECK(ask<std::int64_t>(db, "select count(*) from pg_tables where tableowner = '" + role + "'") == 4);
    CHECK(ask<bool>(db, "select applied_by <> '" + role + "' from howdah_migrations"));
    db.run_script("drop owned by " + role + "; drop role " + role);
}

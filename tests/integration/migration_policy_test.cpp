// SPDX-License-Identifier: BSL-1.0
//
// What options and directives make of a run: placeholders, repeatable files, targets, requirements, retries,
// protection, dry runs.
#include <doctest/doctest.h>

#include <string>

#include <howdah/connection.hpp>
#include <howdah/migration_commands.hpp>

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

TEST_CASE("placeholders are filled in when a file runs, and errors name the place in the file") {
    const auto own = fresh_database();
    auto db = own.connect();
    howdah::migration_options options;
    options.placeholders = {{"schema", "app_schema_with_a_long_name"}, {"who", "o'\n'ne"}};
    const auto set =
        files({{"1_a.sql", "create schema ${schema};\ncreate table ${schema}.t (a text);\n"
                           "insert into ${schema}.t values ('${who}'), ('$${not}'), ('${}'), ('${a b}');"},
               {"2_b.sql", "-- howdah: placeholder=off\nselect '${nobody}'"}});
    CHECK(refusal([&] { migrate(own.config(), set, options); }).line() ==
          3); // $${not} is a placeholder as well
    options.placeholders.push_back({"not", "x"});
    CHECK(migrate(own.config(), set, options).applied.size() == 2);
    CHECK(ask<std::int64_t>(db, "select count(*) from app_schema_with_a_long_name.t") == 4);
    options.placeholders[0].value = "other"; // what is applied is compared without its values
    CHECK(migrate(own.config(), set, options).applied.empty());

    const auto wrong = files({{"1_a.sql", "select '${schema}', '${who}',\n '${schema}' || nowhere"}});
    options.table = "other_history";
    const auto failure = refusal([&] { migrate(own.config(), wrong, options); });
    check_mentions(failure, "1_a.sql:2:17: the server refused");
    const auto unset =
        refusal([&] { migrate(own.config(), files({{"1_a.sql", "select 1;\n select '${x}'"}}), options); });
    CHECK(unset.kind() == migration_failure::bad_file);
    check_mentions(unset, "1_a.sql:2:10: the placeholder ${x} has no value");
    options.placeholders = {{"x", "'; commit; select '"}};
    const auto smuggled =
        refusal([&] { migrate(own.config(), files({{"1_a.sql", "select '${x}'"}}), options); });
    CHECK(smuggled.kind() == migration_failure::own_transaction);
    check_mentions(smuggled, "1_a.sql:1:9");
}

TEST_CASE("repeatable files run after all versions, and again when they or their placeholders change") {
    const auto own = fresh_database();
    auto db = own.connect();
    const auto with = [](const std::string& view) {
        return files({{"R_b_view.sql", view},
                      {"2_b.sql", "create table b (n int)"},
                      {"R_a_first.sql", "create or replace view first as select * from b"},
                      {"1_a.sql", "create table a ()"}});
    };
    const std::string view = "create or replace view second as select 'one' as what from first";
    const auto report = migrate(own.config(), with(view));
    REQUIRE(report.applied.size() == 4);
    CHECK(report.applied[2].file == "R_a_first.sql");
    CHECK(report.applied[3].file == "R_b_view.sql");
    CHECK(migrate(own.config(), with(view)).applied.empty());

    const std::string changed = "create or replace view second as select '${what}' as what from first";
    howdah::migration_options options;
    options.placeholders = {{"what", "two"}};
    CHECK(migration_status(db, with(changed), options).back().state == migration_state::pending);
    CHECK(plan_migrations(db, with(changed), options).files[0].why ==
          howdah::planned_migration::reason::changed);
    CHECK(migrate(own.config(), with(changed), options).applied.size() == 1);
    CHECK(migrate(own.config(), with(changed), options).applied.empty());
    options.placeholders[0].value = "three";
    CHECK(migrate(own.config(), with(changed), options).applied.size() == 1);
    CHECK(ask<std::string>(db, "select pg_get_viewdef('second')").find("three") != std::string::npos);
    CHECK(ask<std::int64_t>(db, "select count(*) from howdah_migrations where kind = 'repeatable'") == 2);
    // One that is gone stops nothing; one that failed is mended by editing it.
    const auto without = files({{"1_a.sql", "create table a ()"}, {"2_b.sql", "create table b (n int)"}});
    CHECK(migrate(own.config(), without).applied.empty());
    CHECK_THROWS((void)migrate(own.config(), with("create view wrong as select * from nowhere")));
    CHECK(migrate(own.config(), with(view)).applied.size() == 1);
}

TEST_CASE("a run goes up to the version that it is told") {
    const auto own = fresh_database();
    const auto set = files(
        {{"1_a.sql", "select 1"}, {"2_b.sql", "select 1"}, {"3_c.sql", "select 1"}, {"R_r.sql", "select 1"}});
    howdah::migration_options options;
    options.to = "0002";
    CHECK(migrate(own.config(), set, options).applied.size() == 2);
    CHECK(migrate(own.config(), set, options).applied.empty());
    options.to = "7";
    check_mentions(refusal([&] { migrate(own.config(), set, options); }), "no migration of version 7");
    CHECK(migrate(own.config(), set).applied.size() == 2);
}

TEST_CASE("a file that requires a version runs after it or not at all") {
    const auto own = fresh_database();
    const std::string needs = "-- howdah: requires=2\nselect 1";
    const auto failure =
        refusal([&] { migrate(own.config(), files({{"1_a.sql", needs}, {"2_b.sql", "select 1"}})); });
    CHECK(failure.kind() == migration_failure::unmet_requirement);
    check_mentions(failure, "1_a.sql requires version 2");
    CHECK(migrate(own.config(), files({{"02_b.sql", "select 1"}, {"3_c.sql", needs}})).applied.size() == 2);
    CHECK(migrate(own.config(), files({{"02_b.sql", "select 1"}, {"3_c.sql", needs}, {"4_d.sql", needs}}))
              .applied.size() == 1);
}

TEST_CASE("a file whose statement waited too long for a table begins again") {
    const auto own = fresh_database();
    auto db = own.connect();
    db.run_script("create table a (n int)");
    db.run_script("begin; lock table a");
    howdah::migration_options options;
    options.table_lock_timeout = std::chrono::milliseconds{50};
    unsigned attempts = 0;
    options.on_event = [&](const migration_event& event) {
        if (event.what != migration_event::kind::retrying) return;
        attempts = event.attempt;
        CHECK(event.file == "1_b.sql");
        if (attempts == 2) db.run_script("rollback");
    };
    const auto set =
        files({{"1_b.sql", "create table b (); insert into a values (1); alter table a add c int"}});
    CHECK(migrate(own.config(), set, options).applied.size() == 1);
    CHECK(attempts == 2);
    CHECK(ask<std::int64_t>(db, "select count(*) from a") == 1);
    db.run_script("begin; lock table a");
    const auto more =
        files({{"1_b.sql", "create table b (); insert into a values (1); alter table a add c int"},
               {"2_c.sql", "-- howdah: lock_timeout=10ms\nalter table a add d int"}});
    options.table_lock_timeout = std::chrono::hours{1};
    options.table_lock_retries = 1;
    options.on_event = nullptr;
    CHECK(refusal([&] { migrate(own.config(), more, options); }).cause()->sqlstate().text() == "55P03");
}

TEST_CASE("a protected database is changed only if its name is given") {
    const auto own = fresh_database();
    auto db = own.connect();
    const std::string name(db.database());
    const auto set = files({{"1_a.sql", "create table a ()"}, {"1_a.down.sql", "drop table a"}});
    howdah::migration_options options;
    options.protected_databases = {"prod?", name.substr(0, 3) + "*" + name.back()};
    options.confirmed = "another";
    const auto failure = refusal([&] { migrate(own.config(), set, options); });
    CHECK(failure.kind() == migration_failure::unconfirmed);
    check_mentions(failure, "'" + name + "' is protected");
    for (const auto& each :
         {refusal([&] { undo_migrations(own.config(), set, {}, options); }),
          refusal([&] { baseline_migrations(own.config(), set, "1", options); }), refusal([&] {
              repair_migrations(own.config(), set, howdah::migration_repair::accept, "1", options);
          })})
        CHECK(each.kind() == migration_failure::unconfirmed);
    CHECK_FALSE(ask<bool>(db, "select to_regclass('howdah_migrations') is not null"));
    options.dry_run = true;
    CHECK(migrate(own.config(), set, options).planned.size() == 1); // looking is free
    options.dry_run = false;
    options.confirmed = name;
    CHECK(migrate(own.config(), set, options).applied.size() == 1);
    options.confirmed.clear();
    CHECK(migrate(own.config(), set, options).applied.empty()); // nothing to do is nothing to confirm
}

TEST_CASE("a dry run tells what would run and changes nothing") {
    const auto own = fresh_database();
    auto db = own.connect();
    howdah::migration_options options;
    options.dry_run = true;
    const auto set = files(
        {{"1_a.sql", "create table a (); select 1"}, {"02_b.sql", "-- howdah: transaction=off\nvacuum"}});
    const auto report = migrate(own.config(), set, options);
    CHECK(report.applied.empty());
    REQUIRE(report.planned.size() == 2);
    CHECK(report.planned[0].statements == 2);
    CHECK(report.planned[0].transaction);
    CHECK(report.planned[1].version == "02");
    CHECK_FALSE(report.planned[1].transaction);
    CHECK(ask<std::int64_t>(
              db, "select count(*) from pg_class where relname in ('a', 'howdah_migrations')") == 0);
}

TEST_CASE("a file must not give strings another meaning or the session another encoding") {
    const auto own = fresh_database();
    for (const char* text : {"select set_config('standard_conforming_strings', 'off', true); select '\\'",
                             "set client_encoding = 'LATIN1'"}) {
        CAPTURE(text);
        const auto failure = refusal([&] { migrate(own.config(), files({{"1_a.sql", text}})); });
        CHECK(failure.kind() == migration_failure::bad_file);
        check_mentions(failure, "1_a.sql:1:1");
    }
}

TEST_CASE("the build of the program stands beside what it applied") {
    const auto own = fresh_database();
    auto db = own.connect();
    howdah::migration_options options;
    options.build_id = "shop 1.4 (abc123)";
    migrate(own.config(), files({{"1_a.sql", "select 1; select 2"}}), options);
    CHECK(ask<std::string>(db, "select build_id from howdah_migrations") == options.build_id);
    CHECK(ask<std::int32_t>(db, "select statements_done from howdah_migrations") == 2);
}

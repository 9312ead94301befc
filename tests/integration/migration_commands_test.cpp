// SPDX-License-Identifier: BSL-1.0
//
// Plan, verify, baseline, repair, undo, script, wait.
#include <doctest/doctest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <unistd.h>

#include <howdah/connection.hpp>
#include <howdah/migration_commands.hpp>

#include "migration_support.hpp"

using howdah::migrate;
using howdah::migration_event;
using howdah::migration_failure;
using howdah::migration_repair;
using howdah::migration_state;
using howdah::test::ask;
using howdah::test::check_mentions;
using howdah::test::files;
using howdah::test::fresh_database;
using howdah::test::refusal;

namespace {

using named_files = std::vector<std::pair<std::string, std::string>>;

const named_files three{{"1_a.sql", "create table a ()"}, {"1_a.down.sql", "drop table a"},
                        {"2_b.sql", "create table b ()"}, {"2_b.down.sql", "drop table b"},
                        {"3_c.sql", "create table c ()"}, {"3_c.down.sql", "drop table c"}};

/// The versions of the history and the tables that are there.
std::string state_of(howdah::executor& db) {
    return ask<std::string>(
        db, "select coalesce((select string_agg(version, ',' order by version) from "
            "howdah_migrations), '') || '|' || coalesce((select string_agg(relname, ',' order by "
            "relname) from pg_class where relname ~ '^[a-d]$'), '')");
}

std::string faults_of(const std::vector<howdah::migration_fault>& faults) {
    std::string out;
    for (const auto& fault : faults)
        out += std::to_string(static_cast<int>(fault.kind)) + ':' + fault.file + ' ';
    return out;
}

std::string kind(migration_failure of) {
    return std::to_string(static_cast<int>(of)) + ':';
}

} // namespace

TEST_CASE("verify tells everything that is wrong, not only the first") {
    const auto own = fresh_database();
    auto db = own.connect();
    CHECK(verify_migrations(db, files(three)).empty()); // nothing applied, nothing wrong
    migrate(own.config(), files({{"1_a.sql", "select 1"},
                                 {"2_b.sql", "select 2"},
                                 {"4_d.sql", "select 4"},
                                 {"9_i.sql", "select 9"}}));
    db.run_script("update howdah_migrations set status = 'failed', statements_total = 3 where version = '4'");
    const auto changed = files(
        {{"1_a.sql", "select 11"}, {"3_c.sql", "-- howdah: requires=8\nselect 3"}, {"4_d.sql", "select 4"}});
    const auto faults = verify_migrations(db, changed);
    CHECK(faults_of(faults) ==
          kind(migration_failure::drift) + "1_a.sql " + kind(migration_failure::missing) + "2_b.sql " +
              kind(migration_failure::newer_schema) + "4_d.sql " + kind(migration_failure::out_of_order) +
              "3_c.sql " + kind(migration_failure::sql) + "4_d.sql ");
    CHECK(faults.back().what ==
          "4_d.sql was stopped after 1 of 3 statements; run again, which goes on from there");
    for (const auto& fault : faults) CHECK_FALSE(fault.what.empty());
}

TEST_CASE("without a database verify looks at requirements and placeholders") {
    const auto set = files({{"1_a.sql", "-- howdah: requires=2\nselect '${known}'"},
                            {"2_b.sql", "select '${unknown}'"},
                            {"2_b.down.sql", "select '${lost}'"},
                            {"3_c.sql", "-- howdah: requires=1\n-- howdah: requires=7\nselect 1"},
                            {"R_v.sql", "-- howdah: requires=3\nselect 1"}});
    howdah::migration_options options;
    options.placeholders = {{"known", ""}};
    CHECK(faults_of(verify_migrations(set, options)) ==
          kind(migration_failure::unmet_requirement) + "1_a.sql " + kind(migration_failure::bad_file) +
              "2_b.sql " + kind(migration_failure::unmet_requirement) + "3_c.sql ");
    CHECK(verify_migrations(files(three)).empty());
}

TEST_CASE("a baseline begins the history of a database that has its schema") {
    const auto own = fresh_database();
    auto db = own.connect();
    db.run_script("create table a (); create table b ()");
    CHECK(refusal([&] { baseline_migrations(own.config(), files(three), "7"); }).kind() ==
          migration_failure::missing);
    baseline_migrations(own.config(), files(three), "02");
    CHECK(state_of(db) == "2|a,b");
    CHECK(migration_status(db, files(three))[0].state == migration_state::baseline);
    CHECK(migrate(own.config(), files(three)).applied.size() == 1);
    CHECK(state_of(db) == "2,3|a,b,c");
    const auto again = refusal([&] { baseline_migrations(own.config(), files(three), "3"); });
    CHECK(again.kind() == migration_failure::history_begun);
    undo_migrations(own.config(), files(three));
    const auto beyond = refusal([&] { undo_migrations(own.config(), files(three)); });
    CHECK(beyond.kind() == migration_failure::no_way_back);
    check_mentions(beyond, "is the baseline");
}

TEST_CASE("undo takes the newest back, or all after a version") {
    const auto own = fresh_database();
    auto db = own.connect();
    migrate(own.config(), files(three));
    std::string told;
    howdah::migration_options options;
    options.on_event = [&](const migration_event& event) {
        if (event.what == migration_event::kind::undoing) told += '<' + std::string(event.file);
        if (event.what == migration_event::kind::undone) told += '>' + std::string(event.file);
    };
    CHECK(undo_migrations(own.config(), files(three), {}, options).undone.size() == 1);
    CHECK(told == "<3_c.down.sql>3_c.down.sql");
    CHECK(state_of(db) == "1,2|a,b");
    migrate(own.config(), files(three));
    CHECK(refusal([&] { undo_migrations(own.config(), files(three), {.to = "5"}); }).kind() ==
          migration_failure::missing);
    const auto report = undo_migrations(own.config(), files(three), {.to = "01"});
    REQUIRE(report.undone.size() == 2);
    CHECK(report.undone[0].version == "3");
    CHECK(state_of(db) == "1|a");
    CHECK(undo_migrations(own.config(), files(three), {.to = "1"}).undone.empty());
    CHECK(undo_migrations(own.config(), files(three), {.to = "0"}).undone.size() == 1);
    CHECK(state_of(db) == "|");
    CHECK(undo_migrations(own.config(), files(three)).undone.empty());
}

TEST_CASE("undo refuses before it begins where there is no way back") {
    const auto own = fresh_database();
    auto db = own.connect();
    auto some = three;
    some.erase(some.begin() + 3); // 2_b.down.sql
    migrate(own.config(), files(some));
    const auto failure = refusal([&] { undo_migrations(own.config(), files(some), {.to = "1"}); });
    CHECK(failure.kind() == migration_failure::no_way_back);
    CHECK(failure.file() == "2_b.sql");
    check_mentions(failure, "no down file beside 2_b.sql");
    CHECK(state_of(db) == "1,2,3|a,b,c");
    some.back().second = "drop table c; drop table nowhere";
    const auto wrong = refusal([&] { undo_migrations(own.config(), files(some)); });
    CHECK(wrong.kind() == migration_failure::sql);
    check_mentions(wrong, "3_c.down.sql:1:15");
    CHECK(state_of(db) == "1,2,3|a,b,c");
    const auto gone =
        refusal([&] { undo_migrations(own.config(), files({{"1_a.sql", "create table a ()"}})); });
    check_mentions(gone, "has no file");
}

TEST_CASE("an undoing that is stopped goes on where it stopped, and nothing else runs meanwhile") {
    const auto own = fresh_database();
    auto db = own.connect();
    const named_files both{
        {"1_a.sql", "create table a (n int); create index a_n on a (n)"},
        {"1_a.down.sql", "-- howdah: transaction=off\ndrop index concurrently a_n; drop table a"}};
    migrate(own.config(), files(both));
    howdah::migration_options options;
    options.on_event = [](const migration_event& event) {
        if (event.what == migration_event::kind::statement && event.statement == 2)
            throw std::runtime_error("enough");
    };
    CHECK_THROWS_WITH(undo_migrations(own.config(), files(both), {}, options), "enough");
    CHECK(ask<std::string>(db, "select status from howdah_migrations") == "undoing");
    CHECK(migration_status(db, files(both))[0].state == migration_state::failed);
    check_mentions(refusal([&] { migrate(own.config(), files(both)); }), "undo it again");
    CHECK(undo_migrations(own.config(), files(both)).undone.size() == 1);
    CHECK(state_of(db) == "|");
    CHECK(migrate(own.config(), files(both)).applied.size() == 1);
}

TEST_CASE("repair accepts what was changed, and keeps what it was") {
    const auto own = fresh_database();
    auto db = own.connect();
    migrate(own.config(), files({{"1_a.sql", "select 1"}, {"R_v.sql", "select 2"}}));
    const auto changed =
        files({{"0001_better.sql", "select 1; -- as it should be"}, {"R_v.sql", "select 22"}});
    const auto when =
        ask<std::string>(db, "select applied_at::text from howdah_migrations where version = '1'");
    CHECK_THROWS((void)migrate(own.config(), changed));
    repair_migrations(own.config(), changed, migration_repair::accept, "0001");
    repair_migrations(own.config(), changed, migration_repair::accept, "R_v");
    CHECK(migrate(own.config(), changed).applied.empty());
    CHECK(ask<std::string>(db, "select applied_at::text from howdah_migrations where version = '1'") == when);
    CHECK(ask<bool>(db, "select remark ~ '^accepted by .+ at 20.+Z: was applied, ''a'', sha256-lf:' from "
                        "howdah_migrations where version = '1'"));
    CHECK(refusal([&] { repair_migrations(own.config(), changed, migration_repair::accept, "9"); }).kind() ==
          migration_failure::missing);
    CHECK_THROWS_AS(repair_migrations(own.config(), changed, migration_repair::finish, "1"),
                    howdah::usage_error);
    CHECK_THROWS_AS(repair_migrations(own.config(), changed, migration_repair::forget, "1"),
                    howdah::usage_error);
    const auto other = files({{"5_e.sql", "select 5"}});
    CHECK(refusal([&] { repair_migrations(own.config(), other, migration_repair::accept, "1"); }).kind() ==
          migration_failure::missing);
    repair_migrations(own.config(), other, migration_repair::forget, "1");
    CHECK(migrate(own.config(), other).applied.size() == 1);
}

TEST_CASE("repair ends what was stopped, one way or the other") {
    const auto own = fresh_database();
    auto db = own.connect();
    const auto set =
        files({{"1_a.sql", "-- howdah: transaction=off\ncreate table a (); select * from nowhere"}});
    CHECK_THROWS((void)migrate(own.config(), set));
    CHECK_THROWS_AS(repair_migrations(own.config(), set, migration_repair::accept, "1"), howdah::usage_error);
    check_mentions(refusal([&] { undo_migrations(own.config(), set); }), "was stopped in the middle");
    db.run_script("drop table a");
    repair_migrations(own.config(), set, migration_repair::forget, "1");
    CHECK(state_of(db) == "|");
    CHECK_THROWS((void)migrate(own.config(), set));
    repair_migrations(own.config(), set, migration_repair::finish, "1");
    CHECK(migrate(own.config(), set).applied.empty());
    CHECK(ask<std::string>(db, "select status || statements_done from howdah_migrations") == "applied2");
}

TEST_CASE("a script for psql does what a run does") {
    if (std::system("psql --version > /dev/null 2>&1") != 0) {
        MESSAGE("SKIPPED: psql is not installed");
        return;
    }
    const auto run =
        files({{"1_a.sql", "create table a (t text);\ncopy a from stdin;\nit's\n\\.\nset search_path = ''"},
               {"2_b.sql", "-- howdah: transaction=off\ncreate index concurrently a_t on a (t); vacuum a"},
               {"3_c.sql", "insert into a values ('${value}') -- done"},
               {"R_v.sql", "create or replace view v as select t || E'\\'' as t from a"}});
    howdah::migration_options options;
    options.placeholders = {{"value", "b"}};
    options.schema = "his \"tory";
    const auto by_run = fresh_database();
    const auto by_script = fresh_database();
    migrate(by_run.config(), run, options);
    const auto file =
        std::filesystem::temp_directory_path() / ("howdah_script_" + std::to_string(::getpid()) + ".sql");
    const auto psql = [&](const howdah::script_range& range) {
        std::ofstream(file) << migration_script(run, range, options);
        return std::system(
            ("psql -X -q -o /dev/null -d '" + by_script.url() + "' -f " + file.string()).c_str());
    };
    CHECK(psql({.from = std::nullopt, .to = "2"}) == 0);
    CHECK(psql({.from = "2", .to = std::nullopt}) == 0);
    std::filesystem::remove(file);
    const std::string digest = "select string_agg(concat_ws(' ', version, kind, name, checksum, "
                               "expanded_checksum, status, statements_done, "
                               "statements_total, in_doubt, out_of_order), '|' order by version) from \"his "
                               "\"\"tory\".howdah_migrations";
    auto one = by_run.connect(), other = by_script.connect();
    CHECK(ask<std::string>(one, digest) == ask<std::string>(other, digest));
    CHECK(ask<std::string>(other, "select string_agg(t, ',' order by t) from v") == "b',it's'");
    CHECK(migrate(by_script.config(), run, options).applied.empty());
    CHECK(refusal([&] { (void)migration_script(run, {.from = "9", .to = std::nullopt}, options); }).kind() ==
          migration_failure::missing);
}

TEST_CASE("a program waits until another has migrated") {
    const auto own = fresh_database();
    CHECK_FALSE(wait_for_migrations(own.config(), files(three), std::chrono::milliseconds{100}));
    auto other = std::async(std::launch::async, [&] {
        std::this_thread::sleep_for(std::chrono::milliseconds{300});
        return migrate(own.config(), files(three)).applied.size();
    });
    CHECK(wait_for_migrations(own.config(), files(three), std::chrono::seconds{30}));
    CHECK(other.get() == 3);
    auto nowhere = own.config();
    nowhere.url = "host=/nowhere";
    CHECK_THROWS_AS((void)wait_for_migrations(nowhere, files(three), std::chrono::milliseconds{100}),
                    howdah::connection_error);
}

// SPDX-License-Identifier: BSL-1.0
#include <doctest/doctest.h>

#include <string>

#include <howdah/connection.hpp>
#include <howdah/migration.hpp>

#include "migration_support.hpp"

using howdah::migrate;
using howdah::migration_failure;
using howdah::test::ask;
using howdah::test::check_mentions;
using howdah::test::files;
using howdah::test::fresh_database;
using howdah::test::refusal;

namespace {

using named_files = std::vector<std::pair<std::string, std::string>>;

const named_files applied{{"1_a.sql", "create table a ();\n"},
                          {"2_b.sql", "create table b ();\n"},
                          {"4_d.sql", "create table d ();\n"}};

/// Applies the three files above and then runs `changed`, which has to be refused and to change nothing.
howdah::migration_error refusal_of(const named_files& changed) {
    const auto own = fresh_database();
    migrate(own.config(), files(applied));
    auto db = own.connect();
    const std::string digest =
        "select md5(string_agg(h::text, '|' order by version)) || (select count(*) from pg_class) "
        "from howdah_migrations h";
    const auto before = ask<std::string>(db, digest);
    const auto failure = refusal([&] { migrate(own.config(), files(changed)); });
    CHECK(ask<std::string>(db, digest) == before);
    CHECK(ask<std::int64_t>(db, "select count(*) from pg_locks where locktype = 'advisory'") == 0);
    return failure;
}

} // namespace

TEST_CASE("a file changed after it was applied stops the run") {
    auto changed = applied;
    changed[1].second = "create table b (c int);\n";
    changed.push_back({"5_e.sql", "create table e ()"});
    const auto failure = refusal_of(changed);
    CHECK(failure.kind() == migration_failure::drift);
    CHECK(failure.file() == "2_b.sql");
    check_mentions(failure, "2_b.sql was changed");
    check_mentions(failure, "restore it");
}

TEST_CASE("a file renamed after it was applied is told its name") {
    auto changed = applied;
    changed[1].first = "0002_better.sql";
    const auto failure = refusal_of(changed);
    CHECK(failure.kind() == migration_failure::drift);
    check_mentions(failure, "0002_better.sql was renamed");
    check_mentions(failure, "the name 'b' again");
}

TEST_CASE("an applied version without a file stops the run") {
    auto changed = applied;
    changed.erase(changed.begin() + 1);
    const auto failure = refusal_of(changed);
    CHECK(failure.kind() == migration_failure::missing);
    check_mentions(failure, "version 2 ('b') is applied");
    check_mentions(failure, "2_b.sql");
}

TEST_CASE("a database that a newer program migrated is refused, or taken with a warning") {
    const auto failure = refusal_of({{"1_a.sql", applied[0].second}});
    CHECK(failure.kind() == migration_failure::newer_schema);
    check_mentions(failure, "version 2 ('b')");
    check_mentions(failure, "newest migration here is 1_a.sql");

    const auto own = fresh_database();
    migrate(own.config(), files(applied));
    howdah::migration_options options;
    options.on_newer_schema = howdah::newer_schema_policy::warn;
    std::string warnings;
    options.on_event = [&](const howdah::migration_event& event) { warnings += event.message; };
    CHECK(migrate(own.config(), files({{"1_a.sql", applied[0].second}}), options).applied.empty());
    CHECK(warnings.find("version 4 ('d')") != warnings.npos);
}

TEST_CASE("a missing file is taken with a warning where that is allowed") {
    const auto own = fresh_database();
    migrate(own.config(), files(applied));
    auto changed = applied;
    changed.erase(changed.begin() + 1);
    howdah::migration_options options;
    options.allow_missing = true;
    std::string warnings;
    options.on_event = [&](const howdah::migration_event& event) { warnings += event.message; };
    CHECK(migrate(own.config(), files(changed), options).applied.empty());
    CHECK(warnings == "version 2 ('b') is applied, but has no file");
}

TEST_CASE("a file that got another version is recognised by its content") {
    auto changed = applied;
    changed[1].first = "0007_b.sql";
    const auto failure = refusal_of(changed);
    CHECK(failure.kind() == migration_failure::missing);
    CHECK(failure.file() == "0007_b.sql");
    check_mentions(failure, "0007_b.sql has its content");
}

TEST_CASE("a file inserted late stops the run") {
    auto changed = applied;
    changed.push_back({"3_c.sql", "create table c ()"});
    changed.push_back({"5_e.sql", "create table e ()"});
    const auto failure = refusal_of(changed);
    CHECK(failure.kind() == migration_failure::out_of_order);
    CHECK(failure.file() == "3_c.sql");
    check_mentions(failure, "version 4 ('d')");
    check_mentions(failure, "greater than 4");
}

TEST_CASE("other line ends, a byte-order mark or more zeros in the version are no change") {
    const auto own = fresh_database();
    migrate(own.config(), files(applied));
    auto changed = applied;
    changed[0].second = "\xEF\xBB\xBF"
                        "create table a ();\r\n";
    changed[1].first = "0002_b.sql";
    changed.push_back({"5_e.sql", "create table e ()"});
    const auto report = migrate(own.config(), files(changed));
    REQUIRE(report.applied.size() == 1);
    CHECK(report.applied[0].version == "5");
    CHECK(report.already_applied == 3);
}

TEST_CASE("a late file is applied out of order where that is asked for, and marked") {
    const auto own = fresh_database();
    migrate(own.config(), files(applied));
    auto changed = applied;
    changed.push_back({"3_c.sql", "create table c ()"});
    changed.push_back({"5_e.sql", "create table e ()"});
    howdah::migration_options options;
    options.out_of_order = howdah::out_of_order_policy::apply;
    const auto report = migrate(own.config(), files(changed), options);
    REQUIRE(report.applied.size() == 2);
    CHECK(report.applied[0].out_of_order);
    CHECK_FALSE(report.applied[1].out_of_order);
    auto db = own.connect();
    CHECK(ask<std::string>(db, "select string_agg(version, ',') from howdah_migrations where out_of_order") ==
          "3");
}

TEST_CASE("a baseline row stands for every version up to it") {
    const auto own = fresh_database();
    migrate(own.config(), files(applied));
    auto db = own.connect();
    db.run_script("update howdah_migrations set status = 'baseline', checksum = '' where version = '2'; "
                  "delete from howdah_migrations where version = '1'");
    CHECK(migrate(own.config(), files(applied)).already_applied == 2);
    const auto status = migration_status(db, files(applied));
    REQUIRE(status.size() == 2);
    CHECK(status[0].state == howdah::migration_state::baseline);
}

TEST_CASE("a history of the first format is read as it is and brought up to date when written") {
    const auto own = fresh_database();
    auto db = own.connect();
    const auto first = files(applied);
    db.run_script(
        "create table howdah_migrations (version int8 primary key, name text not null, checksum text not "
        "null, status text not null, applied_at timestamptz not null, duration_ms int8 not null,"
        " applied_by text not null, howdah_version text not null)");
    for (const auto& file : first)
        db.run("insert into howdah_migrations values ($1::text::int8, $2, $3, 'applied', now(), 1, 'me', "
               "'0.1.0')",
               howdah::bind(file.version, file.name, file.checksum));
    CHECK(migrate(own.config(), first).already_applied == 3);
    CHECK(migration_status(db, first)[2].state == howdah::migration_state::applied);
    const std::string type = "select format_type(atttypid, null) from pg_attribute where attrelid = "
                             "'howdah_migrations'::regclass and attname = 'version'";
    CHECK(ask<std::string>(db, type) == "bigint"); // reading changes nothing

    auto more = applied;
    more.push_back({"10_e.sql", "create table e ()"});
    CHECK(migrate(own.config(), files(more)).applied.size() == 1);
    CHECK(ask<std::string>(db, type) == "text");
    CHECK(migrate(own.config(), files(more)).already_applied == 4);
    const std::string columns =
        "select string_agg(attname || ' ' || format_type(atttypid, null) || attnotnull, ',' "
        "order by attname) from pg_attribute where attnum > 0 and attrelid = ";
    const auto upgraded = ask<std::string>(db, columns + "'howdah_migrations'::regclass");
    howdah::migration_options options;
    options.table = "made_new";
    options.schema = "other";
    migrate(own.config(), files({{"1_a.sql", "select 1"}}), options);
    CHECK(upgraded == ask<std::string>(db, columns + "'other.made_new'::regclass"));
}

TEST_CASE("a history of a later format is refused") {
    const auto own = fresh_database();
    migrate(own.config(), files(applied));
    auto db = own.connect();
    db.run_script(
        "alter table howdah_migrations rename constraint howdah_history_format_2 to howdah_history_format_3");
    const auto failure = refusal([&] { migrate(own.config(), files(applied)); });
    CHECK(failure.kind() == migration_failure::history_format);
    check_mentions(failure, "has format 3");
    check_mentions(failure, "update the program");
}

TEST_CASE("histories of different schemas do not know each other") {
    const auto own = fresh_database();
    howdah::migration_options options;
    options.schema = "odd \"schema";
    options.table = "1 history";
    const auto first = files({{"1_a.sql", "create table a ()"}});
    CHECK(migrate(own.config(), first, options).applied.size() == 1);
    CHECK(migrate(own.config(), first, options).already_applied == 1);
    CHECK(migrate(own.config(), files({{"1_b.sql", "create table b ()"}})).applied.size() == 1);
    auto db = own.connect();
    CHECK(ask<std::int64_t>(db, R"(select count(*) from "odd ""schema"."1 history")") == 1);
}

TEST_CASE("a table that is no history is left alone") {
    const auto own = fresh_database();
    auto db = own.connect();
    db.run_script("create table howdah_migrations (id int)");
    const auto set = files({{"1_a.sql", "create table a ()"}});
    const auto failure = refusal([&] { migrate(own.config(), set); });
    CHECK(failure.kind() == migration_failure::history_format);
    CHECK(failure.file() == R"("public"."howdah_migrations")");
    check_mentions(failure, "is not a history");
    CHECK_THROWS_AS((void)migration_status(db, set), howdah::migration_error);
}

namespace {

/// A login role that goes away with the test; roles belong to the whole server.
class login_role {
public:
    login_role(howdah::connection& admin, std::string name) : admin_(admin), name_(std::move(name)) {
        admin_.run_script("create role " + name_ + " login password 'migrates'");
    }
    login_role(const login_role&) = delete;
    ~login_role() { admin_.run_script("drop owned by " + name_ + "; drop role " + name_); }
    [[nodiscard]] const std::string& name() const { return name_; }

private:
    howdah::connection& admin_;
    std::string name_;
};

} // namespace

TEST_CASE("an up-to-date database needs no right but to read the history") {
    const auto own = fresh_database();
    auto db = own.connect();
    const auto set = files({{"1_a.sql", "create table a ()"}});
    migrate(own.config(), set);
    const login_role reader(db, "howdah_test_reader_" + std::to_string(db.backend_pid()));
    db.run_script("revoke create on schema public from public; grant select on howdah_migrations to " +
                  reader.name());
    auto config = own.config();
    config.url += config.url.find('?') == std::string::npos ? "?" : "&";
    config.url += "options=-c%20role%3D" + reader.name();
    CHECK(migrate(config, set).already_applied == 1);
    howdah::connection as_reader(config);
    CHECK(ask<bool>(as_reader, "select current_user <> session_user"));
    CHECK(migration_status(as_reader, set).front().state == howdah::migration_state::applied);

    const auto more = files({{"1_a.sql", "create table a ()"}, {"2_b.sql", "select 1"}});
    const auto failure = refusal([&] { migrate(config, more); });
    CHECK(failure.kind() == migration_failure::sql);
    CHECK(failure.cause()->sqlstate() == howdah::sqlstates::insufficient_privilege);
    check_mentions(failure, "cannot be written");
}

TEST_CASE("our own statements mean what they say on a hostile search_path") {
    const auto own = fresh_database();
    auto db = own.connect();
    // Everything that a careless statement would call by its bare name, each leaving a trace.
    db.run_script(R"sql(
        create schema evil; create table evil.trace (what text);
        create function evil.spring(what text) returns void language sql
            as $$ insert into evil.trace values (what) $$;
        create function evil.now() returns timestamptz language sql
            as $$ select evil.spring('now'); select pg_catalog.now() $$;
        create function evil.clock_timestamp() returns timestamptz language sql
            as $$ select evil.spring('clock'); select pg_catalog.now() $$;
        create function evil.to_regclass(text) returns regclass language sql
            as $$ select evil.spring('regclass'); select null::regclass $$;
        create function evil.pg_try_advisory_lock(int, int) returns bool language sql
            as $$ select evil.spring('lock'); select true $$;
        create function evil.pg_advisory_unlock(int, int) returns bool language sql
            as $$ select evil.spring('unlock'); select true $$;
        create function evil.pg_backend_pid() returns int language sql
            as $$ select evil.spring('pid'); select 1 $$;
        create function evil.current_database() returns name language sql
            as $$ select evil.spring('db'); select ''::name $$;
        create function evil.same(text, text) returns bool language sql
            as $$ select evil.spring('='); select true $$;
        create operator evil.= (leftarg = text, rightarg = text, function = evil.same);
        create function evil.same(oid, oid) returns bool language sql
            as $$ select evil.spring('='); select true $$;
        create operator evil.= (leftarg = oid, rightarg = oid, function = evil.same);
        create function evil.same(name, name) returns bool language sql
            as $$ select evil.spring('='); select true $$;
        create operator evil.= (leftarg = name, rightarg = name, function = evil.same);
        create function evil.same(int, int) returns bool language sql
            as $$ select evil.spring('='); select true $$;
        create operator evil.= (leftarg = int, rightarg = int, function = evil.same);
        create view evil.pg_locks as select 1 as pid; create view evil.pg_stat_activity as select 1 as pid;
        create domain evil.text as pg_catalog.text; create domain evil.int8 as pg_catalog.int4;
        create table evil.howdah_migrations (version int);
        do $$ begin execute 
            format('alter database %I set search_path = evil, pg_catalog, public', current_database()); end $$;
    )sql");
    const auto set = files({{"1_a.sql", "create table public.a (); set search_path = evil, pg_catalog"},
                            {"2_b.sql", "create table public.b ()"}});
    CHECK(migrate(own.config(), set).applied.size() == 2);
    CHECK(migrate(own.config(), set).already_applied == 2);
    auto hostile = own.connect();
    CHECK(migration_status(hostile, set).size() == 2);
    CHECK(ask<std::int64_t>(db, "select count(*) from evil.trace") == 0);
    CHECK(ask<std::string>(
              db,
              "select pg_catalog.format_type(atttypid, null) from pg_catalog.pg_attribute where attrelid = "
              "'public.howdah_migrations'::regclass and attname = 'version'") == "text");
}

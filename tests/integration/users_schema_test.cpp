// SPDX-License-Identifier: BSL-1.0
//
// The files of migrations/: the users table, and the trigger that keeps version and updated_at.
#include <doctest/doctest.h>

#include <string>
#include <thread>
#include <vector>

#include <howdah/connection.hpp>
#include <howdah/migration.hpp>
#include <howdah/time.hpp>
#include <howdah/transaction.hpp>
#include <howdah/uuid.hpp>

#include "migration_support.hpp"

using howdah::test::ask;
using howdah::test::users_database;

namespace {

const std::string insert_ada = "insert into users (email, name) values ('ada@example.org', 'Ada')";
const std::string version = "select version from users where email = 'ada@example.org'";
const std::string updated_at = "select updated_at from users where email = 'ada@example.org'";

/// Everything that the migrations make, as text.
std::string schema_of(howdah::executor& db) {
    return ask<std::string>(db, R"sql(
        select string_agg(line, E'\n' order by line) from (
            select format('%s.%s %s %s %s', c.oid::regclass, a.attname, format_type(a.atttypid, a.atttypmod),
                          a.attnotnull, pg_get_expr(d.adbin, d.adrelid)) as line
            from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
            left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
            where c.relnamespace = 'public'::regnamespace
            union all select pg_get_triggerdef(oid) from pg_trigger where not tgisinternal
            union all select pg_get_functiondef(oid) from pg_proc where pronamespace = 'public'::regnamespace
            union all select pg_get_constraintdef(oid) from pg_constraint where connamespace = 'public'::regnamespace
        ) as all_of_it)sql");
}

} // namespace

TEST_CASE("the set-up of the users table runs again and changes nothing") {
    const auto own = users_database();
    auto db = own.connect();
    db.run(insert_ada);
    const auto before = schema_of(db);
    const auto row = ask<std::string>(db, "select users::text from users");
    CHECK(before.find("zz_howdah_touch") != std::string::npos);
    for (const auto& file : howdah::migration_set(app::migrations)) db.run_script(file.text);
    CHECK(schema_of(db) == before);
    CHECK(ask<std::string>(db, "select users::text from users") == row);
    CHECK(ask<std::int64_t>(db, "select count(*) from pg_trigger where tgname = 'zz_howdah_touch'") == 1);
}

TEST_CASE("a new user gets an id of version 7, version 1 and both times") {
    const auto own = users_database();
    auto db = own.connect();
    db.run(insert_ada);
    const auto first = ask<howdah::uuid>(db, "select id from users");
    CHECK(first.version() == 7);
    CHECK((first.bytes()[8] & 0xC0) == 0x80);
    CHECK(ask<std::int32_t>(db, version) == 1);
    CHECK(ask<bool>(
        db, "select updated_at = created_at and picture is null and last_login_at is null from users"));
    db.run("select pg_sleep(0.002)");
    CHECK(ask<howdah::uuid>(db, "select howdah_uuid_v7()") > first);
    CHECK(ask<bool>(db,
                    "select abs(extract(epoch from clock_timestamp()) * 1000 - "
                    "('x' || left(replace(howdah_uuid_v7()::text, '-', ''), 12))::bit(48)::bigint) < 1000"));
    CHECK_THROWS_AS(db.run(insert_ada), howdah::server_error);
}

TEST_CASE("every update counts the version up by one, whoever writes and whatever is sent") {
    const auto own = users_database();
    auto db = own.connect();
    db.run(insert_ada);
    db.run("update users set name = 'Ada L.'");
    CHECK(ask<std::int32_t>(db, version) == 2);
    db.run("update users set version = 99");
    CHECK(ask<std::int32_t>(db, version) == 3);
    db.run("update users set version = null, updated_at = '1999-01-01Z'");
    CHECK(ask<std::int32_t>(db, version) == 4);
    CHECK(ask<bool>(db, "select updated_at >= created_at from users"));
    db.run("update users set name = name");
    CHECK(ask<std::int32_t>(db, version) == 5);
    db.run("insert into users (email, name) values ('ada@example.org', 'A') on conflict (email) do update "
           "set name = 'A'");
    CHECK(ask<std::int32_t>(db, version) == 6);
    auto other = own.connect();
    other.run("update users set picture = 'p'");
    CHECK(ask<std::int32_t>(db, version) == 7);
}

TEST_CASE("updated_at rises strictly, also when the clock is behind it") {
    const auto own = users_database();
    auto db = own.connect();
    db.run(insert_ada);
    auto last = ask<howdah::timestamp>(db, updated_at);
    for (int i = 0; i < 200; ++i) {
        const auto now = ask<howdah::timestamp>(db, "update users set name = name returning updated_at");
        REQUIRE(now > last);
        last = now;
    }
    db.run_script(
        "alter table users disable trigger all; update users set updated_at = '2100-01-01 00:00:00Z'; "
        "alter table users enable trigger all");
    CHECK(ask<std::string>(
              db, "update users set name = name returning to_char(updated_at, 'YYYY-MM-DD HH24:MI:SS.US')") ==
          "2100-01-01 00:00:00.000001");
}

TEST_CASE("a transaction that began first and commits last does not set updated_at back") {
    const auto own = users_database();
    auto early = own.connect();
    auto late = own.connect();
    early.run(insert_ada);
    howdah::transaction slow(early);
    (void)ask<howdah::timestamp>(slow, "select now()"); // its now() stands still from here
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
    const auto fourth = ask<howdah::timestamp>(late, "update users set name = 'late' returning updated_at");
    const auto fifth = ask<howdah::timestamp>(slow, "update users set name = 'slow' returning updated_at");
    slow.commit();
    CHECK(fifth > fourth);
    CHECK(ask<std::int32_t>(late, version) == 3);
}

TEST_CASE("the trigger is looked up by table and name, not by name alone") {
    const auto own = users_database();
    auto db = own.connect();
    db.run_script(
        "create schema other; create table other.users (n int, version int not null default 1, updated_at "
        "timestamptz); create table \"odd;\"\"table\" (like other.users including defaults);"
        "insert into other.users values (1); insert into \"odd;\"\"table\" values (1);"
        "select howdah_attach_touch('other.users'); select howdah_attach_touch('\"odd;\"\"table\"');"
        "select howdah_attach_touch('other.users')");
    CHECK(ask<std::int64_t>(db, "select count(*) from pg_trigger where tgname = 'zz_howdah_touch'") == 3);
    CHECK(ask<std::int32_t>(db, "update other.users set n = 2 returning version") == 2);
    CHECK(
        ask<bool>(db, "update \"odd;\"\"table\" set n = 2 returning version = 2 and updated_at is not null"));
}

TEST_CASE("the trigger has the last word over other triggers") {
    const auto own = users_database();
    auto db = own.connect();
    db.run_script("create function meddle() returns trigger language plpgsql as "
                  "$$ begin new.version := 1000; new.updated_at := 'infinity'; return new; end $$;"
                  "create trigger z_meddle before update on users for each row execute function meddle()");
    db.run(insert_ada);
    CHECK(ask<std::int32_t>(db, "update users set name = 'x' returning version") == 2);
    CHECK(ask<bool>(db, "select isfinite(updated_at) from users"));
}

TEST_CASE("whoever calls the attaching function, its trigger calls the function beside it") {
    const auto own = users_database();
    auto db = own.connect();
    db.run_script(
        "create schema evil; create function evil.howdah_touch() returns trigger language plpgsql as "
        "$$ begin raise 'evil'; end $$; create table t (n int, version int default 1, updated_at "
        "timestamptz);"
        "insert into t values (1); set search_path = evil, public; select public.howdah_attach_touch('t')");
    CHECK(ask<std::int32_t>(db, "update t set n = 2 returning version") == 2);
}

TEST_CASE("row security holds with the trigger, whatever version is sent") {
    const auto own = users_database();
    auto db = own.connect();
    const auto role = "howdah_test_tenant_" + std::to_string(db.backend_pid());
    db.run_script("create role " + role + "; grant select, update on users to " + role +
                  "; alter table users enable row level security;"
                  "create policy own on users using (name = current_setting('app.name', true));");
    db.run(insert_ada);
    db.run("insert into users (email, name) values ('bob@example.org', 'Bob')");
    CHECK_FALSE(ask<bool>(db, "select prosecdef from pg_proc where proname = 'howdah_touch'"));
    db.run_script("set role " + role + "; set app.name = 'Bob'");
    CHECK(db.run("update users set picture = 'p' where version = 1").affected_rows() == 1); // Bob's alone
    CHECK(db.run("update users set picture = 'p' where email = 'ada@example.org' and version = 1")
              .affected_rows() == 0);
    CHECK(ask<std::int32_t>(db, "select version from users") == 2);
    db.run_script("reset role; drop owned by " + role + "; drop role " + role);
    CHECK(ask<std::int32_t>(db, version) == 1);
}

TEST_CASE("last_login_at is nullable and its index is in descending order") {
    const auto own = users_database();
    auto db = own.connect();
    CHECK(
        ask<std::string>(db, "select indexdef from pg_indexes where indexname = 'users_last_login_at_idx'") ==
        "CREATE INDEX users_last_login_at_idx ON public.users USING btree (last_login_at DESC)");
    CHECK(ask<bool>(db, "select not attnotnull from pg_attribute where attrelid = 'users'::regclass and "
                        "attname = 'last_login_at'"));
}

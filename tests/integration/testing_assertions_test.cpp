// SPDX-License-Identifier: BSL-1.0
#include <doctest/doctest.h>

#include <sstream>
#include <string>

#include <howdah/testing/assertions.hpp>

#include "test_database.hpp"
#include "testing/spelling.hpp"
#include "testing/url.hpp"

using namespace howdah::testing;

namespace {

constexpr std::string_view schema = R"(
    create type mood as enum ('sad', 'ok');
    create table users (
        id bigint generated always as identity primary key,
        email varchar(320) not null,
        state text not null default 'new',
        tags text[], feeling mood, rank numeric(10, 2),
        created_at timestamptz not null default now(), seen_at timestamp(3) with time zone,
        dropped int);
    alter table users drop column dropped;
    create unique index users_email on users (lower(email));
    create index users_recent on users (state, created_at desc) include (rank);
    create index users_rank on users (rank desc nulls last, id) where state = 'new';
    create function touch() returns trigger language plpgsql as 'begin return new; end';
    create trigger users_touch before update on users for each row execute function touch();
    create policy own_rows on users using (true);
    alter table users enable row level security;
    create view active as select id, email from users;
    create schema app;
    create table app.users (id int);
    create table "odd.name" ("Odd Column" int);
)";

howdah::connection connect() {
    static const template_database made{"assertions", {std::string(schema)}};
    static const database own{made};
    return own.connect();
}

std::string text_of(const finding& what) {
    std::ostringstream out;
    out << what;
    return out.str();
}

bool mentions(const finding& what, std::string_view part) {
    return text_of(what).find(part) != std::string::npos;
}

} // namespace

TEST_CASE("table_exists finds tables by name and schema") {
    auto db = connect();
    CHECK(table_exists(db, "users"));
    CHECK(table_exists(db, "app.users"));
    CHECK(table_exists(db, {"public", "odd.name"}));
    CHECK_FALSE(table_exists(db, "odd.name"));
    CHECK_FALSE(table_exists(db, "Users"));
    CHECK_FALSE(table_exists(db, "app.active"));
    CHECK_FALSE(table_exists(db, "active")); // a view
    const finding missing = table_exists(db, "user");
    CHECK_FALSE(missing);
    CHECK(mentions(missing, "no table user; there are:"));
    CHECK(mentions(missing, "public.users"));
    CHECK(mentions(missing, "app.users"));
}

TEST_CASE("a name cannot smuggle SQL into the catalog") {
    auto db = connect();
    CHECK_FALSE(table_exists(db, "users'; drop table users; --"));
    CHECK_FALSE(column_exists(db, "users", "x' or true --"));
    CHECK(table_exists(db, "users"));
}

TEST_CASE("column_exists compares type, NULL and default, in any spelling of the type") {
    auto db = connect();
    CHECK(column_exists(db, "users", "id", {.type = "int8", .nullable = false}));
    CHECK(column_exists(db, "users", "email", {.type = "varchar(320)", .nullable = false}));
    CHECK(column_exists(db, "users", "email", {.type = "character varying( 320 )"}));
    CHECK(column_exists(db, "users", "state", {.type = "text", .default_value = "'new'::text"}));
    CHECK(column_exists(db, "users", "tags", {.type = "text[]", .nullable = true, .default_value = ""}));
    CHECK(column_exists(db, "users", "feeling", {.type = "mood"}));
    CHECK(column_exists(db, "users", "rank", {.type = "decimal(10, 2)"}));
    CHECK(column_exists(db, "users", "created_at", {.type = "timestamptz", .default_value = "now()"}));
    CHECK(column_exists(db, "users", "seen_at", {.type = "timestamptz(3)"}));
    CHECK(column_exists(db, "active", "email"));
    CHECK(column_exists(db, {"public", "odd.name"}, "Odd Column", {.type = "int"}));
}

TEST_CASE("column_exists says what the column is instead") {
    auto db = connect();
    CHECK_FALSE(column_exists(db, "users", "email", {.type = "varchar(255)"}));
    CHECK_FALSE(column_exists(db, "users", "email", {.type = "varchar"}));
    CHECK_FALSE(column_exists(db, "users", "email", {.type = "no_such_type"}));
    CHECK_FALSE(column_exists(db, "users", "email", {.nullable = true}));
    CHECK_FALSE(column_exists(db, "users", "state", {.default_value = ""}));
    CHECK_FALSE(column_exists(db, "users", "dropped"));
    CHECK_FALSE(column_exists(db, "app.users", "email"));
    CHECK(mentions(column_exists(db, "users", "email", {.type = "text"}),
                   "column users.email is character varying(320) not null"));
    CHECK(mentions(column_exists(db, "users", "mail"), "there are: id, email, state"));
    CHECK(mentions(column_exists(db, "nowhere", "email"), "no relation nowhere"));
}

TEST_CASE("index_exists compares columns, order, direction, uniqueness and condition") {
    auto db = connect();
    CHECK(index_exists(db, "users", {"id"}, {.unique = true}));
    CHECK(index_exists(db, "users", {"lower(email::text)"}, {.unique = true}));
    CHECK(index_exists(db, "users", {"state", "created_at DESC"}));
    CHECK(index_exists(db, "users", {"state asc nulls last", "created_at desc nulls first"}));
    CHECK(index_exists(db, "users", {"rank DESC NULLS LAST", "id"}, {.where = "state = 'new'::text"}));
    CHECK_FALSE(index_exists(db, "users", {"rank desc nulls last", "id"}));
    CHECK_FALSE(index_exists(db, "users", {"rank desc", "id"}, {.where = "state = 'new'::text"}));
    CHECK_FALSE(index_exists(db, "users", {"created_at desc", "state"}));
    CHECK_FALSE(index_exists(db, "users", {"state", "created_at"}));
    CHECK_FALSE(index_exists(db, "users", {"state", "created_at desc"}, {.unique = true}));
    CHECK_FALSE(index_exists(db, "users", {"state"}));
    CHECK_FALSE(index_exists(db, "app.users", {"id"}));
    CHECK(mentions(index_exists(db, "users", {"state"}), "users_recent (state, created_at desc)"));
    CHECK(mentions(index_exists(db, "app.users", {"id"}), "there are: none"));
}

TEST_CASE("an index that a failed concurrent build left invalid does not exist") {
    const auto own = howdah::test::fresh_database();
    auto db = own.connect();
    db.run_script("create table t (id int); insert into t values (1), (1)");
    CHECK_THROWS_AS(howdah::execute(db, "create unique index concurrently t_id on t (id)"),
                    howdah::server_error);
    CHECK_FALSE(index_exists(db, "t", {"id"}));
    CHECK(mentions(index_exists(db, "t", {"id"}), "t_id unique (id) invalid"));
}

TEST_CASE("trigger_exists and policy_exists look at one table only") {
    auto db = connect();
    CHECK(trigger_exists(db, "users", "users_touch"));
    CHECK_FALSE(trigger_exists(db, "app.users", "users_touch"));
    CHECK(
        mentions(trigger_exists(db, "users", "touch"), "no trigger touch on users; there are: users_touch"));
    CHECK(policy_exists(db, "users", "own_rows"));
    CHECK_FALSE(policy_exists(db, "app.users", "own_rows"));
    CHECK(mentions(policy_exists(db, "users", "all_rows"), "there are: own_rows"));
}

TEST_CASE("row_security_enabled tells forced from enabled") {
    auto db = connect();
    CHECK(row_security_enabled(db, "users"));
    CHECK_FALSE(row_security_enabled(db, "users", true));
    CHECK_FALSE(row_security_enabled(db, "app.users"));
    CHECK_FALSE(row_security_enabled(db, "nowhere"));
}

TEST_CASE("a schema change is seen by the next question, also in an open transaction") {
    const auto own = howdah::test::fresh_database();
    auto db = own.connect();
    howdah::transaction tx(db);
    CHECK_FALSE(table_exists(tx, "t"));
    howdah::execute(tx, "create table t (a int)");
    CHECK(table_exists(tx, "t"));
    CHECK(column_exists(tx, "t", "a", {.type = "int"}));
    howdah::execute(tx, "alter table t alter a type text");
    CHECK(column_exists(tx, "t", "a", {.type = "text"}));
}

TEST_CASE("a word that only looks like a direction is the column's name") {
    CHECK(canonical_index_column("desc") == "desc");
    CHECK(canonical_index_column(" a  ASC ") == "a");
    CHECK(canonical_index_column("a nulls first") == "a nulls first");
    CHECK(canonical_index_column("subdesc") == "subdesc");
}

TEST_CASE("a database is put into a URI or a keyword string") {
    CHECK(with_database("postgresql://ada@host:1/old?sslmode=disable", "new") ==
          "postgresql://ada@host:1/new?sslmode=disable");
    CHECK(with_database("postgres://host", "n w") == "postgres://host/n%20w");
    CHECK(with_database("postgresql:///old?host=/tmp&dbname=older", "new") == "postgresql:///new?host=/tmp");
    CHECK(with_database("host=/tmp dbname=old", "it's") == "host=/tmp dbname=old dbname='it\\'s'");
}

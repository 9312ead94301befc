// SPDX-License-Identifier: BSL-1.0
//
// The forms of statements that each rule knows: one line for each, since docs/lint.md shows only the usual ones.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <howdah/migration_lint.hpp>

namespace {

std::string broken_by(std::string_view text) {
    std::vector<std::string> rules;
    for (const auto& found : howdah::lint(
             howdah::migration_parts{.file = "0001_x.sql", .version = "1", .name = "x", .text = text}))
        if (!found.reason && std::find(rules.begin(), rules.end(), found.rule) == rules.end())
            rules.emplace_back(found.rule);
    std::sort(rules.begin(), rules.end());
    std::string out;
    for (const auto& rule : rules) out += (out.empty() ? "" : " ") + rule;
    return out;
}

struct form {
    const char* text;
    const char* rules;
};

constexpr form in_a_transaction[] = {
    {"alter table whole detach partition part concurrently", "concurrently-in-transaction"},
    {"alter table whole detach partition part", ""},
    {"drop index concurrently if exists i", "concurrently-in-transaction"},
    {"reindex index concurrently i", "concurrently-in-transaction"},
    {"reindex table users", "index-not-concurrently"},
    {"vacuum users", "concurrently-in-transaction"},
    {"vacuum (analyze) users", "concurrently-in-transaction"},
    {"create database shop", "concurrently-in-transaction"},
    {"drop database shop", "concurrently-in-transaction"},
    {"alter system set work_mem = '8MB'", "concurrently-in-transaction"},
    {"create tablespace fast location '/fast'", "concurrently-in-transaction"},
    {"drop tablespace fast", "concurrently-in-transaction"},
    {"create procedure p() security definer language sql as 'select 1'", "security-definer"},
    {"create procedure p() security definer set search_path = pg_catalog language sql as 'select 1'", ""},
    {"alter table users alter column at type timestamp", "timestamp-without-zone type-change"},
    {"alter table users alter column at set data type timestamp without time zone",
     "timestamp-without-zone type-change"},
    {"alter table users add column handle text unique", "unique-constraint"},
    {"alter table users add column id bigint primary key", "required-column unique-constraint"},
    {"alter table users add column a int check (a > 0)", "constraint-scan"},
    {"alter table users add column a int; update users set a = 1", "ddl-with-dml"},
    {"alter table users add column a int; delete from users", "ddl-with-dml"},
    {"alter table users add column a int; insert into users (a) select 1", "ddl-with-dml"},
    {"alter table users add column a int; insert into users (a) values (1)", ""},
    {"alter table users add column a int; merge into users using b on true when matched then delete",
     "ddl-with-dml"},
    {"alter table users no force row level security", "row-security-disabled"},
    {"alter table users force row level security", ""},
};

constexpr form without_transaction[] = {
    {"create table t (a int)", "missing-if-exists"},
    {"create table if not exists t (a int)", ""},
    {"create schema s", "missing-if-exists"},
    {"create schema if not exists s", ""},
    {"create sequence s", "missing-if-exists"},
    {"create extension hstore", "missing-if-exists"},
    {"create materialized view v as select 1", "missing-if-exists"},
    {"create index concurrently i on users (a)", "missing-if-exists"},
    {"create index concurrently if not exists i on users (a)", ""},
    {"create or replace view v as select 1", ""},
    {"drop view v", "missing-if-exists"},
    {"drop view if exists v", ""},
    {"alter table users add column a int", "missing-if-exists"},
    {"alter table users add column if not exists a int", ""},
    {"alter table users drop column a", "drop-column missing-if-exists"},
    {"alter table users drop column if exists a", "drop-column"},
    {"alter table users drop constraint c", "missing-if-exists"},
    {"alter table users drop constraint if exists c", ""},
    {"alter table whole detach partition part concurrently", ""},
    {"vacuum users", ""},
};

} // namespace

TEST_CASE("lint knows every form of what a rule is about") {
    for (const auto& [text, rules] : in_a_transaction) {
        CAPTURE(std::string(text));
        CHECK(broken_by(text) == rules);
    }
    for (const auto& [text, rules] : without_transaction) {
        CAPTURE(std::string(text));
        CHECK(broken_by(std::string("-- howdah: transaction=off\n") + text) == rules);
    }
}

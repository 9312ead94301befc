// SPDX-License-Identifier: BSL-1.0
#include <doctest/doctest.h>

#include <sstream>
#include <string>
#include <utility>

#include <howdah/connection.hpp>

#include "workplace.hpp"

using howdah::test::workplace;

namespace {

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != text.npos;
}

/// One statement per kind of thing, and what a dump says of it.
constexpr std::pair<const char*, const char*> parts[] = {
    {"create type mood as enum ('calm', 'gay')", "enum public.mood\n  'calm', 'gay'\n"},
    {"create domain positive as int not null check (value > 0)",
     "domain public.positive\n  integer not null CHECK ((VALUE > 0))\n"},
    {"create type pair as (a int, b text)", "type public.pair\n  a integer, b text\n"},
    {"create sequence loose increment 5", "sequence public.loose\n  bigint start 1 increment 5\n"},
    {"create table users (id bigint generated always as identity primary key, email text not null unique,"
     " feels mood default 'calm', born date)",
     "  column id bigint not null generated always as identity\n  column email text not null\n"
     "  column feels public.mood default 'calm'::public.mood\n  column born date\n"},
    {"create table orders (id int primary key, user_id bigint references users, total numeric(12, 2),"
     " twice numeric generated always as (total * 2) stored)",
     "  column twice numeric generated always as ((total * (2)::numeric)) stored\n"},
    {"alter table orders add constraint paid check (total >= 0) not valid",
     "  constraint paid CHECK ((total >= (0)::numeric)) NOT VALID\n"},
    {"create index orders_big on orders (user_id) where total > 5",
     "  index orders_big CREATE INDEX orders_big ON public.orders USING btree (user_id) WHERE (total > "
     "(5)::numeric)\n"},
    {"alter table orders enable row level security", "table public.orders: row security\n"},
    {"create policy own on orders for update using (user_id = 1) with check (total > 0)",
     "  policy own for update to public using ((user_id = 1)) with check ((total > (0)::numeric))\n"},
    {"create function touch() returns trigger language plpgsql as 'begin return new; end'",
     "function public.touch()\n"},
    {"create trigger touched before update on orders for each row execute function touch()",
     "  trigger touched CREATE TRIGGER touched BEFORE UPDATE ON public.orders FOR EACH ROW EXECUTE FUNCTION "
     "public.touch()\n"},
    {"create view mails as select email from users", "view public.mails\n  column email text\n"},
    {"create table events (id int, at date) partition by range (at)",
     "table public.events: partition by RANGE (at)\n"},
    {"create table events_1 partition of events for values from ('2026-01-01') to ('2027-01-01')",
     "table public.events_1: inherits public.events, for values from ('2026-01-01') to ('2027-01-01')\n"},
    {"create schema other", ""},
    {"create table other.items (id int primary key, part_of int references other.items)",
     "  constraint items_part_of_fkey FOREIGN KEY (part_of) REFERENCES other.items(id)\n"},
};

} // namespace

TEST_CASE("schema dump names every kind of thing, and schema diff every change") {
    const workplace in;
    REQUIRE(in.run("howdah db create && howdah schema dump > empty.txt").code == 0);
    CHECK(in.read("empty.txt").empty());
    howdah::connection on({.url = in.url()});
    for (const auto& [statement, expected] : parts) {
        CAPTURE(statement);
        REQUIRE(in.run("howdah schema dump > before.txt").code == 0);
        on.run_script(statement);
        const auto dump = in.run("howdah schema dump");
        CHECK_MESSAGE(contains(dump.out, expected), dump.out);
        const auto diff = in.run("howdah schema diff before.txt");
        CHECK(diff.code == (*expected ? 1 : 0));
    }
    CHECK(!contains(in.run("howdah schema dump").out, "NOT NULL")); // PostgreSQL 18 has constraints for them
    CHECK(in.run("howdah schema dump > after.txt && howdah schema diff after.txt after.txt").code == 0);
    CHECK(in.run("howdah schema diff after.txt").out == "the schemas are the same\n");
    const auto back = in.run("howdah schema diff after.txt empty.txt");
    CHECK(back.code == 1);
    CHECK(contains(back.out, "- table public.users\n-   column id bigint not null"));
    CHECK(!contains(back.out, "+"));
    CHECK(in.run("howdah schema diff nowhere").code == 2);
}

TEST_CASE("schema dump tells virtual columns and what PostgreSQL 18 knows of NOT NULL") {
    const workplace in;
    REQUIRE(in.run("howdah db create").code == 0);
    howdah::connection on({.url = in.url()});
    if (on.server_version() < 180000) return;
    on.run_script("create table parts (n int, twice int generated always as (n * 2) virtual,"
                  " thrice int generated always as (n * 3) stored, own int, later int, there int not null,"
                  " constraint mine not null own no inherit);"
                  " alter table parts add constraint soon not null later not valid");
    const auto dump = in.run("howdah schema dump").out;
    CHECK_MESSAGE(contains(dump, "table public.parts\n"
                                 "  column n integer\n"
                                 "  column twice integer generated always as ((n * 2)) virtual\n"
                                 "  column thrice integer generated always as ((n * 3)) stored\n"
                                 "  column own integer not null\n"
                                 "  column later integer not null\n"
                                 "  column there integer not null\n"
                                 "  constraint mine NOT NULL own NO INHERIT\n"
                                 "  constraint soon NOT NULL later NOT VALID\n"),
                  dump);
}

TEST_CASE("a dump of the same schema is the same text, made in another order and with the history table") {
    const workplace in;
    in.write("migrations/0001_a.sql",
             "create table b (id int); create table a (id int); create table \"A\" (id int);");
    REQUIRE(in.run("howdah db create && howdah migrate run && howdah schema dump > one.txt").code == 0);
    REQUIRE(in.run("howdah db drop --confirm app_dev && howdah db create").code == 0);
    howdah::connection on({.url = in.url()});
    on.run_script("create table \"A\" (id int); create table a (id int); create table b (id int)");
    CHECK(in.run("howdah schema diff one.txt").code == 0);
    CHECK(in.run("howdah schema dump --schema nothing").out.empty());
    CHECK(in.run("howdah schema dump --schema public --schema nothing").out == in.read("one.txt"));
}

TEST_CASE("schema show and graph tell what belongs together") {
    const workplace in;
    REQUIRE(in.run("howdah db create").code == 0);
    howdah::connection on({.url = in.url()});
    for (const auto& [statement, expected] : parts) on.run_script(statement);
    const auto users = in.run("howdah schema show users").out;
    CHECK(contains(users, "public.orders  orders_user_id_fkey"));
    CHECK(in.run("howdah schema show nobody").code == 2);
    const auto mermaid = in.run("howdah schema graph").out;
    CHECK(mermaid.starts_with("erDiagram\n"));
    CHECK(contains(mermaid, "        integer id PK\n        bigint user_id FK\n"));
    CHECK(contains(mermaid, "    orders }o--|| users : orders_user_id_fkey\n"));
    const auto svg = in.run("howdah schema graph --format svg").out;
    CHECK(svg.starts_with("<svg "));
    CHECK(contains(svg, "<title>orders_user_id_fkey</title>"));
    CHECK(in.run("howdah schema graph --format png").code == 2);
}

TEST_CASE("--json is JSON, for every command that has it") {
    const workplace in;
    in.write("migrations/0001_a.sql", "create table a (id int); drop table c;\n");
    REQUIRE(in.run("howdah db create").code == 0);
    howdah::connection on({.url = in.url()});
    on.run_script("create table c (\"quote\"\"d\" int default 1, e text default E'\\n\\\\')");
    for (const char* line :
         {"migrate plan", "migrate run --dry-run", "migrate lint", "migrate lint --rules", "migrate run",
          "migrate run", "migrate info", "migrate verify", "schema show", "schema show a", "exit-codes"}) {
        CAPTURE(line);
        const auto run = in.run(std::string("howdah ") + line + " --json");
        CHECK(run.code == (std::string_view(line) == "migrate lint" ? 8 : 0));
        // The server is the judge of JSON.
        howdah::parameters value = howdah::bind(run.out);
        CHECK_NOTHROW(on.run("select $1::text::json", value));
    }
}

TEST_CASE("the completion scripts are read by their shells, and complete") {
    const workplace in;
    CHECK(in.run("howdah completion bash > c && bash -n c").code == 0);
    const auto completed = in.run(
        "howdah completion bash > c; exec bash -c '. ./c; COMP_WORDS=(howdah migrate r); COMP_CWORD=2;"
        " _howdah; echo ${COMPREPLY[@]}; COMP_WORDS=(howdah migrate run --dry); COMP_CWORD=3; _howdah;"
        " echo ${COMPREPLY[@]}; COMP_WORDS=(howdah \"\"); COMP_CWORD=1; _howdah; echo ${COMPREPLY[@]}'");
    CHECK_MESSAGE(completed.out.starts_with("run repair\n--dry-run\nmigrate db schema "),
                  (completed.out + completed.err));
    CHECK(completed.err.empty());
    for (const char* shell : {"zsh", "fish"}) {
        const auto script = in.run(std::string("howdah completion ") + shell);
        CHECK(script.code == 0);
        CHECK(contains(script.out, "dry-run"));
        CHECK(in.run(std::string("! command -v ") + shell + " > /dev/null || { howdah completion " + shell +
                     " > c && " + shell + " -n c; }")
                  .code == 0);
    }
    CHECK(in.run("howdah completion csh").code == 2);
    CHECK(in.run("howdah completion bash > c; exec bash -c '. ./c; COMP_WORDS=(howdah schema graph --format "
                 "\"\"); "
                 "COMP_CWORD=4; _howdah; echo ${COMPREPLY[@]}; COMP_WORDS=(howdah migrate run --to \"\"); "
                 "COMP_CWORD=4; _howdah; echo ${COMPREPLY[@]}'")
              .out == "mermaid svg\n\n");
}

TEST_CASE("fish and zsh, where they are, complete commands, options and values") {
    const workplace in;
    const std::pair<const char*, const char*> lines[] = {
        {"howdah migrate wa", "wait"},
        {"howdah migrate run --out", "--out-of-order"},
        {"howdah schema graph --format s", "svg"},
        {"howdah migrate plan --layout go", "goose golang-migrate"},
        {"howdah migrate adopt --tool al", "alembic"},
        {"howdah completion z", "zsh"},
    };
    REQUIRE(in.run("howdah completion fish > c.fish; howdah completion zsh > _howdah").code == 0);
    const bool fish = in.run("command -v fish").code == 0, zsh = in.run("command -v zsh").code == 0;
    if (!fish || !zsh) MESSAGE("not there: " << (fish ? "" : "fish ") << (zsh ? "" : "zsh"));
    for (const auto& [line, expected] : lines) {
        CAPTURE(line);
        std::istringstream words(expected);
        for (std::string word; words >> word;) {
            CAPTURE(word);
            // The shell reads the script; the functions that it would call show what they are given.
            const auto by_fish =
                in.run("HOME=$PWD fish -N -c 'source c.fish; complete -C \"" + std::string(line) + "\"'");
            if (fish) CHECK_MESSAGE(contains(by_fish.out, word), (by_fish.out + by_fish.err));
            const auto by_zsh =
                in.run("zsh -fc '_describe() { print -l -- ${(P)2} }; _files() { print files }; words=(" +
                       std::string(line) + "); CURRENT=$#words; . ./_howdah'");
            if (zsh) CHECK_MESSAGE(contains(by_zsh.out, word), (by_zsh.out + by_zsh.err));
        }
    }
    if (zsh)
        CHECK(in.run("zsh -fc '_describe() { print no }; _files() { print files }; words=(howdah migrate run "
                     "--source x);"
                     " CURRENT=5; . ./_howdah'")
                  .out == "files\n");
}

TEST_CASE("the manual page and --help know every command") {
    const workplace in;
    const auto manual = in.run("howdah manual").out;
    for (const char* command :
         {"migrate add", "migrate run", "migrate plan", "migrate info", "migrate verify", "migrate baseline",
          "migrate repair", "migrate undo", "migrate script", "migrate lint", "migrate wait", "db create",
          "db drop", "db reset", "db url", "schema show", "schema dump", "schema diff", "schema graph"}) {
        CAPTURE(command);
        CHECK(contains(manual, std::string(".SS howdah ") + command));
        const auto help = in.run(std::string("howdah ") + command + " --help");
        CHECK(help.code == 0);
        CHECK(contains(help.out, "Exit codes:\n"));
        CHECK(contains(help.out, std::string("\n  howdah ") + command));
    }
    CHECK(in.run("! command -v man > /dev/null || howdah manual | man -l - > /dev/null").err.empty());
}

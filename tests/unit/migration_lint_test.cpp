// SPDX-License-Identifier: BSL-1.0
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <map>

#include <howdah/migration_lint.hpp>

using howdah::lint_finding;
using howdah::table_lock;

namespace {

std::vector<lint_finding> lint(std::string_view text) {
    return howdah::lint(
        howdah::migration_parts{.file = "0001_x.sql", .version = "1", .name = "x", .text = text});
}

std::vector<std::string> rules_of(const std::vector<lint_finding>& found) {
    std::vector<std::string> out;
    for (const auto& one : found)
        if (!one.reason && std::find(out.begin(), out.end(), one.rule) == out.end())
            out.emplace_back(one.rule);
    return out;
}

std::string listed(const std::vector<lint_finding>& found) {
    std::string out;
    for (const auto& one : found)
        out += std::string(one.rule) + " at " + std::to_string(one.line) + ':' + std::to_string(one.column) +
               ": " + one.message + '\n';
    return out;
}

struct examples {
    std::vector<std::string> found, instead;
};

/// The blocks of docs/lint.md by rule.
std::map<std::string, examples> read_document() {
    std::ifstream document(HOWDAH_DOCS "/lint.md");
    std::map<std::string, examples> out;
    std::string rule, block;
    bool inside = false, bad = true;
    for (std::string line; std::getline(document, line);) {
        if (line.starts_with("## ")) rule = line.substr(3);
        else if (line == "Found:") bad = true;
        else if (line == "Instead:") bad = false;
        else if (line == "```sql") inside = true, block.clear();
        else if (line == "```" && inside) {
            inside = false;
            (bad ? out[rule].found : out[rule].instead).push_back(block);
        } else if (inside) block += line + '\n';
    }
    return out;
}

std::vector<howdah::statement_effect> effects(std::string_view text) {
    return howdah::statement_effects(
        howdah::make_migration({.file = "0001_x.sql", .version = "1", .name = "x", .text = text}));
}

} // namespace

TEST_CASE("lint finds every rule's bad examples in docs/lint.md, and nothing in its good ones") {
    const auto document = read_document();
    for (const auto& rule : howdah::lint_rules()) {
        const std::string name(rule.name);
        CAPTURE(name);
        const auto at = document.find(name);
        REQUIRE(at != document.end());
        CHECK(!at->second.found.empty());
        CHECK(!at->second.instead.empty());
        for (const auto& text : at->second.found) {
            CAPTURE(text);
            const auto found = lint(text);
            CHECK_MESSAGE(rules_of(found) == std::vector<std::string>{name}, listed(found));
        }
        for (const auto& text : at->second.instead) {
            CAPTURE(text);
            const auto found = lint(text);
            CHECK_MESSAGE(rules_of(found).empty(), listed(found));
        }
    }
    CHECK(document.size() == howdah::lint_rules().size());
}

TEST_CASE("lint is not confused by comments, strings, quotes and case") {
    for (const char* text : {
             "-- drop table users;\nselect 1;",
             "/* drop table users; */ select 1;",
             "select 'drop table users';",
             "select $$ drop table users; $$;",
             "create table t (\"drop table\" int, \"timestamp\" text);",
             "do $body$ begin execute 'drop table users'; end $body$;",
             "create table \"drop\" (id int); alter table \"drop\" drop column id;",
             "comment on table users is 'rename column a to b';",
         }) {
        CAPTURE(text);
        const auto found = lint(text);
        CHECK_MESSAGE(rules_of(found).empty(), listed(found));
    }
    for (const char* text :
         {"DROP\n/* why */ TABLE -- now\n users;", "Drop Table If Exists Public.Users Cascade"})
        CHECK(rules_of(lint(text)) == std::vector<std::string>{"drop-table"});
    CHECK(rules_of(lint("create table public.t (a int); create index on t (a); drop table t;")).empty());
    CHECK(rules_of(lint("create table \"T\" (a int); drop table t;")) ==
          std::vector<std::string>{"drop-table"});
}

TEST_CASE("lint names the line and column of what it found") {
    const auto found =
        lint("-- a comment\nalter table t\n    add column é text,\n    add column b timestamp;");
    REQUIRE(found.size() == 1);
    CHECK(found[0].line == 4);
    const auto second = lint("select 1; /* é */ drop table a;");
    REQUIRE(second.size() == 1);
    CHECK(second[0].line == 1);
    CHECK(second[0].column == 19);
    CHECK(second[0].file == "0001_x.sql");
}

TEST_CASE("a down text may drop what it takes back, and nothing else may slip through") {
    const auto down = [](std::string_view text) {
        return rules_of(howdah::lint(howdah::migration_parts{.file = "1_x.sql",
                                                             .version = "1",
                                                             .name = "x",
                                                             .text = "select 1;",
                                                             .down_text = text,
                                                             .down_file = "1_x.down.sql"}));
    };
    CHECK(down("drop table users; alter table a drop column b; alter table a rename to c;").empty());
    CHECK(down("drop index concurrently if exists i;") ==
          std::vector<std::string>{"concurrently-in-transaction"});
}

TEST_CASE("an exempted finding stays in the list with its reason") {
    const auto found = lint("-- howdah: lint-ignore=drop-table gone since May\ndrop table a; drop table b;");
    REQUIRE(found.size() == 2);
    CHECK(found[1].reason == "gone since May");
}

TEST_CASE("lint reads any bytes") {
    // Every prefix of a text that touches all rules, and the same with one byte changed.
    const std::string text =
        "alter table only a add column b uuid default f(1, '(') not null references c, drop column d;"
        "create unique index on x ((lower(y))); with a as (select 1) update b set c = 1;"
        "alter type t add value 'v' before 'w'; truncate a, b cascade; reindex (verbose) table x;"
        "create function f() returns int security definer language sql begin atomic select 1; end;";
    for (std::size_t length = 0; length <= text.size(); ++length) (void)lint(text.substr(0, length));
    for (std::size_t at = 0; at < text.size(); ++at)
        for (const char byte : {' ', '(', ')', '\'', ',', '"', '\x80'}) {
            auto changed = text;
            changed[at] = byte;
            (void)lint(changed);
        }
}

TEST_CASE("statement_effects tell lock, rewriting and reading of each table") {
    const auto told =
        effects("create table fresh (id int references users);\n"
                "alter table fresh add column a int;\n"
                "alter table users add column b uuid default gen_random_uuid(), drop column c;\n"
                "select 1;");
    REQUIRE(told.size() == 6);
    CHECK(told[0].new_table);
    CHECK(told[1].table == "users");
    CHECK(told[1].lock == table_lock::share_row_exclusive);
    CHECK(told[2].new_table);
    CHECK(told[3].statement == "alter table users add column b");
    CHECK(told[3].lock == table_lock::access_exclusive);
    CHECK(told[3].rewrites);
    CHECK(!told[4].rewrites);
    CHECK(told[4].line == 3);
    CHECK(told[5].lock == table_lock::none);
    CHECK(effects("lock table a in share row exclusive mode")[0].lock == table_lock::share_row_exclusive);
    CHECK(effects("lock a")[0].lock == table_lock::access_exclusive);
    CHECK(howdah::name_of(table_lock::share_update_exclusive) == "SHARE UPDATE EXCLUSIVE");
}

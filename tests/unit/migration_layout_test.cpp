// SPDX-License-Identifier: BSL-1.0
//
// Which tool a directory is of, and what each reader makes of its files.
#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include <howdah/migration_layout.hpp>

#include "migration_directory.hpp"

using howdah::migration_error;
using howdah::migration_failure;
using howdah::migration_kind;
using howdah::migration_layout;
using howdah::read_migrations;
using howdah::test::migration_files_directory;
using howdah::test::named_texts;

namespace {

/// "layout: version 'name' ..." in the order in which they run; "!" where there is no transaction, "<" where there is a
/// way back.
std::string reading(const named_texts& files, migration_layout layout = migration_layout::automatic) {
    const migration_files_directory in(files);
    const auto read = read_migrations(in.path(), layout);
    std::string out(howdah::name_of(read.layout));
    for (const auto& each : read.files) {
        out += each.kind == migration_kind::repeatable ? " R" : " " + each.version;
        if (each.kind == migration_kind::baseline) out += 'B';
        out += "'" + each.name + "'";
        if (!each.directives.transaction) out += '!';
        if (each.down_text) out += '<';
    }
    return out;
}

/// What is refused, with the directory's own name left out.
std::string refusal(const named_texts& files, migration_layout layout = migration_layout::automatic) {
    const migration_files_directory in(files);
    try {
        (void)read_migrations(in.path(), layout);
    } catch (const migration_error& failure) {
        std::string what = failure.what();
        for (auto at = what.find(in.path()); at != what.npos; at = what.find(in.path()))
            what.erase(at, in.path().size());
        return what;
    }
    return "nothing was refused";
}

bool starts(const std::string& text, std::string_view with) {
    INFO(text);
    return text.substr(0, with.size()) == with;
}

const std::string journal =
    R"({"version": "7", "dialect": "postgresql", "entries": [
        {"idx": 0, "version": "7", "when": 1716500000000, "tag": "0000_shiny_hulk", "breakpoints": true},
        {"idx": 1, "version": "7", "when": 1716500001000, "tag": "0001_odd_\u0041nt", "breakpoints": true}]})";

} // namespace

TEST_CASE("the content of a directory tells whose it is") {
    CHECK(reading({{"1_a.sql", "select 1"}, {"1_a.down.sql", "select 2"}, {"R_v.sql", "select 3"}}) ==
          "howdah 1'a'< R'v'");
    CHECK(reading({{"1_a.sql", "-- no-transaction\nselect 1"}, {"2_b c.sql", ""}}) == "sqlx 1'a'! 2'b c'");
    CHECK(reading({{"1_a.up.sql", "select 1"}, {"1_a.down.sql", ""}, {"2_b.sql", ""}}) == "sqlx 1'a'< 2'b'");
    CHECK(reading({{"000001_a.up.sql", "select 1"}, {"000001_a.down.sql", ""}}) ==
          "golang-migrate 000001'a'<");
    CHECK(reading({{"1_a.sql", "select 1"}, {"2-b.sql", ""}, {"03.sql", ""}, {"4 d.sql", ""}}) ==
          "numbered 1'a' 2'b' 03'' 4'd'");
    CHECK(reading({{"2026-01-24-1530_a/up.sql", "select 1"}, {"2026-01-24-1530_a/down.sql", ""}}) ==
          "diesel 202601241530'a'<");
    CHECK(reading({{"V1__a.sql", ""}, {"R__v_w.sql", ""}}) == "flyway 1'a' R'v w'");
    CHECK(reading({{"1_a.sql", "-- migrate:up\nselect 1"}}) == "dbmate 1'a'");
    CHECK(reading({{"1_a.sql", "-- +goose Up\nselect 1"}}) == "goose 1'a'");
    CHECK(reading({{"meta/_journal.json", journal}, {"0000_shiny_hulk.sql", ""}, {"0001_odd_Ant.sql", ""}}) ==
          "drizzle 0000'shiny_hulk' 0001'odd_Ant'");
}

TEST_CASE("the signs of two tools, or of none, are refused with what to do") {
    CHECK(refusal({{"1_a.sql", "-- +goose Up\n"}, {"2_b.sql", "-- migrate:up\n"}}) ==
          ": shows the signs of more than one tool: goose (/1_a.sql), dbmate (/2_b.sql); say which one it "
          "is: --layout, or "
          "migration_layout");
    CHECK(reading({{"1_a.sql", "-- migrate:up\n-- +goose Up\n"}}, migration_layout::dbmate) == "dbmate 1'a'");
    CHECK(starts(refusal({{"readme.md", ""}}), ": the directory holds no migration"));
    CHECK(starts(refusal({{"versions/a1_x.py", "down_revision = None\n"}}),
                 "/versions/a1_x.py: is a step of Alembic, written in Python"));
    CHECK(starts(refusal({{"1_a.sql", ""}}, migration_layout::drizzle), ": has no meta/_journal.json"));
    CHECK(starts(refusal({{"a.md", ""}}, migration_layout::goose),
                 ": the directory holds no migration of goose"));
}

TEST_CASE("dates with dashes are refused where they would be taken for the year alone") {
    CHECK(starts(refusal({{"2026-01-24-a.sql", "select 1"}, {"2026-1-5_b.sql", ""}}),
                 "/2026-01-24-a.sql: the version has to be digits only; rename the file to 20260124_a.sql"));
    CHECK(starts(refusal({{"2026-01-24-a.sql", ""}}, migration_layout::numbered),
                 "/2026-01-24-a.sql: is no migration"));
    CHECK(starts(refusal({{"users.sql", "select 1"}, {"1-a.sql", "select 1"}}),
                 "/1-a.sql: the version is not followed"));
    CHECK(reading({{"2026-a.sql", ""}}) == "numbered 2026'a'");
}

TEST_CASE("every layout is found by its name") {
    for (int i = 0; i < 10; ++i)
        CHECK(howdah::layout_named(name_of(static_cast<migration_layout>(i))) ==
              static_cast<migration_layout>(i));
    CHECK_FALSE(howdah::layout_named("atlas"));
}

TEST_CASE("what a tool passes over in silence is refused, each with its name") {
    using l = migration_layout;
    const std::pair<l, const char*> wrong[] = {
        {l::sqlx, "seed.sql"},           {l::sqlx, "1.sql"},
        {l::sqlx, "1a_b.sql"},           {l::golang_migrate, "1_a.sql"},
        {l::golang_migrate, "a.up.sql"}, {l::goose, "0_a.sql"},
        {l::goose, "1-a.sql"},           {l::dbmate, "a.sql"},
        {l::numbered, "seed.sql"},       {l::diesel, "a.sql"},
        {l::flyway, "V1_a.sql.sql"}};
    for (const auto& [layout, name] : wrong) {
        const auto what = refusal({{name, "-- +goose Up\n-- migrate:up\n"}}, layout);
        CHECK_MESSAGE(starts(what, "/" + std::string(name) + ": is no migration of "), what);
    }
}

TEST_CASE("duplicate versions name both files, down files alone are refused") {
    using l = migration_layout;
    for (const auto layout : {l::sqlx, l::numbered})
        CHECK(starts(refusal({{"01_a.sql", ""}, {"1_b.sql", ""}}, layout),
                     "/1_b.sql and /01_a.sql have the same version 1"));
    CHECK(starts(refusal({{"2026-01-24-1_a/up.sql", ""}, {"20260124-1_b/up.sql", ""}}),
                 "/20260124-1_b/up.sql and /2026-01-24-1_a/up.sql have the same version"));
    CHECK(starts(refusal({{"V1.0__a.sql", ""}, {"V1__b.sql", ""}}),
                 "/V1__b.sql and /V1.0__a.sql have the same version"));
    CHECK(starts(refusal({{"1_a.up.sql", ""}, {"1_a.down.sql", ""}, {"01_a.down.sql", ""}}),
                 "/01_a.down.sql and /1_a.down.sql take the same version back"));
    CHECK(
        starts(refusal({{"1_a.up.sql", ""}, {"2_b.down.sql", ""}}), "/2_b.down.sql: takes a migration back"));
    CHECK(
        starts(refusal({{"1_a/up.sql", ""}, {"2_b/down.sql", ""}}), "/2_b/down.sql: takes a migration back"));
    CHECK(starts(refusal({{"V1__a.sql", ""}, {"U2__b.sql", ""}}), "/U2__b.sql: takes a migration back"));
}

TEST_CASE("Diesel: the version without its dashes, compared as text") {
    CHECK(reading({{"00000000000000_diesel_initial_setup/up.sql", ""},
                   {"2026-1-4-90000_short months/up.sql", ""},
                   {"20260124153000_no_dashes/up.sql", ""},
                   {"2026-02-01-000000_dashes/up.sql", ""},
                   {"2026-02-01-000000_dashes/metadata.toml", "# why\nrun_in_transaction = false # so\n"},
                   {"2026-02-01-000000_dashes/down.sql", ""},
                   {"lone/up.sql", ""}}) ==
          "diesel 00000000000000'diesel_initial_setup' 20260124153000'no_dashes' 20260201000000'dashes'!< "
          "20261490000'short months' lone''");
    const migration_files_directory in(named_texts{{"2026-01-24-153000_a/up.sql", ""}});
    const auto read = read_migrations(in.path());
    CHECK(read.files.find("2026-01-24-153000") == read.files.find("20260124153000"));
    CHECK(read.files.find("2026-01-24-153000"));
    CHECK(refusal({{"1_a/up.sql", ""}, {"1_a/metadata.toml", "\nrun_in_transaction = no\n"}}) ==
          "/1_a/metadata.toml:2:1: run_in_transaction is true or false");
    CHECK(starts(refusal({{"1_a/up.sql", ""}, {"1_a/more.sql", ""}}),
                 "/1_a/more.sql: is no migration of Diesel"));
}

TEST_CASE("golang-migrate and plain files: one command that no transaction takes runs without one") {
    CHECK(reading({{"1_a.up.sql", "create index concurrently i on t (a);"},
                   {"2_b.up.sql", "create index concurrently i on t (a); select 1;"},
                   {"3_c.up.sql", "-- why\nVACUUM t"},
                   {"4_d.up.sql", "begin; create table t (); commit;"}}) ==
          "golang-migrate 1'a'! 2'b' 3'c'! 4'd'");
    const migration_files_directory in(named_texts{{"1_a.up.sql", "begin; select 1; commit;"}});
    CHECK(read_migrations(in.path()).files.begin()->wrapped);
}

TEST_CASE("Flyway: versions, descriptions, undo, baselines, subdirectories, configuration") {
    CHECK(reading({{"V1__a_table.sql", "select '${x}'"},
                   {"late/V1_10__b.sql", ""},
                   {"V1.2__c.sql", "create index concurrently i on t (a)"},
                   {"U1.2.0__whatever.sql", ""},
                   {"B1.2__base.sql", ""},
                   {"V003__d.sql", ""},
                   {"V003__d.sql.conf", "# so\nexecuteInTransaction=false\n"},
                   {"V4.sql", ""},
                   {"R__b_view.sql", ""},
                   {"R__a.sql", ""},
                   {"notes.txt", ""}}) ==
          "flyway 1'a table' 1.2'c'!< 1.2B'base' 1.10'b' 003'd'! 4'' R'a' R'b view'");
    const migration_files_directory in(named_texts{{"V1__a.sql", "select '${x}'"}});
    CHECK_FALSE(read_migrations(in.path()).files.begin()->directives.placeholders == false);
    CHECK(starts(refusal({{"V1__a.sql", ""}, {"V2__b.java", ""}}),
                 "/V2__b.java: is a step of Flyway that is no SQL"));
    for (const std::string name : {"beforeMigrate.sql", "sub/afterEachMigrate__grants.sql",
                                   "afterMigrateError.sh", "createSchema.sql", "beforeConnect.sql"})
        CHECK(starts(refusal({{"V1__a.sql", ""}, {name, ""}}), "/" + name + ": is a callback of Flyway"));
    CHECK(starts(refusal({{"V1__a.sql", ""}, {"aftermath.sql", ""}}), "/aftermath.sql: is no migration"));
    CHECK(reading({{"V1__a.sql", ""}, {"beforeMigrate.md", ""}}) == "flyway 1'a'");
    CHECK(starts(refusal({{"V1__a.sql", ""}, {"V1__a.sql.conf", "\nshouldExecute=x\n"}}),
                 "/V1__a.sql.conf:2:1:"));
    CHECK(starts(refusal({{"V1__a.sql", ""}, {"V1..2__b.sql", ""}}), "/V1..2__b.sql: is no migration"));
}

TEST_CASE("dbmate: the marks are lines, whatever stands around them, and errors name the line of the file") {
    CHECK(reading({{"1_a.sql",
                    "-- first\n\n-- migrate:up transaction:false\nselect 1;\n--migrate:down\nselect 2;"},
                   {"2x.sql", "--  migrate:up\n"}}) == "dbmate 1'a'!< 2'x'");
    const migration_files_directory in(
        named_texts{{"1_a.sql", "-- why\r\n-- migrate:up\r\nselect 1;\r\n-- migrate:down\r\nselect 2;\r\n"}});
    const auto read = read_migrations(in.path());
    const auto& only = *read.files.begin();
    CHECK(only.text == "-- migrate:up\nselect 1;\n");
    CHECK(only.lines_before == 1);
    CHECK(*only.down_text == "-- migrate:down\nselect 2;\n");
    CHECK(only.down_lines_before == 3);
    CHECK(only.down_file == only.file);
    CHECK(starts(refusal({{"1_a.sql", "-- migrate:up\nselect 1;\n-- migrate:down\nselect 'open"}}),
                 "/1_a.sql:4:8:"));
    CHECK(starts(refusal({{"1_a.sql", "select 1;\n-- migrate:up\n"}}), "/1_a.sql:1:1: nothing but comments"));
    CHECK(starts(refusal({{"1_a.sql", "-- migrate:down\n-- migrate:up\n"}}),
                 "/1_a.sql:1:1: '-- migrate:down'"));
    CHECK(starts(refusal({{"1_a.sql", "-- migrate:up\n"}, {"2_b.sql", ""}}),
                 "/2_b.sql: has no line '-- migrate:up'"));
    CHECK(starts(refusal({{"1_a.sql", "-- migrate:up\n"}, {"10_b.sql", "-- migrate:up\n"}}),
                 "/10_b.sql: runs before /1_a.sql in dbmate"));
    // A mark inside a body ends the section, as it does in dbmate, and the body is open then.
    CHECK(starts(refusal({{"1_a.sql", "-- migrate:up\ndo $$\n-- migrate:down\n$$;"}}), "/1_a.sql:2:4:"));
}

TEST_CASE("goose: annotations are checked as goose checks them") {
    CHECK(
        reading({{"00001_a.sql", "-- +goose NO TRANSACTION\n-- +goose Up\nvacuum;\n-- +goose Down\nvacuum;"},
                 {"00002_b.sql",
                  "-- +goose up\n-- +goose StatementBegin\nselect 1;\n-- +goose StatementEnd\n"}}) ==
        "goose 00001'a'!< 00002'b'");
    CHECK(starts(refusal({{"1_a.sql", "-- +goose Up\n"}, {"2_b.go", ""}}),
                 "/2_b.go: is a step of goose written in Go"));
    CHECK(starts(refusal({{"1_a.sql", "-- +goose Up\n\n-- +goose Up\n"}}), "/1_a.sql:3:1: a second"));
    CHECK(starts(refusal({{"1_a.sql", "-- +goose Down\n"}}), "/1_a.sql:1:1:"));
    CHECK(starts(refusal({{"1_a.sql", "-- +goose Up\n-- +goose StatementBegin\n-- +goose Down\n"}}),
                 "/1_a.sql:3:1:"));
    CHECK(starts(refusal({{"1_a.sql", "-- +goose Up\n-- +goose StatementBegin\n"}}), "/1_a.sql:2:1:"));
    CHECK(starts(refusal({{"1_a.sql", "-- +goose Up\n-- +goose StatementEnd\n"}}), "/1_a.sql:2:1:"));
    CHECK(starts(refusal({{"1_a.sql", "-- +goose Up\n-- +goose Sideways\n"}}), "/1_a.sql:2:1:"));
    CHECK(starts(refusal({{"1_a.sql", "select 1;\n-- +goose Up\n"}}), "/1_a.sql:1:1:"));
    CHECK(starts(refusal({{"1_a.sql", "-- +goose Up\n"}, {"2_b.sql", "select 1"}}), "/2_b.sql:1:1:"));
    CHECK(starts(refusal({{"1_a.sql", "-- +goose Up\n-- +goose Down\nselect 'open"}}), "/1_a.sql:3:8:"));
}

TEST_CASE("goose: ENVSUB makes placeholders, of all that a section has or of none") {
    const auto placeholders = [](const char* text) {
        const migration_files_directory in(named_texts{{"1_a.sql", text}});
        const auto read = read_migrations(in.path());
        return read.files.begin()->directives.placeholders;
    };
    CHECK(placeholders("-- +goose ENVSUB ON\n-- +goose Up\nselect '${A}';\n"));
    CHECK_FALSE(placeholders("-- +goose Up\nselect '${A}';\n"));
    CHECK(
        starts(refusal({{"1_a.sql", "-- +goose Up\nselect '${A}';\n-- +goose ENVSUB ON\nselect '${B}';\n"}}),
               "/1_a.sql:4:1:"));
    for (const auto& [line, at] : std::vector<std::pair<std::string, std::string>>{
             {"select $A;", "3:8: write the variable with braces, ${A}"},
             {"select '\\$A';", "3:10: a dollar sign that is escaped"},
             {"do $$select 1$$;", "3:4: a dollar sign that is escaped"},
             {"select '${A:?x}';", "3:9: a variable is written ${NAME}, ${NAME:-value}"},
             {"select '${A:0:3}';", "3:9: a variable is written"},
             {"select '${A:-${B}}';", "3:9: a variable is written"},
             {"select '${A", "3:9: a variable is written"},
             {"select '${}'", "3:9: a variable is written"}}) {
        CAPTURE(line);
        CHECK(starts(refusal({{"1_a.sql", "-- +goose Up\n-- +goose ENVSUB ON\n" + line + "\n"}}),
                     "/1_a.sql:" + at));
    }
    CHECK(placeholders(
        "-- +goose Up\n-- +goose ENVSUB ON\nselect '${A:-x} ${B-} ${C?say it} $1', 5 as \"$\";\n"));
}

TEST_CASE("drizzle: the journal's order, and a breakpoint ends a statement that has no semicolon") {
    const migration_files_directory in(named_texts{
        {"meta/_journal.json", journal},
        {"0000_shiny_hulk.sql",
         "create table a ();--> statement-breakpoint\ncreate table b ()\n--> statement-breakpoint\n"
         "create table c ();\n"},
        {"0001_odd_Ant.sql", ""}});
    const auto read = read_migrations(in.path());
    CHECK(read.files.begin()->text == "create table a ();--> statement-breakpoint\ncreate table b ()\n"
                                      ";-->statement-breakpoint\ncreate table c ();\n");
    CHECK(read.generated_at == std::vector<std::int64_t>{1716500000000, 1716500001000});
    CHECK(starts(refusal({{"meta/_journal.json", journal}, {"0000_shiny_hulk.sql", ""}}),
                 "/meta/_journal.json: names '0001_odd_Ant'"));
    CHECK(starts(refusal({{"meta/_journal.json", R"({"entries": []})"}, {"0000_a.sql", ""}}),
                 "/0000_a.sql: is not in meta"));
    CHECK(starts(refusal({{"meta/_journal.json", R"({"dialect": "mysql", "entries": []})"}}),
                 "/meta/_journal.json: is of the dialect 'mysql'"));
    CHECK(starts(refusal({{"meta/_journal.json", "{\n\"entries\": [}"}}), "/meta/_journal.json:2:13:"));
}

TEST_CASE("drizzle 1.0: a directory for each migration, in the order of their times") {
    const auto files = [](const std::string& name) {
        return named_texts{
            {name + "/migration.sql", "create table a ()\n--> statement-breakpoint\nselect 1;"},
            {name + "/snapshot.json", "{}"}};
    };
    auto two = files("20260124153000_shiny_hulk");
    for (auto& file : files("20240229000001_odd_ant")) two.push_back(file);
    CHECK(reading(two) == "drizzle 20240229000001'odd_ant' 20260124153000'shiny_hulk'");
    const migration_files_directory in(two);
    const auto read = read_migrations(in.path());
    CHECK(read.generated_at == std::vector<std::int64_t>{1709164801000, 1769268600000});
    CHECK(read.files.begin()->text == "create table a ()\n;-->statement-breakpoint\nselect 1;");
    for (const auto* const name :
         {"2026012415300_a", "20260230153000_a", "20260124240000_a", "initial", "a/20260124153000_a"})
        CHECK(starts(refusal(files(name)),
                     "/" + std::string(name) + "/migration.sql: is no migration of drizzle"));
    two.emplace_back("0000_a.sql", "select 1");
    CHECK(starts(refusal(two), "/0000_a.sql: is no migration of drizzle"));
    two.back() = {"meta/_journal.json", R"({"entries": []})"};
    CHECK(starts(refusal(two),
                 "/20240229000001_odd_ant/migration.sql: is of drizzle-kit 1.0, and meta/_journal.json"));
    CHECK(starts(refusal({{"20260124153000_a/migration.sql", ""}, {"migration_lock.toml", ""}}),
                 "/20260124153000_a/migration.sql: has no snapshot.json beside it"));
}

TEST_CASE("files of other tools: byte-order mark, CRLF, ${x}, BEGIN and COMMIT, nothing at all") {
    using l = migration_layout;
    for (const auto layout : {l::sqlx, l::numbered}) {
        const migration_files_directory in(named_texts{{"1_a.sql", "\xEF\xBB\xBF"
                                                                   "begin;\r\nselect '${x}';\r\ncommit;\r\n"},
                                                       {"2_b.sql", ""},
                                                       {"3_c.sql", "-- later\n"}});
        const auto read = read_migrations(in.path(), layout);
        CHECK(read.files.size() == 3);
        CHECK(read.files.begin()->text == "begin;\nselect '${x}';\ncommit;\n");
        CHECK(read.files.begin()->wrapped);
        CHECK_FALSE(read.files.begin()->directives.placeholders);
    }
    CHECK(starts(refusal({{"1_a.sql", "select 1; commit;"}}, l::sqlx), "/1_a.sql:1:11:"));
    CHECK(starts(refusal({{"1_a.sql", "\\connect x\n"}}, l::numbered), "/1_a.sql:1:1:"));
}

// SPDX-License-Identifier: BSL-1.0
//
// The commands beside run, and what is promised of them that no page shows.
#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "workplace.hpp"

using howdah::test::workplace;

namespace {

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != text.npos;
}

void begin(const workplace& in) {
    in.write("migrations/0001_a.sql", "create table a (id int);\n");
    in.write("migrations/0002_b.sql", "create table b (id int);\n");
    REQUIRE(in.run("howdah db create && howdah migrate run").code == 0);
}

} // namespace

TEST_CASE("exit code 8: lint found an error, and 13: a file that cannot be read at all") {
    const workplace in;
    in.write("migrations/0001_a.sql", "-- howdah: lint-ignore=drop-table gone\ndrop table a;\n");
    CHECK(in.run("howdah migrate lint").code == 0);
    in.write("migrations/0002_b.sql", "create table t (at timestamp);\n");
    CHECK(in.run("howdah migrate lint").code == 0); // a warning
    in.write("migrations/0003_c.sql", "drop table b;\n");
    CHECK(in.run("howdah migrate lint").code == 8);
    CHECK(in.run("howdah migrate lint 0001").code == 0);
    CHECK(in.run("howdah migrate lint 0003_c.sql").code == 8);
    CHECK(in.run("howdah migrate lint 7").code == 2);
    in.write("migrations/0004_d.sql", "begin; drop table b;\n");
    CHECK(in.run("howdah migrate lint").code == 13);
}

TEST_CASE("exit codes 19 and 20: a baseline that comes too late, and no way back") {
    const workplace in;
    begin(in);
    CHECK(in.run("howdah migrate baseline 2").code == 19);
    CHECK(in.run("howdah migrate undo").code == 20);
    CHECK(in.run("howdah migrate baseline").code == 2);
    CHECK(in.run("howdah migrate repair").code == 2);
    CHECK(in.run("howdah migrate repair --accept 1 --forget 1").code == 2);
    CHECK(in.run("howdah migrate repair --accept 7").code == 11);
}

TEST_CASE("exit code 3: wait gives up") {
    const workplace in;
    begin(in);
    in.write("migrations/0003_c.sql", "select 3;\n");
    CHECK(in.run("howdah migrate wait --timeout 300ms").code == 3);
    CHECK(in.run("howdah migrate wait --timeout 300").code == 3); // milliseconds
    CHECK(in.run("howdah migrate wait --timeout ever").code == 2);
    CHECK(in.run("(sleep 0.5; howdah migrate run) > /dev/null & howdah migrate wait --timeout 30s; code=$?; "
                 "wait; exit $code")
              .code == 0);
}

TEST_CASE("undo, repair and baseline are refused on a protected database as run is") {
    const workplace in;
    begin(in);
    for (const char* line : {"run", "undo", "baseline 1", "repair --accept 1"}) {
        CAPTURE(line);
        CHECK(in.run(std::string("howdah migrate ") + line, {"HOWDAH_PROTECTED=1"}).code == 9);
    }
}

TEST_CASE("each exit code has its row in docs/commands/exit_codes.md") {
    std::ifstream page(HOWDAH_DOCS "/commands/exit_codes.md");
    std::stringstream text;
    text << page.rdbuf();
    const workplace in;
    const auto listed = in.run("howdah exit-codes");
    CHECK(listed.code == 0);
    CHECK(contains(text.str(), listed.out));
}

TEST_CASE("a program that links howdah::cli is its own migration tool") {
    const workplace in;
    REQUIRE(in.run("howdah db create").code == 0);
    CHECK(in.run(HOWDAH_OWN_TOOL).out == "the program itself\n");
    const auto run = in.run(HOWDAH_OWN_TOOL " database migrate run");
    CHECK_MESSAGE(run.code == 0, run.err);
    CHECK(contains(run.out, "0 already there"));
    CHECK(contains(in.run(HOWDAH_OWN_TOOL " database migrate run").out, "0 applied, "));
    CHECK(
        contains(in.run(HOWDAH_OWN_TOOL " database migrate run --help").out, "Usage: database migrate run"));
    // A directory that is named goes before what is embedded.
    CHECK(in.run(HOWDAH_OWN_TOOL " database migrate run --source nowhere").code == 7);
}

TEST_CASE("a lost server is code 6, and a statement's own data stays out of what is not asked for") {
    const workplace in;
    begin(in);
    in.write("migrations/0003_c.sql", "select pg_terminate_backend(pg_backend_pid());\n");
    const auto run = in.run("howdah migrate run");
    CHECK_MESSAGE(run.code == 6, run.err);
    CHECK(contains(run.err, "0003_c.sql"));
}

TEST_CASE("exit code 17: the connection broke during COMMIT, and the next run settles it") {
    const workplace in;
    begin(in);
    // The server goes away in the middle of COMMIT, where the constraint is checked.
    in.write("migrations/0003_c.sql",
             "create function leave() returns trigger language plpgsql as $$ begin\n"
             "    perform pg_terminate_backend(pg_backend_pid()); return null; end $$;\n"
             "create constraint trigger leaves after insert on a deferrable initially deferred\n"
             "    for each row execute function leave();\n"
             "insert into a values (1);\n");
    const auto run = in.run("howdah migrate run");
    CHECK_MESSAGE(run.code == 17, run.err);
    CHECK(contains(run.err, "next: howdah migrate run"));
    CHECK(in.run("howdah migrate info --exit-code").code == 3);
}

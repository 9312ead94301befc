// SPDX-License-Identifier: BSL-1.0
//
// The table of docs/migrations.md, row by row: what is wrong with a directory has its own message and exit code, and
// nothing is half done.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <regex>

#include <unistd.h>

#include <howdah/connection.hpp>
#include <howdah/query.hpp>

#include "workplace.hpp"

namespace fs = std::filesystem;
using howdah::test::workplace;

namespace {

struct table_row {
    int code = -1;
    std::string message;
};

/// Of the table: what is wrong, and what comes of it.
std::map<std::string, table_row> documented() {
    std::map<std::string, table_row> out;
    std::ifstream page(HOWDAH_DOCS "/migrations.md");
    const std::regex row(R"(\| ([^|]+) \| [^|]+ \| (\d+) \| `(.*)` \|)");
    bool inside = false;
    for (std::string line; std::getline(page, line);) {
        if (line.starts_with("## ")) inside = line == "## What is refused";
        std::smatch found;
        if (inside && std::regex_match(line, found, row)) out[found[1]] = {std::stoi(found[2]), found[3]};
    }
    return out;
}

/// Thirty thousand lines of a kilobyte.
std::string thirty_megabytes() {
    std::string text = "create table big (n int, t text);\n";
    const std::string filling(960, 'x');
    for (int row = 0; row < 30'000; ++row)
        text += "insert into big values (" + std::to_string(row) + ", 'it''s; " + filling + "');\n";
    return text;
}

using spoiler = std::function<void(const workplace&, const fs::path&)>;
const std::map<std::string, spoiler> spoilers{
    {"edited", [](auto& in, auto&) { in.write("migrations/2_b.sql", "create table b (n int);\n"); }},
    {"deleted", [](auto&, auto& at) { fs::remove(at / "2_b.sql"); }},
    {"added late", [](auto& in, auto&) { in.write("migrations/3_c.sql", "select 1"); }},
    {"renamed", [](auto&, auto& at) { fs::rename(at / "2_b.sql", at / "2_better.sql"); }},
    {"renumbered", [](auto&, auto& at) { fs::rename(at / "4_d.sql", at / "5_d.sql"); }},
    {"duplicated", [](auto& in, auto&) { in.write("migrations/02_again.sql", "select 1"); }},
    {"empty", [](auto& in, auto&) { in.write("migrations/5_e.sql", ""); }},
    {"comments alone", [](auto& in, auto&) { in.write("migrations/5_e.sql", "-- later\n/* much */\n"); }},
    {"own COMMIT", [](auto& in, auto&) { in.write("migrations/5_e.sql", "create table e ();\ncommit;\n"); }},
    {"no UTF-8", [](auto& in, auto&) { in.write("migrations/5_e.sql", "select 'caf\xE9'"); }},
    {"a file of psql", [](auto& in, auto&) { in.write("migrations/5_e.sql", "\\i other.sql\n"); }},
    {"no version", [](auto& in, auto&) { in.write("migrations/e.sql", "select 1"); }},
    {"unknown directive",
     [](auto& in, auto&) { in.write("migrations/5_e.sql", "-- howdah: fast=on\nselect 1"); }},
    {"a directory that is called like a file", [](auto&, auto& at) { fs::create_directory(at / "5_e.sql"); }},
    {"a failing file",
     [](auto& in, auto&) { in.write("migrations/5_e.sql", "create table e ();\nselect nowhere;\n"); }},
    {"thirty megabytes that fail at their end",
     [](auto& in, auto&) { in.write("migrations/5_e.sql", thirty_megabytes() + "select nowhere;\n"); }},
    {"no permission", [](auto&, auto& at) { fs::permissions(at / "2_b.sql", fs::perms::none); }},
    {"no permission on the directory", [](auto&, auto& at) { fs::permissions(at, fs::perms::none); }},
    {"no permission above the directory",
     [](auto&, auto& at) {
         const auto above = at.parent_path() / "above";
         fs::create_directory(above);
         fs::rename(at, above / "migrations");
         fs::create_symlink(above / "migrations", at);
         fs::permissions(above, fs::perms::none);
     }},
    {"not a directory",
     [](auto& in, auto& at) {
         fs::remove_all(at);
         in.write("migrations", "select 1");
     }},
    {"no directory", [](auto&, auto& at) { fs::remove_all(at); }},
    {"CRLF", [](auto& in, auto&) { in.write("migrations/2_b.sql", "create table b ();\r\n"); }},
    {"a byte-order mark",
     [](auto& in, auto&) {
         in.write("migrations/2_b.sql", "\xEF\xBB\xBF"
                                        "create table b ();\n");
     }},
    {"more zeros in a version", [](auto&, auto& at) { fs::rename(at / "2_b.sql", at / "0002_b.sql"); }},
    {"thirty megabytes of INSERT",
     [](auto& in, auto&) { in.write("migrations/5_e.sql", thirty_megabytes()); }},
};

/// Root reads everything, save without these capabilities.
const char* command_for(const std::string& what) {
    if (!what.starts_with("no permission") || ::geteuid() != 0) return "howdah migrate run";
    return "setpriv --bounding-set -dac_override,-dac_read_search howdah migrate run";
}

} // namespace

TEST_CASE("each row of the table of refusals: its message, its exit code, and nothing half done") {
    const auto rows = documented();
    CHECK(rows.size() == spoilers.size());
    const std::string state =
        "select (select string_agg(h::text, '|' order by version) from howdah_migrations h) || "
        "(select count(*) from pg_class)";
    for (const auto& [what, spoil] : spoilers) {
        CAPTURE(what);
        const auto row = rows.find(what);
        REQUIRE(row != rows.end());
        const workplace in;
        in.write("migrations/1_a.sql", "create table a ();\n");
        in.write("migrations/2_b.sql", "create table b ();\n");
        in.write("migrations/4_d.sql", "create table d ();\n");
        REQUIRE(in.run("howdah db create && howdah migrate run").code == 0);
        howdah::connection on({.url = in.url()});
        const auto before = howdah::query_one<std::string>(on, state);
        spoil(in, in.path() / "home/migrations");
        const auto run = in.run(command_for(what));
        const auto said = run.out + run.err;
        CHECK_MESSAGE(run.code == row->second.code, said);
        CHECK_MESSAGE(said.find(row->second.message) != said.npos, said);
        CHECK(run.err.starts_with("error: ") == (run.code != 0));
        if (run.code != 0) CHECK(howdah::query_one<std::string>(on, state) == before);
    }
}

TEST_CASE("exit code 18: what was printed could not be written") {
    const workplace in;
    in.write("migrations/1_a.sql", "create table a ();\n");
    REQUIRE(in.run("howdah db create && howdah migrate run").code == 0);
    for (const char* line : {"migrate script", "schema dump", "migrate info", "migrate info --json",
                             "exit-codes", "completion bash", "--help"}) {
        CAPTURE(line);
        const auto run = in.run(std::string("howdah ") + line + " > /dev/full");
        CHECK(run.code == 18);
        CHECK_MESSAGE(run.err.find("error: the output cannot be written: No space left on device") == 0,
                      run.err);
    }
    // Where the answer is another one already, it stays.
    in.write("migrations/1_a.sql", "create table a (n int);\n");
    CHECK(in.run("howdah migrate info --exit-code > /dev/full").code == 4);
}

// SPDX-License-Identifier: BSL-1.0
//
// Directories as they come: what is wrong with one is said in words of its own, and nothing is half done. Also how long
// a run takes where there is nothing to do, or much.
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include <unistd.h>

#include <howdah/connection.hpp>
#include <howdah/migration.hpp>

#include "child_process.hpp"
#include "migration_support.hpp"

namespace fs = std::filesystem;
using howdah::migrate;
using howdah::migration_failure;
using howdah::migrations_in;
using howdah::test::ask;
using howdah::test::fresh_database;
using howdah::test::in_child;
using howdah::test::refusal;
using howdah::test::status_of;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

/// A directory of three migrations that is gone at the end.
class directory {
public:
    directory() {
        std::string pattern = (fs::temp_directory_path() / "howdah_directory_XXXXXX").string();
        REQUIRE(::mkdtemp(pattern.data()));
        path_ = pattern;
        write("1_a.sql", "create table a ();\n");
        write("2_b.sql", "create table b ();\n");
        write("4_d.sql", "create table d ();\n");
    }
    directory(const directory&) = delete;
    ~directory() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    void write(const std::string& name, std::string_view text) const {
        std::ofstream(path_ / name, std::ios::binary) << text;
    }
    [[nodiscard]] const fs::path& path() const { return path_; }

private:
    fs::path path_;
};

struct bad_directory {
    const char* what;
    std::function<void(const directory&)> spoil;
    migration_failure kind;
    const char* says;
};

const std::vector<bad_directory> bad_directories{
    {"edited", [](auto& d) { d.write("2_b.sql", "create table b (n int);\n"); }, migration_failure::drift,
     "2_b.sql was changed after it had been applied"},
    {"deleted", [](auto& d) { fs::remove(d.path() / "2_b.sql"); }, migration_failure::missing,
     "version 2 ('b') is applied, but there is no file for it; bring 2_b.sql back"},
    {"added late", [](auto& d) { d.write("3_c.sql", "select 1"); }, migration_failure::out_of_order,
     "3_c.sql is not applied, but version 4 ('d') that comes after it is"},
    {"renamed", [](auto& d) { fs::rename(d.path() / "2_b.sql", d.path() / "2_better.sql"); },
     migration_failure::drift,
     "2_better.sql was renamed after it had been applied; give it the name 'b' again"},
    {"renumbered", [](auto& d) { fs::rename(d.path() / "4_d.sql", d.path() / "5_d.sql"); },
     migration_failure::missing, "5_d.sql has its content: give it the version 4 again"},
    {"duplicated", [](auto& d) { d.write("02_again.sql", "select 1"); }, migration_failure::duplicate,
     "have the same version"},
    {"empty", [](auto& d) { d.write("5_e.sql", ""); }, migration_failure::bad_file,
     "5_e.sql: holds no SQL command"},
    {"comments alone", [](auto& d) { d.write("5_e.sql", "-- later\n"); }, migration_failure::bad_file,
     "5_e.sql: holds no SQL command"},
    {"own COMMIT", [](auto& d) { d.write("5_e.sql", "select 1;\ncommit;\n"); },
     migration_failure::own_transaction, "5_e.sql:2:1: a migration runs in a transaction of its own"},
    {"no UTF-8", [](auto& d) { d.write("5_e.sql", "select 'caf\xE9'"); }, migration_failure::bad_file,
     "5_e.sql:1:12: not UTF-8"},
    {"a file of psql", [](auto& d) { d.write("5_e.sql", "\\i other.sql\n"); }, migration_failure::bad_file,
     "5_e.sql:1:1: \\i is a command of psql"},
    {"no name", [](auto& d) { d.write("5.sql", "select 1"); }, migration_failure::bad_file,
     "the version is not followed by an underscore and a name"},
    {"unknown directive", [](auto& d) { d.write("5_e.sql", "-- howdah: fast=on\nselect 1"); },
     migration_failure::bad_file, "5_e.sql:1:1: the directive 'fast' is unknown"},
    {"a directory that is called like a file", [](auto& d) { fs::create_directory(d.path() / "5_e.sql"); },
     migration_failure::bad_file, "5_e.sql: is a directory, not a file"},
    {"a failing file", [](auto& d) { d.write("5_e.sql", "create table e ();\nselect nowhere;\n"); },
     migration_failure::sql,
     "5_e.sql:2:8: the server refused this command (SQLSTATE 42703, undefined_column)"},
};

milliseconds best_of(int rounds, const std::function<void()>& run) {
    auto best = milliseconds::max();
    for (int i = 0; i < rounds; ++i) {
        const auto start = steady_clock::now();
        run();
        best = std::min(best, std::chrono::duration_cast<milliseconds>(steady_clock::now() - start));
    }
    return best;
}

} // namespace

TEST_CASE(
    "each thing that can be wrong with a directory is said in its own words, and nothing is half done") {
    const std::string state =
        "select (select string_agg(h::text, '|' order by version) from howdah_migrations h) || "
        "(select count(*) from pg_class)";
    for (const auto& bad : bad_directories) {
        CAPTURE(bad.what);
        const directory files;
        const auto own = fresh_database();
        auto db = own.connect();
        migrate(own.config(), migrations_in(files.path().string()));
        const auto before = ask<std::string>(db, state);
        bad.spoil(files);
        const auto failure = refusal([&] { migrate(own.config(), migrations_in(files.path().string())); });
        CHECK(failure.kind() == bad.kind);
        howdah::test::check_mentions(failure, bad.says);
        CHECK(ask<std::string>(db, state) == before);
    }
}

TEST_CASE("other line ends and a byte-order mark are nothing wrong") {
    const directory files;
    const auto own = fresh_database();
    migrate(own.config(), migrations_in(files.path().string()));
    files.write("1_a.sql", "create table a ();\r\n");
    files.write("2_b.sql", "\xEF\xBB\xBF"
                           "create table b ();\n");
    files.write("5_e.sql", "\xEF\xBB\xBF"
                           "select 1;\r\nselect 2;\r\n");
    CHECK(migrate(own.config(), migrations_in(files.path().string())).applied.size() == 1);
}

TEST_CASE("a directory that cannot be had is named with what is wrong") {
    const directory files;
    const auto place = files.path().string();
    howdah::test::check_mentions(refusal([&] { (void)migrations_in(place + "/1_a.sql"); }),
                                 "is not a directory");
    howdah::test::check_mentions(refusal([&] { (void)migrations_in(place + "/nowhere"); }),
                                 "there is no such directory");
    // Root may read everything, so it becomes nobody for this.
    fs::permissions(files.path(), fs::perms(0755));
    fs::permissions(files.path() / "2_b.sql", fs::perms::none);
    const auto child = in_child([&] {
        if (::geteuid() == 0 && ::seteuid(65534) != 0) return 2;
        try {
            (void)migrations_in(place);
        } catch (const howdah::migration_error& failure) {
            const std::string_view what = failure.what();
            if (what.find(": cannot be read; check its permissions") != what.npos) return 0;
            std::fprintf(stderr, "in a child: %s\n", failure.what());
        }
        return 1;
    });
    CHECK(status_of(child) == 0);
}

TEST_CASE("a file of thirty megabytes runs") {
    const directory files;
    const auto own = fresh_database();
    std::string text = "create table big (n int, t text);\n";
    const std::string filling(940, 'x');
    int rows = 0;
    while (text.size() < 30'000'000)
        text += "insert into big values (" + std::to_string(++rows) + ", 'it''s; " + filling + "');\n";
    files.write("5_big.sql", text);
    CHECK(migrate(own.config(), migrations_in(files.path().string())).applied.size() == 4);
    auto db = own.connect();
    CHECK(ask<std::int64_t>(db, "select count(*) from big") == rows);
}

TEST_CASE("a run that has nothing to do over 400 files takes no time") {
    const directory files;
    for (int i = 0; i < 400; ++i)
        files.write(std::to_string(1'000 + i) + "_step.sql",
                    "create table t_" + std::to_string(i) + " (a int);\n");
    const auto own = fresh_database();
    const auto set = migrations_in(files.path().string());
    CHECK(migrate(own.config(), set).applied.size() == 403);
    const auto took = best_of(10, [&] { CHECK(migrate(own.config(), set).applied.empty()); });
    const auto with_reading =
        best_of(5, [&] { migrate(own.config(), migrations_in(files.path().string())); });
    MESSAGE("nothing to do: " << took.count() << " ms, reading the directory included "
                              << with_reading.count() << " ms");
    CHECK(took <= milliseconds{500}); // 50 on a machine of one's own
}

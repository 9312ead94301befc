// SPDX-License-Identifier: BSL-1.0
#include <doctest/doctest.h>

#include <thread>

#include <howdah/connection.hpp>
#include <howdah/query.hpp>

#include "workplace.hpp"

using howdah::test::workplace;

namespace {

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != text.npos;
}

/// A database and one applied migration.
void begin(const workplace& in) {
    REQUIRE(in.run("howdah db create").code == 0);
    in.write("migrations/0001_create_users.sql", "create table users (id bigint primary key);\n");
    const auto first = in.run("howdah migrate run");
    REQUIRE_MESSAGE(first.code == 0, first.err);
}

} // namespace

TEST_CASE("exit code 0: a run, and a second run that finds nothing to do") {
    const workplace in;
    begin(in);
    const auto again = in.run("howdah migrate run");
    CHECK(again.code == 0);
    CHECK(again.out == "0 applied, 1 already there\n");
    CHECK(again.err.empty());
}

TEST_CASE(
    "exit code 1: the server refuses a statement, named with its place, its words and the next command") {
    const workplace in;
    begin(in);
    in.write("migrations/0002_good.sql", "create table fine (id int);\n");
    in.write("migrations/0003_bad.sql",
             "create table other (id int);\n\nalter table nobody add column a int;\n");
    const auto run = in.run("howdah migrate run");
    CHECK(run.code == 1);
    CHECK(contains(run.out, "0002_good.sql"));
    CHECK(contains(run.err, "migrations/0003_bad.sql:3:1:"));
    CHECK(contains(run.err, "relation \"nobody\" does not exist (SQLSTATE 42P01)"));
    CHECK(contains(run.err, "next: howdah migrate plan"));
    // What stood before it is kept, nothing of it is.
    CHECK(in.run("howdah migrate run --to 2").out == "0 applied, 2 already there\n");
}

TEST_CASE("exit code 2: what cannot be a command line, or names no database") {
    const workplace in;
    for (const char* line :
         {"howdah", "howdah migrate", "howdah sing", "howdah migrate sing", "howdah migrate run --sing",
          "howdah migrate add", "howdah migrate add ''", "howdah migrate run --lock-wait long --source ."}) {
        CAPTURE(line);
        const auto run = in.run(line);
        CHECK(run.code == 2);
        CHECK(run.out.empty());
        CHECK(run.err.starts_with("error: "));
    }
    CHECK(contains(in.run("howdah migrate sing").err, "there is no command sing; see howdah migrate --help"));
    const auto nowhere = in.run("env -u DATABASE_URL howdah db create");
    CHECK(nowhere.code == 2);
    CHECK(contains(nowhere.err, "set DATABASE_URL in the environment or in .env, or give --url "
                                "postgresql://user@host/database"));
}

TEST_CASE("exit code 3: info says with --exit-code that something is pending") {
    const workplace in;
    begin(in);
    CHECK(in.run("howdah migrate info --exit-code").code == 0);
    in.write("migrations/0002_more.sql", "select 1;\n");
    CHECK(in.run("howdah migrate info --exit-code").code == 3);
    CHECK(in.run("howdah migrate info").code == 0);
}

TEST_CASE("exit code 4: an applied file was changed") {
    const workplace in;
    begin(in);
    in.write("migrations/0001_create_users.sql", "create table users (id bigint primary key, name text);\n");
    CHECK(in.run("howdah migrate run").code == 4);
    CHECK(in.run("howdah migrate info --exit-code").code == 4);
}

TEST_CASE("exit code 5: another runner holds the lock, and is named") {
    const workplace in;
    begin(in);
    howdah::connection on({.url = in.url()});
    on.run("select pg_advisory_lock(2)"); // held as long as the other runner shall run
    in.write("migrations/0002_slow.sql", "-- howdah: lock_timeout=10min\nselect pg_advisory_xact_lock(2);\n");
    REQUIRE(in.run("howdah migrate run > ../slow.out 2>&1 &").code == 0);
    const auto waits = [&] {
        return howdah::query_one<bool>(
            on, "select exists (select from pg_stat_activity where datname = current_database() and "
                "query like '%xact_lock(2%' and wait_event_type = 'Lock')");
    };
    for (int tries = 0; tries < 6'000 && !waits(); ++tries)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    const auto run = in.run("howdah migrate run --lock-wait 0");
    CHECK(run.code == 5);
    CHECK_MESSAGE(contains(run.err, "howdah-migrate"), run.err);
    on.run("select pg_advisory_unlock(2)");
    CHECK(in.run("howdah migrate run").out == "0 applied, 2 already there\n");
}

TEST_CASE("exit code 6: no server, and no database") {
    const workplace in;
    in.write("migrations/0001_a.sql", "select 1;\n");
    const auto absent = in.run("howdah migrate run");
    CHECK(absent.code == 6);
    CHECK(contains(absent.err, "next: howdah db create"));
    CHECK(in.run("howdah migrate run --url postgresql://nobody@127.0.0.1:1/none").code == 6);
}

TEST_CASE("exit code 7: files that cannot be migrations, each with its own message") {
    const workplace in;
    REQUIRE(in.run("howdah db create").code == 0);
    CHECK(in.run("howdah migrate run").code == 7); // no directory
    const auto check = [&](const char* name, std::string_view text, std::string_view message) {
        CAPTURE(name);
        in.write(std::string("migrations/") + name, text);
        const auto run = in.run("howdah migrate run");
        CHECK(run.code == 7);
        CHECK_MESSAGE(contains(run.err, message), run.err);
        std::filesystem::remove(in.path() / "home/migrations" / name);
    };
    check("users.sql", "select 1;", "version");
    check("0001_a.sql", "", "holds no SQL command");
    check("0001_a.sql", "-- later\n", "holds no SQL command");
    check("0001_a.sql", "\xff\xfe", "UTF-8");
    check("0001_a.sql", "-- howdah: sing=on\nselect 1;", "0001_a.sql:1:1:");
    in.write("file", "");
    CHECK(in.run("howdah migrate run --source file").code == 7);
}

TEST_CASE("exit code 9: a protected database wants its name, and is never dropped") {
    const workplace in;
    begin(in);
    REQUIRE(in.run("howdah db drop").code == 9);
    howdah::connection on({.url = in.url()});
    on.run_script("alter database app_dev set howdah.protected = 'on'");
    in.write("migrations/0002_more.sql", "select 1;\n");
    CHECK(in.run("howdah migrate run").code == 9);
    CHECK(in.run("howdah migrate run --confirm app").code == 9);
    CHECK(in.run("howdah db drop --confirm app_dev").code == 9);
    CHECK(in.run("howdah db reset --confirm app_dev").code == 9);
    CHECK(in.run("howdah migrate run --confirm app_dev").out.ends_with("1 applied, 1 already there\n"));
    on.run_script("alter database app_dev reset howdah.protected");
    CHECK(in.run("howdah migrate run", {"HOWDAH_PROTECTED=1"}).code == 9);
    CHECK(in.run("howdah db drop --confirm app_dev").code == 0);
}

TEST_CASE("exit codes 10 to 16: each fault of files and history has its own") {
    const workplace in;
    begin(in);
    const auto code_with = [&](const char* name, std::string_view text) {
        in.write(std::string("migrations/") + name, text);
        const auto code = in.run("howdah migrate run").code;
        std::filesystem::remove(in.path() / "home/migrations" / name);
        return code;
    };
    CHECK(code_with("1_twice.sql", "select 1;") == 10);
    CHECK(code_with("0000_late.sql", "select 1;") == 12);
    CHECK(code_with("0002_own.sql", "select 1; commit;") == 13);
    CHECK(code_with("0002_needs.sql", "-- howdah: requires=0009\nselect 1;") == 15);
    in.write("migrations/0005_five.sql", "select 5;");
    in.write("migrations/0006_six.sql", "select 6;");
    REQUIRE(in.run("howdah migrate run").code == 0);
    std::filesystem::remove(in.path() / "home/migrations/0006_six.sql");
    CHECK(in.run("howdah migrate run").code == 14);
    in.write("migrations/0006_six.sql", "select 6;");
    std::filesystem::remove(in.path() / "home/migrations/0005_five.sql");
    CHECK(in.run("howdah migrate run").code == 11);
    CHECK(in.run("howdah migrate info --exit-code").code == 11);
    in.write("migrations/0005_five.sql", "select 5;");
    CHECK(in.run("howdah migrate run --history-table users").code == 16);
}

TEST_CASE("no command prints the password") {
    const workplace in;
    begin(in);
    in.write("migrations/0002_bad.sql", "select nothing;\n");
    // A trusted server takes any password; the others fail with it in every place of the url.
    const auto url = in.url();
    const auto with_password =
        url.substr(0, url.find("://") + 3) + "postgres:c4nary@" +
        url.substr(url.find('@') == url.npos ? url.find("://") + 3 : url.find('@') + 1);
    const std::string urls[] = {with_password,
                                "postgresql://me:c4nary@127.0.0.1:1/none",
                                "postgresql://me:c4nary@127.0.0.1:bad/none",
                                "postgresql://me:c4nary%@127.0.0.1/none",
                                "host=127.0.0.1 port=1 user=me password=c4nary",
                                "host=127.0.0.1 port=x user=me password=c4nary",
                                "host=127.0.0.1 password=c4nary x",
                                "c4nary"};
    for (const char* command :
         {"migrate run", "migrate info", "migrate plan --json", "db create", "db drop",
          "db drop --confirm app_dev_none", "db url", "migrate verify", "migrate wait --timeout 0",
          "migrate undo", "schema dump", "schema diff nothing", "schema show --json"})
        for (const auto& one : urls) {
            CAPTURE(command);
            CAPTURE(one);
            const auto run = in.run(std::string("howdah ") + command, {"DATABASE_URL=" + one});
            CHECK_MESSAGE(!contains(run.out + run.err, "c4nary"), (run.out + run.err));
        }
    // Nor what was typed in a wrong place.
    for (const auto& one : urls)
        for (const char* command :
             {"migrate run ", "schema diff ", "schema diff nothing ", "migrate lint ", "db url --to "}) {
            if (one.find("://") == one.npos) continue;
            CAPTURE(command);
            const auto run = in.run(std::string("howdah ") + command + "'" + one + "'");
            CHECK_MESSAGE(!contains(run.out + run.err, "c4nary"), (run.out + run.err));
        }
    CHECK(contains(in.run("howdah db url", {"DATABASE_URL=" + urls[1]}).out,
                   "postgresql://me:***@127.0.0.1:1/none"));
    CHECK(contains(in.run("howdah db url --show-password", {"DATABASE_URL=" + urls[1]}).out, "me:c4nary@"));
}

TEST_CASE("the database is named by --url, then the environment, then .env") {
    const workplace in;
    in.write(".env", "DATABASE_URL=postgresql://file@h/a\n");
    in.write("other.env", "DATABASE_URL=postgresql://other@h/a\n");
    CHECK(contains(in.run("env -u DATABASE_URL howdah db url").out, "file@"));
    CHECK(contains(in.run("env -u DATABASE_URL howdah db url --env-file other.env").out, "other@"));
    CHECK(contains(in.run("howdah db url", {"DATABASE_URL=postgresql://process@h/a"}).out, "process@"));
    CHECK(contains(in.run("howdah db url --url postgresql://line@h/a").out, "line@"));
}

TEST_CASE("colours and the progress line are for terminals, and NO_COLOR has none") {
    const workplace in;
    begin(in);
    in.write("migrations/0002_more.sql", "select 1;\n");
    const auto on_terminal = [&](const char* line, const char* setting) {
        return in.run(std::string("script -qec '") + line + "' /dev/null", {"TERM=xterm", setting}).out;
    };
    CHECK(contains(on_terminal("howdah migrate info", "A=b"), "\x1b[3"));
    CHECK(!contains(on_terminal("howdah migrate info", "NO_COLOR=1"), "\x1b["));
    CHECK(!contains(in.run("howdah migrate info").out, "\x1b["));
    const auto run = on_terminal("howdah migrate run", "NO_COLOR=1");
    CHECK(contains(run, "applying migrations/0002_more.sql"));
    in.write("migrations/0003_more.sql", "select 1;\n");
    const auto plain = in.run("howdah migrate run");
    CHECK(!contains(plain.out + plain.err, "applying"));
}

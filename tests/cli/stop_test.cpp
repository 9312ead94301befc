// SPDX-License-Identifier: BSL-1.0
//
// A run that a person stops, with Ctrl-C or SIGTERM, in the middle of a statement.
#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <string>
#include <thread>

#include <howdah/connection.hpp>
#include <howdah/query.hpp>

#include "started.hpp"

using howdah::query_one;
using howdah::test::comes_true;
using howdah::test::started;
using howdah::test::workplace;

namespace {

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != text.npos;
}

/// What the server knows of the run: its sessions, and the locks of runners.
struct onlooker {
    explicit onlooker(const workplace& in) : on({.url = in.url()}) {}
    bool works_at(const std::string& text) {
        return query_one<bool>(
            on,
            "select exists (select from pg_stat_activity where query like $1 and state = 'active' "
            "and pid <> pg_backend_pid())",
            '%' + text + '%');
    }
    std::int64_t runners() {
        return query_one<std::int64_t>(
            on, "select count(*) from pg_stat_activity where application_name like '%-migrate'");
    }
    std::int64_t locks() {
        return query_one<std::int64_t>(on, "select count(*) from pg_locks where locktype = 'advisory'");
    }
    howdah::connection on;
};

void begin(const workplace& in) {
    REQUIRE(in.run("howdah db create").code == 0);
    in.write("migrations/0001_a.sql", "create table a (id int);\n");
    REQUIRE(in.run("howdah migrate run").code == 0);
}

} // namespace

TEST_CASE("exit codes 130 and 143: a signal cancels the statement, and nothing of its file is done") {
    for (const int signal : {SIGINT, SIGTERM}) {
        CAPTURE(signal);
        const workplace in;
        begin(in);
        in.write("migrations/0002_b.sql", "create table b (id int);\n");
        in.write("migrations/0003_c.sql", "create table c (id int);\nselect pg_sleep(600);\n");
        in.write("migrations/0004_d.sql", "create table d (id int);\n");
        started run(in, "howdah migrate run");
        onlooker server(in);
        REQUIRE(comes_true([&] { return server.works_at("pg_sleep(600"); }));
        run.send(signal);
        CHECK(run.end() == 128 + signal);
        CHECK(contains(run.err(), "stopping: the statement under way is cancelled"));
        CHECK_MESSAGE(contains(run.err(),
                               "migrations/0003_c.sql:2:1: stopped here, as it was asked for; nothing of "
                               "this file is applied; run again"),
                      run.err());
        CHECK(contains(run.err(), "next: howdah migrate run   goes on from there"));
        CHECK(contains(run.out(), "applied migrations/0002_b.sql"));
        CHECK(comes_true([&] { return server.locks() == 0; }));
        CHECK(!server.works_at("pg_sleep(600"));
        CHECK(comes_true([&] { return server.runners() == 0; }));
        CHECK(query_one<bool>(server.on, "select to_regclass('c') is null"));
        CHECK(query_one<std::string>(server.on,
                                     "select string_agg(version || status, ',' order by version) from "
                                     "howdah_migrations") == "1applied,2applied");
        in.write("migrations/0003_c.sql", "create table c (id int);\n");
        CHECK(in.run("howdah migrate run").out.ends_with("2 applied, 2 already there\n"));
    }
}

TEST_CASE("a signal between the statements of a file without a transaction keeps those that are done") {
    const workplace in;
    begin(in);
    in.write("migrations/0002_b.sql", "-- howdah: transaction=off\ncreate table if not exists b (id int);\n"
                                      "create index concurrently if not exists a_idx on a (id);\n");
    onlooker server(in);
    // The index waits for this transaction, which has seen the table.
    server.on.run_script("begin isolation level repeatable read; select * from a");
    howdah::connection watch({.url = in.url()});
    started run(in, "howdah migrate run");
    REQUIRE(comes_true([&] {
        return query_one<bool>(watch, "select exists (select from pg_stat_activity where query like "
                                      "'create index conc%' and wait_event_type = 'Lock')");
    }));
    run.send(SIGINT);
    CHECK(run.end() == 130);
    CHECK_MESSAGE(contains(run.err(),
                           "0002_b.sql:3:1: stopped here, as it was asked for; statement 1 is applied and "
                           "recorded, the rest has not run, save for what this statement did outside a "
                           "transaction; run again"),
                  run.err());
    server.on.run_script("rollback");
    CHECK(comes_true([&] { return server.locks() == 0; }));
    CHECK(contains(in.run("howdah migrate info").out, "failed"));
    const auto file = in.read("migrations/0002_b.sql");
    in.write("migrations/0002_b.sql",
             "-- howdah: transaction=off\ncreate table if not exists other (id int);\n");
    const auto drift = in.run("howdah migrate run");
    CHECK(drift.code == 4);
    CHECK_MESSAGE(
        contains(drift.err, "the first statement of this file has run, and was changed since; restore it"),
        drift.err);
    in.write("migrations/0002_b.sql", file);
    const auto again = in.run("howdah migrate run");
    CHECK(again.code == 0);
    CHECK(contains(again.err, "1 of 2 statements done"));
    CHECK(query_one<bool>(server.on, "select indisvalid from pg_index where indexrelid = 'a_idx'::regclass"));
}

TEST_CASE("a signal ends the waiting for another runner") {
    const workplace in;
    begin(in);
    in.write("migrations/0002_b.sql", "select pg_sleep(600);\n");
    started first(in, "howdah migrate run");
    onlooker server(in);
    REQUIRE(comes_true([&] { return server.works_at("pg_sleep(600"); }));
    {
        started second(in, "howdah migrate run", "second");
        REQUIRE(comes_true([&] { return contains(second.err(), "waiting for another runner"); }));
        second.send(SIGTERM);
        CHECK(second.end() == 143);
        CHECK_MESSAGE(contains(second.err(), "nothing was done; run again"), second.err());
    }
    first.send(SIGINT);
    CHECK(first.end() == 130);
    CHECK(comes_true([&] { return server.locks() == 0; }));
}

TEST_CASE("signals a moment apart are one, as timeout(1) sends it") {
    const workplace in;
    begin(in);
    in.write("migrations/0002_b.sql", "create table b (id int);\nselect pg_sleep(600);\n");
    started run(in, "howdah migrate run");
    onlooker server(in);
    REQUIRE(comes_true([&] { return server.works_at("pg_sleep(600"); }));
    run.send(SIGINT);
    REQUIRE(comes_true([&] { return contains(run.err(), "once more leaves at once"); }));
    run.send(SIGTERM);
    run.send(SIGINT);
    CHECK(run.end() == 130);
    CHECK_MESSAGE(contains(run.err(), "migrations/0002_b.sql:2:1: stopped here, as it was asked for"),
                  run.err());
    CHECK(comes_true([&] { return server.locks() == 0; }));
}

TEST_CASE("the second signal leaves at once, and the server sees to the rest") {
    const workplace in;
    begin(in);
    // Takes no notice of being cancelled.
    in.write("migrations/0002_b.sql", "do $$ begin\n"
                                      "    create table b (id int);\n"
                                      "    for i in 1 .. 100 loop begin perform pg_sleep(5); exception when "
                                      "query_canceled then null; end; end "
                                      "loop;\n"
                                      "end $$;\n");
    started run(in, "howdah migrate run");
    onlooker server(in);
    REQUIRE(comes_true([&] { return server.works_at("pg_sleep(5"); }));
    run.send(SIGINT);
    REQUIRE(comes_true([&] { return contains(run.err(), "once more leaves at once"); }));
    std::this_thread::sleep_for(std::chrono::milliseconds(300)); // or it would be the same signal
    const auto start = std::chrono::steady_clock::now();
    run.send(SIGINT);
    CHECK(run.end() == 130);
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(30)); // not 500
    CHECK(comes_true([&] { return server.runners() == 0 && server.locks() == 0; }));
    CHECK(query_one<bool>(server.on, "select to_regclass('b') is null"));
    CHECK(query_one<std::int64_t>(server.on, "select count(*) from howdah_migrations") == 1);
}

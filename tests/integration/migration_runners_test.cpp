// SPDX-License-Identifier: BSL-1.0
//
// Several runners at once, and runners that are killed.
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <future>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <howdah/connection.hpp>
#include <howdah/migration.hpp>

#include "child_process.hpp"
#include "migration_support.hpp"

using howdah::migrate;
using howdah::migration_failure;
using howdah::test::ask;
using howdah::test::check_mentions;
using howdah::test::files;
using howdah::test::fresh_database;
using howdah::test::in_child;
using howdah::test::refusal;
using howdah::test::status_of;
using howdah::test::waited_for_lock;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

/// Each file makes a table, fills it and writes a line: a file that ran by half, or twice, would show.
howdah::migration_set telling_files(int count, const std::string& pause = "0") {
    std::vector<std::pair<std::string, std::string>> named;
    for (int i = 1; i <= count; ++i) {
        const auto n = std::to_string(i);
        named.push_back({n + "_step.sql", (i == 1 ? "create table told (n bigint);\n" : "") +
                                              ("create table t_" + n) + " (a int);\nselect pg_sleep(" +
                                              pause + ");\ninsert into t_" + n +
                                              " values (1);\ninsert into told values (" + n + ");\n"});
    }
    return files(named);
}

/// What the history says, what the files wrote and which tables there are, in one snapshot: all three agree.
const std::string agreement =
    "select coalesce((select string_agg(version, ',' order by version::int) from howdah_migrations), '') || "
    "'|' ||"
    " coalesce((select string_agg(n::text, ',' order by n) from told), '') || '|' ||"
    " coalesce((select string_agg(substr(relname, 3), ',' order by substr(relname, 3)::int)"
    " from pg_class where relname ~ '^t_[0-9]+$' and relkind = 'r'), '')";

std::string versions_up_to(int count) {
    std::string list;
    for (int i = 1; i <= count; ++i) list += (i > 1 ? "," : "") + std::to_string(i);
    return list;
}

void check_agreement(howdah::connection& db) {
    if (!ask<bool>(db, "select to_regclass('howdah_migrations') is not null")) return;
    if (!ask<bool>(db, "select to_regclass('told') is not null")) {
        CHECK(ask<std::int64_t>(db, "select count(*) from howdah_migrations") == 0);
        return;
    }
    const auto found = ask<std::string>(db, agreement);
    const auto first = found.substr(0, found.find('|'));
    CHECK(found == first + '|' + first + '|' + first);
}

} // namespace

TEST_CASE("eight programs that start at once apply each file once") {
    for (int round = 0; round < 3; ++round) {
        const auto own = fresh_database();
        const auto set = telling_files(12, "0.002");
        std::vector<pid_t> children;
        for (int i = 0; i < 8; ++i)
            children.push_back(
                in_child([&] { return static_cast<int>(migrate(own.config(), set).applied.size()); }));
        int applied = 0;
        for (const auto child : children) {
            const auto status = status_of(child);
            REQUIRE(WIFEXITED(status));
            REQUIRE(WEXITSTATUS(status) <= 12);
            applied += WEXITSTATUS(status);
        }
        CHECK(applied == 12);
        auto db = own.connect();
        CHECK(ask<std::string>(db, agreement) ==
              versions_up_to(12) + '|' + versions_up_to(12) + '|' + versions_up_to(12));
    }
}

TEST_CASE("eight threads that start at once apply each file once") {
    const auto own = fresh_database();
    const auto set = telling_files(12, "0.002");
    const auto config = own.config();
    std::size_t applied = 0, seen = 0;
    std::vector<std::future<howdah::migration_report>> runs;
    for (int i = 0; i < 8; ++i)
        runs.push_back(std::async(std::launch::async, [&] { return migrate(config, set); }));
    for (auto& run : runs) {
        const auto report = run.get();
        applied += report.applied.size();
        seen += report.applied.size() + report.already_applied;
    }
    CHECK(applied == 12);
    CHECK(seen == 8 * 12);
    auto db = own.connect();
    CHECK(ask<std::string>(db, agreement) ==
          versions_up_to(12) + '|' + versions_up_to(12) + '|' + versions_up_to(12));
}

TEST_CASE("a runner killed at any moment leaves history and schema agreeing") {
    const auto seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random(seed);
    const auto set = telling_files(20, "0.002");
    int kills = 0, databases = 0;
    std::chrono::nanoseconds worst{0};
    unsigned longest = 80'000; // microseconds before a kill; follows what the set takes here
    while (kills < 40 && databases < 60) {
        const auto own = fresh_database();
        ++databases;
        auto db = own.connect();
        for (bool done = false; !done;) {
            const auto child = in_child([&] { return migrate(own.config(), set).applied.empty() ? 1 : 0; });
            std::this_thread::sleep_for(std::chrono::microseconds(random() % longest));
            ::kill(child, SIGKILL);
            const auto status = status_of(child);
            kills += WIFSIGNALED(status);
            done = WIFEXITED(status);
            longest = done ? std::max(20'000U, longest * 3 / 4) : longest + longest / 32;
            if (done) CHECK(WEXITSTATUS(status) <= 1);
            check_agreement(db);
        }
        worst = std::max(worst, waited_for_lock(own.config(), set)); // which the killed ones held
        CHECK(ask<std::string>(db, agreement) ==
              versions_up_to(20) + '|' + versions_up_to(20) + '|' + versions_up_to(20));
    }
    CHECK(kills >= 40);
    CHECK(worst < std::chrono::seconds{5});
    MESSAGE(kills << " kills in " << databases << " databases");
}

TEST_CASE("a run whose session is ended by the server says so and can be repeated") {
    const auto own = fresh_database();
    const auto set = telling_files(3);
    auto admin = own.connect();
    howdah::migration_options options;
    options.on_event = [&](const howdah::migration_event& event) {
        if (event.what == howdah::migration_event::kind::applying && event.file == "2_step.sql")
            admin.run("select pg_terminate_backend(pid) from pg_stat_activity where application_name = "
                      "'howdah-migrate' "
                      "and datname = current_database()");
    };
    CHECK_THROWS_AS(migrate(own.config(), set, options), howdah::connection_error);
    check_agreement(admin);
    CHECK(migrate(own.config(), set).applied.size() == 2);
    check_agreement(admin);
}

TEST_CASE("who waits too long for another runner is told who that is") {
    const auto own = fresh_database();
    const auto set = telling_files(2);
    int holder_pid = 0;
    howdah::migration_options waiting;
    waiting.lock_timeout = milliseconds{300};
    std::string told;
    waiting.on_event = [&](const howdah::migration_event& event) { told += event.holder; };

    howdah::migration_options outer;
    outer.on_event = [&](const howdah::migration_event& event) {
        if (event.what != howdah::migration_event::kind::applying || event.file != "1_step.sql") return;
        auto db = own.connect();
        holder_pid = ask<std::int32_t>(db, "select pid from pg_locks where locktype = 'advisory'");
        const auto start = steady_clock::now();
        const auto failure = refusal([&] { migrate(own.config(), set, waiting); });
        const auto took = steady_clock::now() - start;
        CHECK(took >= milliseconds{300});
        CHECK(took < milliseconds{20'000}); // not the minute of the default
        CHECK(failure.kind() == migration_failure::lock_timeout);
        check_mentions(failure, "server process " + std::to_string(holder_pid));
        check_mentions(failure, "application 'howdah-migrate'");
        check_mentions(failure, "connected since 20");
    };
    CHECK(migrate(own.config(), set, outer).applied.size() == 2);
    CHECK(holder_pid != 0);
    CHECK(told.find(std::to_string(holder_pid)) != std::string::npos);
}

TEST_CASE("a runner that waits keeps no snapshot, so a concurrent index build of the holder ends") {
    const auto own = fresh_database();
    auto db = own.connect();
    db.run_script("create table big as select generate_series(1, 1000) as n");
    std::future<howdah::migration_report> waiter;
    howdah::migration_options outer;
    outer.on_event = [&](const howdah::migration_event& event) {
        if (event.what != howdah::migration_event::kind::applying) return;
        waiter = std::async(std::launch::async,
                            [config = own.config()] { return migrate(config, telling_files(1)); });
        while (ask<std::int64_t>(
                   db, "select count(*) from pg_stat_activity where datname = current_database() and "
                       "application_name = 'howdah-migrate'") < 2)
            std::this_thread::sleep_for(milliseconds{5});
        std::this_thread::sleep_for(milliseconds{100}); // it polls by now
        db.run_script("create index concurrently on big (n)", milliseconds{30'000});
    };
    const auto report = migrate(own.config(), telling_files(1), outer);
    CHECK(report.applied.size() == 1);
    CHECK(waiter.get().applied.empty());
    CHECK(ask<bool>(db, "select bool_and(indisvalid) from pg_index where indrelid = 'big'::regclass"));
}

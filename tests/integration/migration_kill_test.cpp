// SPDX-License-Identifier: BSL-1.0
//
// Runners that are killed, servers that are stopped, and many runners at once, on sets that mix files with and without
// a transaction. HOWDAH_LONG_TESTS=1 makes the rounds many.
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <howdah/connection.hpp>
#include <howdah/migration.hpp>
#include <howdah/testing/cluster.hpp>

#include "child_process.hpp"
#include "migration_support.hpp"

using howdah::migrate;
using howdah::test::ask;
using howdah::test::files;
using howdah::test::fresh_database;
using howdah::test::in_child;
using howdah::test::status_of;
using howdah::test::waited_for_lock;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

bool is_long() {
    const char* const set = std::getenv("HOWDAH_LONG_TESTS");
    return set && std::string(set) == "1";
}

std::string tell(int file, int statement) {
    return "insert into told values (" + std::to_string(file) + ", " + std::to_string(statement) + ")";
}

/// A file in one transaction: five statements, of which the second and the last tell.
std::string whole_file(int n) {
    const auto t = "t_" + std::to_string(n);
    return (n == 1 ? "create table told (file int, statement int); " : "select 0; ") + tell(n, 2) +
           "; create table " + t +
           " (id int generated always as identity primary key, a int, b text not null default 'x');\ninsert "
           "into " +
           t + " (a) select g from generate_series(1, 300) g; " + tell(n, 5) + ";\n";
}

/// A file without: nine statements, of which three tell.
std::string stepwise_file(int n) {
    const auto t = "t_" + std::to_string(n - 1);
    return "-- howdah: transaction=off\n" + tell(n, 1) + "; create index concurrently " + t + "_a on " + t +
           " (a);\n" + tell(n, 3) + "; create unique index concurrently if not exists \"" + t + " A\" on " +
           t + " (a, id);\nvacuum " + t + "; drop index concurrently " + t +
           "_a; reindex table concurrently " + t + ";\ncall fill_" + std::to_string(n - 1) + "();\n" +
           tell(n, 9);
}

/// A procedure that commits in the middle; run twice, it does no more than once.
std::string procedure(int n) {
    const auto t = "t_" + std::to_string(n);
    return "create procedure fill_" + std::to_string(n) + "() language plpgsql as $$ begin update " + t +
           " set b = 'y' where id < 100 and b = 'x'; commit; update " + t +
           " set b = 'y' where b = 'x'; end $$;\n";
}

howdah::migration_set mixed_files(int pairs) {
    std::vector<std::pair<std::string, std::string>> named;
    for (int n = 1; n <= 2 * pairs; n += 2) {
        named.push_back({std::to_string(n) + "_whole.sql", whole_file(n) + procedure(n)});
        named.push_back({std::to_string(n + 1) + "_steps.sql", stepwise_file(n + 1)});
    }
    named.push_back({"R_view.sql", "create or replace view all_told as select * from told"});
    return files(named);
}

/// What the history claims, and what the files told: both as "file.statement ..." in one snapshot.
void check_honest(howdah::connection& db) {
    if (!ask<bool>(db, "select to_regclass('howdah_migrations') is not null")) return;
    const bool any = ask<bool>(db, "select to_regclass('told') is not null");
    const std::string claimed =
        "select coalesce(string_agg(version || '.' || s, ' ' order by version::int, s), '') from "
        "howdah_migrations,"
        " unnest(case when version::int % 2 = 1 then array[2, 5] else array[1, 3, 9] end) s"
        " where kind = 'versioned' and s <= statements_done";
    const std::string told =
        "(select coalesce(string_agg(file || '.' || statement, ' ' order by file, statement), '') from told)";
    const auto both = ask<std::string>(db, "select (" + claimed + ") || '|' || " + (any ? told : "''"));
    const auto bar = both.find('|');
    CHECK(both.substr(0, bar) == both.substr(bar + 1));
    CHECK(ask<std::int64_t>(db, "select count(*) from howdah_migrations where status = 'failed'") == 0);
}

/// The schema as pg_dump has it. Not the rows: a server that crashed leaves gaps in its sequences.
std::string dump(const std::string& url) {
    const auto file = std::filesystem::temp_directory_path() / ("howdah_kill_" + std::to_string(::getpid()));
    const auto command = "pg_dump --schema-only -d '" + url + "' -f " + file.string();
    REQUIRE(std::system(command.c_str()) == 0);
    std::ifstream stream(file);
    std::string out, line;
    while (std::getline(stream, line)) // pg_dump guards its scripts with a random word
        if (line.rfind("\\restrict", 0) != 0 && line.rfind("\\unrestrict", 0) != 0) out += line + '\n';
    std::filesystem::remove(file);
    return out;
}

/// The lines from the first on that differ, a few of each; empty if there are none.
std::string difference(const std::string& expected, const std::string& found) {
    const auto at = std::mismatch(expected.begin(), expected.end(), found.begin(), found.end());
    if (at.first == expected.end() && at.second == found.end()) return {};
    const auto offset = static_cast<std::size_t>(at.first - expected.begin());
    const auto begin = offset < 300 ? 0 : offset - 300;
    return "expected: ..." + expected.substr(begin, 600) + "\nfound: ..." + found.substr(begin, 600);
}

bool has_pg_dump() {
    return std::system("pg_dump --version > /dev/null 2>&1") == 0;
}

std::string state_of(howdah::connection& db) {
    return ask<std::string>(
        db, "select string_agg(concat_ws(' ', version, status, statements_done, statements_total, "
            "in_doubt), '|' order by version) || (select count(*) from pg_index where not "
            "indisvalid) || (select count(*) from pg_locks where locktype = 'advisory') "
            "from howdah_migrations");
}

/// What an undisturbed run leaves.
struct expectation {
    explicit expectation(const howdah::migration_set& set) {
        const auto own = fresh_database();
        migrate(own.config(), set);
        auto db = own.connect();
        state = state_of(db);
        if (has_pg_dump()) schema = dump(own.url());
    }
    void check(const std::string& url, howdah::connection& db) const {
        check_honest(db);
        for (int n = 1; ask<bool>(db, "select to_regclass('t_" + std::to_string(n) + "') is not null");
             n += 2)
            CHECK(ask<std::int64_t>(db, "select count(*) from t_" + std::to_string(n) + " where b = 'y'") ==
                  300);
        CHECK(state_of(db) == state);
        if (!schema.empty()) CHECK(difference(schema, dump(url)) == "");
    }
    std::string state, schema;
};

} // namespace

TEST_CASE("a runner killed at any moment of a mixed set goes on, and the history is honest at every moment") {
    const auto seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random(seed);
    const auto set = mixed_files(5);
    const expectation expected(set);
    const int wanted = is_long() ? 300 : 32;
    int kills = 0, databases = 0;
    std::chrono::nanoseconds worst{0};
    unsigned longest = 120'000; // microseconds before a kill; follows what the set takes here
    while (kills < wanted && databases < 3 * wanted) {
        const auto own = fresh_database();
        ++databases;
        auto db = own.connect();
        for (bool done = false; !done;) {
            const auto child = in_child([&] { return migrate(own.config(), set).applied.empty() ? 1 : 0; });
            std::this_thread::sleep_for(std::chrono::microseconds(5'000 + random() % longest));
            ::kill(child, SIGKILL);
            const auto status = status_of(child);
            kills += WIFSIGNALED(status);
            done = WIFEXITED(status);
            longest = done ? std::max(20'000U, longest * 3 / 4) : longest + longest / 32;
            if (done) REQUIRE(WEXITSTATUS(status) <= 1); // 99: it threw
            check_honest(db);
        }
        worst = std::max(worst, waited_for_lock(own.config(), set)); // which the killed ones held
        expected.check(own.url(), db);
    }
    CHECK(kills >= wanted);
    CHECK(worst < std::chrono::seconds{5});
    MESSAGE(kills << " kills in " << databases << " databases, the longest wait after one "
                  << std::chrono::duration_cast<milliseconds>(worst).count() << " ms");
}

TEST_CASE("a server stopped at any moment of a mixed set is migrated to the same end") {
    const auto seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random(seed);
    const auto set = mixed_files(5);
    const expectation expected(set);
    howdah::testing::cluster server;
    const int wanted = is_long() ? 40 : 5;
    int stops = 0, databases = 0;
    unsigned longest = 150'000; // microseconds before a stop; more where a file takes more
    while (stops < wanted) {
        const auto name = "mixed_" + std::to_string(++databases);
        howdah::connection(server.config()).run_script("create database " + name);
        for (bool done = false; !done;) {
            const auto child = in_child([&] {
                try {
                    migrate(server.config(name), set);
                    return 0;
                } catch (const howdah::connection_error&) {
                    return 2;
                }
            });
            std::this_thread::sleep_for(std::chrono::microseconds(5'000 + random() % longest));
            server.restart(howdah::testing::stop_mode::immediate);
            const auto status = status_of(child);
            REQUIRE(WIFEXITED(status));
            REQUIRE((WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 2)); // 99: it threw something else
            done = WEXITSTATUS(status) == 0;
            stops += !done;
            if (!done) longest += longest / 16;
            howdah::connection db(server.config(name));
            check_honest(db);
        }
        migrate(server.config(name), set);
        howdah::connection db(server.config(name));
        expected.check(server.url(name), db);
    }
    MESSAGE(stops << " stops in " << databases << " databases");
}

TEST_CASE("two and eight runners at once on a set with concurrent indexes apply each file once") {
    const auto set = mixed_files(3);
    const expectation expected(set);
    for (int round = 0; round < (is_long() ? 50 : 2); ++round)
        for (const int count : {2, 8}) {
            const auto own = fresh_database();
            std::vector<pid_t> children;
            for (int i = 0; i < count; ++i)
                children.push_back(
                    in_child([&] { return static_cast<int>(migrate(own.config(), set).applied.size()); }));
            int applied = 0;
            for (const auto child : children) {
                const auto status = status_of(child);
                REQUIRE(WIFEXITED(status));
                REQUIRE(WEXITSTATUS(status) <= 7); // 99: it threw, a deadlock for one
                applied += WEXITSTATUS(status);
            }
            CHECK(applied == 7);
            auto db = own.connect();
            expected.check(own.url(), db);
        }
}

TEST_CASE("the lock of a runner that is killed in a long statement is free within five seconds") {
    const auto own = fresh_database();
    auto db = own.connect();
    for (const char* head : {"", "-- howdah: transaction=off\n"}) {
        const auto slow = files({{"1_a.sql", std::string(head) + "select pg_sleep(600)"}});
        const auto child =
            in_child([&] { return static_cast<int>(migrate(own.config(), slow).applied.size()); });
        while (ask<std::int64_t>(
                   db, "select count(*) from pg_stat_activity where query = 'select pg_sleep(600)' and "
                       "wait_event = 'PgSleep'") == 0)
            std::this_thread::sleep_for(milliseconds{5});
        ::kill(child, SIGKILL);
        (void)status_of(child);
        const auto start = steady_clock::now();
        howdah::migration_options options;
        options.lock_timeout = std::chrono::seconds{20};
        CHECK(migrate(own.config(), files({{"1_a.sql", "select 1"}}), options).applied.size() == 1);
        CHECK(steady_clock::now() - start < std::chrono::seconds{5});
        db.run_script("drop table howdah_migrations");
    }
}

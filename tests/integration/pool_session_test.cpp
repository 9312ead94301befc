// SPDX-License-Identifier: BSL-1.0
//
// Whatever a borrower leaves behind in its session, the next one finds it as new, or another session.
#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <string>

#include <howdah/pool.hpp>

#include "test_database.hpp"

namespace {

using namespace std::chrono_literals;
using howdah::connection;
using howdah::execute;
using howdah::pool;
using howdah::pool_config;

howdah::testing::database& data() {
    static auto made = [] {
        auto fresh = howdah::test::fresh_database();
        auto db = fresh.connect();
        db.run_script(
            "create table t (n int); do $$ begin create role howdah_pool_tenant; "
            "exception when duplicate_object then null; end $$; grant howdah_pool_tenant to current_user");
        return fresh;
    }();
    return made;
}

pool_config sized(std::size_t max_size) {
    return {.connection = data().config(), .max_size = max_size};
}

std::string one(howdah::executor& on, const char* query) {
    return on.run(query).value<std::string>(0, 0);
}

/// All of a session that a statement can change and that its next user could notice.
std::string visible_state(connection& db) {
    return one(db, "select concat_ws('|', session_user, current_user, "
                   "(select string_agg(name || '=' || setting, ',' order by name) from pg_settings "
                   "  where source in ('session', 'client') and name not in ('application_name')), "
                   "coalesce(current_setting('app.tenant', true), ''), "
                   "(select count(*) from pg_listening_channels()), "
                   "(select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()), "
                   "(select count(*) from pg_class where relpersistence = 't' and relname = 'scratch' "
                   "  and pg_table_is_visible(oid)), "
                   "(select count(*) from pg_cursors where is_holdable), "
                   "(select count(*) from pg_prepared_statements where from_sql))");
}

struct dirt {
    const char* kind;
    void (*leave)(connection& db);
};

template <class... Texts> void all(connection& db, const Texts&... texts) {
    (execute(db, texts), ...);
}

const dirt kinds[] = {
    {"SET", [](connection& db) { all(db, "set work_mem = '7MB'"); }},
    {"set_config()", [](connection& db) { all(db, "select set_config('app.tenant', 'canary', false)"); }},
    {"SET of the search path", [](connection& db) { all(db, "set search_path = pg_temp, public"); }},
    {"SET of time zone and date style",
     [](connection& db) { all(db, "set timezone = 'Asia/Tokyo'", "set datestyle = 'German'"); }},
    {"SET SESSION CHARACTERISTICS",
     [](connection& db) { all(db, "set session characteristics as transaction read only"); }},
    {"SET ROLE", [](connection& db) { all(db, "set role howdah_pool_tenant"); }},
    {"SET SESSION AUTHORIZATION",
     [](connection& db) { all(db, "set session authorization howdah_pool_tenant"); }},
    {"temporary table", [](connection& db) { all(db, "create temporary table scratch (n int)"); }},
    {"SELECT INTO a temporary table", [](connection& db) { all(db, "select 1 as n into temp scratch"); }},
    {"LISTEN", [](connection& db) { all(db, "listen news"); }},
    {"advisory lock", [](connection& db) { all(db, "select pg_advisory_lock(42)"); }},
    {"tried advisory lock", [](connection& db) { all(db, "select pg_try_advisory_lock(42)"); }},
    {"held cursor",
     [](connection& db) { all(db, "begin", "declare c cursor with hold for select 1", "commit"); }},
    {"PREPARE", [](connection& db) { all(db, "prepare mine as select 1"); }},
    {"open transaction", [](connection& db) { all(db, "begin", "insert into t values (1)"); }},
    {"failed transaction",
     [](connection& db) {
         all(db, "begin");
         CHECK_THROWS_AS(execute(db, "select 1/0"), howdah::server_error);
     }},
    {"SET in an open transaction", [](connection& db) { all(db, "begin", "set work_mem = '7MB'"); }},
    {"several commands in one script",
     [](connection& db) {
         db.run_script("select 1; set app.tenant = 'canary'; listen news; create temp table scratch (n int)");
     }},
    {"SET after a write in one script",
     [](connection& db) { db.run_script("insert into t select 1 where false; set app.tenant = 'canary'"); }},
    {"table in the schema of temporary ones",
     [](connection& db) { all(db, "create table pg_temp.scratch (n int)"); }},
    {"code in a DO block",
     [](connection& db) {
         all(db, "do $$ begin perform set_config('app.tenant', 'canary', false); end $$");
     }},
    {"comments and odd spelling",
     [](connection& db) { all(db, "/* x */ -- y\n SeT\tapp.tenant to 'canary'"); }},
};

TEST_CASE("whatever a borrower leaves in its session, the next one does not find") {
    auto config = sized(1);
    config.reset_timeout = 30s;
    pool db(config);
    const auto clean = visible_state(*db.acquire());
    for (const auto& [kind, leave] : kinds) {
        CAPTURE(kind);
        {
            const auto borrowed = db.acquire();
            leave(*borrowed);
        }
        const auto next = db.acquire();
        CHECK(next->state() == howdah::session_state::idle);
        CHECK(visible_state(*next) == clean);
        CHECK(execute(next, "select 1 from t") == 0);
    }
    CHECK(db.figures().created == 1); // all of it is cleaned, none of it costs the connection
}

TEST_CASE("cleaning keeps what howdah has prepared") {
    pool db(sized(1));
    const auto prepared = [](connection& on) {
        return on.run("select count(*) from pg_prepared_statements where not from_sql")
            .value<std::int64_t>(0, 0);
    };
    std::int64_t before = 0;
    {
        const auto borrowed = db.acquire();
        execute(borrowed, "select 1 from t where n = $1", 5);
        before = prepared(*borrowed);
        execute(borrowed, "set work_mem = '7MB'");
    }
    CHECK(before >= 2);
    CHECK(prepared(*db.acquire()) >= before);
}

TEST_CASE("a clean connection comes back without a word to the server") {
    pool db(sized(1));
    {
        execute(db.acquire(), "insert into t select 1 where false");
    }
    const auto borrowed = db.acquire();
    auto admin = data().connect();
    const auto last =
        admin.run("select query from pg_stat_activity where pid = $1", howdah::bind(borrowed->backend_pid()));
    CHECK(last.value<std::string>(0, 0) == "insert into t select 1 where false");
}

TEST_CASE("a connection that cannot be cleaned in time is replaced, and the borrower not held up") {
    auto config = sized(1);
    config.reset_timeout = 50ms;
    config.connection.cancel_timeout = 100ms;
    pool db(config);
    auto admin = data().connect();
    int stuck = 0;
    {
        auto borrowed = db.acquire();
        stuck = borrowed->backend_pid();
        execute(borrowed, "create temporary table scratch (n int)");
        // The clean-up has to drop the table, and waits for this lock.
        admin.run_script("begin");
        const auto name =
            admin
                .run("select relnamespace::regnamespace || '.scratch' from pg_class where relname = "
                     "'scratch'")
                .value<std::string>(0, 0);
        admin.run_script("lock table " + name + " in access share mode");
        const auto begun = std::chrono::steady_clock::now();
        borrowed.release();
        CHECK(std::chrono::steady_clock::now() - begun < 5s); // and not until the lock is free
    }
    admin.run_script("rollback");
    CHECK(db.acquire()->backend_pid() != stuck);
    CHECK(db.figures().in_use == 0);
}

TEST_CASE("without reset_sessions an open transaction is rolled back and a setting inherited") {
    auto config = sized(1);
    config.reset_sessions = false;
    pool db(config);
    {
        const auto borrowed = db.acquire();
        execute(borrowed, "set work_mem = '7MB'");
        execute(borrowed, "begin");
        execute(borrowed, "insert into t values (1)");
    }
    const auto next = db.acquire();
    CHECK(next->state() == howdah::session_state::idle);
    CHECK(execute(next, "select 1 from t") == 0);
    CHECK(one(*next, "show work_mem") == "7MB");
}

} // namespace

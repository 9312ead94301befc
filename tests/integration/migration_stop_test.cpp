// SPDX-License-Identifier: BSL-1.0
//
// Runs that are stopped before their time, from inside and from another thread, and what statements have to say.
#include <doctest/doctest.h>

#include <chrono>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>

#include <howdah/connection.hpp>
#include <howdah/migration_commands.hpp>

#include "migration_support.hpp"

using howdah::migrate;
using howdah::migration_event;
using howdah::migration_failure;
using howdah::test::ask;
using howdah::test::files;
using howdah::test::fresh_database;
using howdah::test::refusal;

namespace {

/// Waits until a statement like this runs, then asks for the stop.
std::jthread stop_at(howdah::connection& watch, std::stop_source& source, const std::string& text) {
    return std::jthread([&watch, &source, text] {
        const auto question =
            "select exists (select from pg_stat_activity where query like '" + text +
            "' and state = 'active' and pid <> pg_backend_pid() and datname = current_database())";
        for (int tries = 0; tries < 6'000 && !ask<bool>(watch, question); ++tries)
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        source.request_stop();
    });
}

} // namespace

TEST_CASE("a stop that was asked for before the run begins lets nothing begin") {
    const auto own = fresh_database();
    std::stop_source source;
    source.request_stop();
    howdah::migration_options options;
    options.stop = source.get_token();
    const auto set = files({{"1_a.sql", "create table a ()"}});
    CHECK(refusal([&] { migrate(own.config(), set, options); }).kind() == migration_failure::stopped);
    auto db = own.connect();
    CHECK(ask<bool>(db, "select to_regclass('a') is null"));
    CHECK(migrate(own.config(), set).applied.size() == 1);
    // Nothing is to be done: nothing is to be stopped.
    CHECK(migrate(own.config(), set, options).already_applied == 1);
}

TEST_CASE("a stop from inside, between two files, keeps the first") {
    const auto own = fresh_database();
    std::stop_source source;
    howdah::migration_options options;
    options.stop = source.get_token();
    options.on_event = [&](const migration_event& event) {
        if (event.what == migration_event::kind::applied) source.request_stop();
    };
    const auto set = files({{"1_a.sql", "create table a ()"}, {"2_b.sql", "create table b ()"}});
    const auto failure = refusal([&] { migrate(own.config(), set, options); });
    CHECK(failure.kind() == migration_failure::stopped);
    CHECK(failure.cause() == nullptr);
    howdah::test::check_mentions(failure,
                                 "2_b.sql:1:1: stopped here, as it was asked for; nothing of this file");
    auto db = own.connect();
    CHECK(ask<bool>(db, "select to_regclass('a') is not null and to_regclass('b') is null"));
}

TEST_CASE("a stop cancels COMMIT, COPY and the undoing, and the pause before a retry ends") {
    const auto own = fresh_database();
    auto watch = own.connect();
    const auto stopped_at = [&](const howdah::migration_set& set, const std::string& text,
                                bool undo = false) {
        std::stop_source source;
        howdah::migration_options options;
        options.stop = source.get_token();
        const auto stopper = stop_at(watch, source, text);
        const auto failure = refusal([&] {
            if (undo) howdah::undo_migrations(own.config(), set, {}, options);
            else migrate(own.config(), set, options);
        });
        CHECK(failure.kind() == migration_failure::stopped);
    };
    watch.run_script(
        "create table slow (id int);"
        "create function wait() returns trigger language plpgsql as "
        "$$ begin perform pg_sleep(600); return new; end $$;"
        "create constraint trigger late after insert on slow deferrable initially deferred "
        "for each row when (new.id = 1) execute function wait();"
        "create trigger now before insert on slow for each row when (new.id = 2) execute function wait()");
    stopped_at(files({{"1_a.sql", "create table a (); insert into slow values (1)"}}), "COMMIT");
    stopped_at(files({{"1_a.sql", "create table a (); copy slow from stdin;\n2\n\\.\n"}}), "copy slow%");
    const auto set =
        files({{"1_a.sql", "create table a ()"}, {"1_a.down.sql", "drop table a; select pg_sleep(600)"}});
    migrate(own.config(), set);
    stopped_at(set, "select pg_sleep(600)%", true);
    CHECK(ask<bool>(watch, "select to_regclass('a') is not null and (select count(*) = 0 from slow)"));
    CHECK(ask<std::string>(watch, "select status from howdah_migrations") == "applied");
    // A table that somebody holds.
    auto holder = own.connect();
    holder.run_script("begin; lock table slow");
    std::stop_source source;
    howdah::migration_options options;
    options.stop = source.get_token();
    options.table_lock_timeout = std::chrono::milliseconds(1);
    options.table_lock_retries = 1'000;
    std::chrono::steady_clock::time_point asked;
    std::jthread stopper;
    options.on_event = [&](const migration_event& event) {
        if (event.what != migration_event::kind::retrying || event.attempt != 6)
            return; // before a pause of 3.2 s
        stopper = std::jthread([&source, &asked] {
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
            asked = std::chrono::steady_clock::now();
            source.request_stop();
        });
    };
    const auto late = files({{"1_a.sql", "create table a ()"}, {"2_b.sql", "alter table slow add n int"}});
    CHECK(refusal([&] { migrate(own.config(), late, options); }).kind() == migration_failure::stopped);
    stopper.join();
    CHECK(std::chrono::steady_clock::now() - asked < std::chrono::milliseconds(2'500));
    CHECK(ask<std::int64_t>(watch, "select count(*) from pg_locks where locktype = 'advisory'") == 0);
}

TEST_CASE(
    "what a statement has to say is told, what our own statements say is not, and a throw ends the run") {
    const auto own = fresh_database();
    std::string told;
    int heard_by_config = 0;
    bool throws = false;
    auto config = own.config();
    config.on_notice = [&](const howdah::server_message&) { ++heard_by_config; };
    howdah::migration_options options;
    options.schema = "kept"; // made with IF NOT EXISTS
    options.on_event = [&](const migration_event& event) {
        if (event.what == migration_event::kind::notice)
            told += std::string(event.file) + '=' + std::string(event.message) + ';';
        if (event.what == migration_event::kind::warning) told += '!' + std::string(event.message) + ';';
        if (throws && event.what == migration_event::kind::notice) throw std::runtime_error("enough");
    };
    own.connect().run_script("create schema kept");
    const auto set = files({{"1_a.sql", "do $$ begin raise notice 'half'; raise warning 'hot'; end $$;"}});
    migrate(config, set, options);
    CHECK(told == "1_a.sql=half;!1_a.sql: hot;");
    CHECK(heard_by_config >= 2);
    throws = true;
    const auto more = files({{"1_a.sql", "do $$ begin raise notice 'half'; raise warning 'hot'; end $$;"},
                             {"2_b.sql", "create table b (); do $$ begin raise notice 'x'; end $$;"}});
    CHECK_THROWS_WITH(migrate(config, more, options), "enough");
    auto db = own.connect();
    CHECK(ask<bool>(db, "select to_regclass('b') is null"));
}

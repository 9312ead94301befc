// SPDX-License-Identifier: BSL-1.0
//
// Migrating with allocations that fail: each file is applied and recorded or neither, the lock is given back, and a
// second run brings the rest.
#include <doctest/doctest.h>

#include <cstdlib>
#include <string>

#include <howdah/migration.hpp>

#include "failing_operations.hpp"
#include "migration_support.hpp"

namespace {

using namespace howdah;
using namespace howdah::test;

constexpr std::size_t most_allocations = 5000;

/// In one transaction, by steps, with data, and one that says something.
migration_set three_files() {
    return files(
        {{"0001_places.sql", "create table places (id integer primary key, name text);\n"
                             "insert into places values (1, 'a name that is not that short');\n"
                             "do $$ begin raise notice 'places are there, all of them'; end $$;\n"},
         {"0002_steps.sql", "-- howdah: transaction=off\ncreate table steps (id integer);\n"
                            "create index concurrently steps_id on steps (id);\n"},
         {"0003_more_places.sql", "insert into places values (2, 'another one of these names');\n"}});
}

void drop_all(connection& on) {
    on.run_script("drop table if exists places, steps, howdah_migrations");
}

/// The session of a run that failed may still be on its way out.
void wait_for_its_end(connection& on) {
    for (int i = 0; i < 400; ++i) {
        if (ask<bool>(on, "select not exists (select from pg_locks where locktype = 'advisory')")) return;
        on.run_script("select pg_sleep(0.005)");
    }
}

/// What is there is what the history says, and nobody holds a lock.
void check_history(connection& on) {
    CHECK(ask<std::int64_t>(on, "select count(*) from pg_locks where locktype = 'advisory'") == 0);
    const bool begun = ask<bool>(on, "select to_regclass('howdah_migrations') is not null");
    const auto applied = [&](const char* version) {
        return begun &&
               ask<bool>(on, std::string("select exists (select from howdah_migrations where version = '") +
                                 version + "' and status = 'applied')");
    };
    const bool places = ask<bool>(on, "select to_regclass('places') is not null");
    CHECK(places == applied("1"));
    CHECK((places && ask<std::int64_t>(on, "select count(*) from places") == 2) == applied("3"));
    if (applied("2")) CHECK(ask<bool>(on, "select to_regclass('steps_id') is not null"));
}

} // namespace

namespace {

// A run has some hundreds of allocations and takes some dozen round trips: not each of them is tried.
void migrate_failing(shortage how, std::size_t first, std::size_t stride) {
    const auto set = three_files();
    const auto config = stage().config();
    auto& witness = stage().witness();
    bool failed = true;
    std::size_t nth = first;
    for (; failed && nth < most_allocations; nth += stride) {
        CAPTURE(nth);
        CAPTURE(how);
        drop_all(witness);
        const auto end = run_failing(nth, how, [&] { return migrate(config, set).applied.size() == 3; });
        failed = end.any_failed;
        CAPTURE(end.said);
        CHECK((end.what == ending::kind::right || end.what == ending::kind::no_memory));
        wait_for_its_end(witness);
        check_history(witness);
        REQUIRE_NOTHROW(migrate(config, set));
        CHECK(migrate(config, set).already_applied == 3);
        check_history(witness);
    }
    CHECK(nth < most_allocations);
    if (std::getenv("HOWDAH_SHOW_ALLOCATIONS")) MESSAGE("migrations: ", nth, " allocations");
}

} // namespace

TEST_CASE("migrations survive an allocation that fails") {
    migrate_failing(shortage::once, 1, 7);
}
TEST_CASE("migrations survive memory that runs out") {
    migrate_failing(shortage::from_then, 4, 19);
}

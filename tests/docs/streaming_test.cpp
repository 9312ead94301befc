// SPDX-License-Identifier: BSL-1.0
//
// The code of docs/streaming.md.
#include <doctest/doctest.h>

#include <howdah/copy_views.hpp>
#include <howdah/pipeline.hpp>
#include <howdah/pool.hpp>
#include <howdah/stream.hpp>
#include <howdah/views.hpp>

#include "test_database.hpp"

namespace {

// [event]
struct event {
    std::int64_t id;
    std::string kind;
    std::optional<std::string> note;
};
// [event-end]

// [event_view]
struct event_view {
    std::int64_t id;
    std::string_view kind;
    std::optional<std::string_view> note;
};
// [event_view-end]

void fill(howdah::connection& db) {
    db.run_script("create table events (id bigint primary key, kind text not null, note text);"
                  "insert into events select n, 'kind ' || n % 3, null from generate_series(1, 1000) n");
}

TEST_CASE("streaming: rows one at a time") {
    const auto database = howdah::test::fresh_database();
    howdah::connection db{database.config()};
    fill(db);
    std::size_t seen = 0;
    const auto publish = [&](const event&) { ++seen; };
    // [stream]
    for (const event& one : howdah::stream<event>(db, "select * from events where id > $1", 10)) publish(one);
    // [stream-end]
    CHECK(seen == 990);
    // [slowly]
    howdah::statement slowly = "select * from events where id = $1";
    slowly.rows_at_once = 1;
    for (const event& one : howdah::stream<event>(db, slowly, 10)) publish(one);
    // [slowly-end]
    CHECK(seen == 991);
    // [streamed]
    std::vector<event> all = howdah::query_streamed<event>(db, "select * from events");
    // [streamed-end]
    CHECK(all.size() == 1000);
}

TEST_CASE("streaming: ending early") {
    const auto database = howdah::test::fresh_database();
    howdah::pool pool{{.connection = database.config()}};
    fill(*pool.acquire());
    // [early]
    auto rows = howdah::stream<event>(pool, "select * from events order by id"); // a connection of its own
    for (event& one : rows) {
        if (one.kind == "kind 0") break;
        howdah::execute(pool, "update events set note = 'seen' where id = $1", one.id); // another connection
    }
    rows.close(); // or at the end of its scope
    // [early-end]
    CHECK(howdah::query_one<std::int64_t>(pool, "select count(*) from events where note = 'seen'") == 2);
}

TEST_CASE("streaming: views") {
    const auto database = howdah::test::fresh_database();
    howdah::connection db{database.config()};
    fill(db);
    // [views]
    std::size_t length = 0;
    const auto events = howdah::query_views<event_view>(db, "select * from events"); // the data is here
    for (const event_view& one : events) length += one.kind.size() + one.note.value_or("").size();
    // [views-end]
    CHECK(length == 6000);
    // [copy_views]
    std::size_t rare = 0;
    const auto copied =
        howdah::copy_views<event_view>(db, "select id, kind, note from events where id > $1", 10);
    for (const event_view& one : copied) rare += one.kind == "kind 2" ? 1 : 0;
    // [copy_views-end]
    CHECK(rare == 330);
}

TEST_CASE("streaming: a pipeline") {
    const auto database = howdah::test::fresh_database();
    howdah::connection db{database.config()};
    fill(db);
    // [pipeline]
    howdah::pipeline batch(db);
    auto first = batch.query_one<event>("select * from events where id = $1", 1);
    auto rare = batch.query<event>("select * from events where kind = $1", "kind 2");
    auto noted = batch.execute("update events set note = 'seen' where id = $1", 1);
    batch.run(); // one round trip
    const std::string kind = first.get().kind;
    const std::size_t touched = noted.get();
    // [pipeline-end]
    CHECK(kind == "kind 1");
    CHECK(touched == 1);
    CHECK(rare.get().size() == 333);
}

} // namespace

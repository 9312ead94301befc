// SPDX-License-Identifier: BSL-1.0
//
// The functions of `migrate add howdah_functions`, on tables with other triggers and under writers.
#include <doctest/doctest.h>

#include <atomic>
#include <fstream>
#include <sstream>
#include <thread>
#include <vector>

#include <howdah/connection.hpp>
#include <howdah/query.hpp>

#include "started.hpp"

using howdah::connection;
using howdah::query_one;
using howdah::test::comes_true;
using howdah::test::started;
using howdah::test::workplace;

namespace {

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != text.npos;
}

/// A database with the functions and a table in use.
void begin(const workplace& in, int rows) {
    in.write("migrations/0001_orders.sql",
             "create table orders (id bigint generated always as identity primary key, price int not null,\n"
             "    total int, note text);\n"
             "insert into orders (price) select i % 100 from generate_series(1, " +
                 std::to_string(rows) + ") i;\n");
    REQUIRE(
        in.run("howdah db create && howdah migrate run && howdah migrate add howdah_functions --down").code ==
        0);
    const auto run = in.run("howdah migrate run");
    REQUIRE_MESSAGE(run.code == 0, run.err);
}

/// The text of a file between two marks.
std::string part_of(const std::string& path, const std::string& from, const std::string& to) {
    std::ifstream file(path);
    std::stringstream all;
    all << file.rdbuf();
    const auto text = all.str();
    const auto begin = text.find(from);
    REQUIRE(begin != text.npos);
    return text.substr(begin, text.find(to, begin) - begin);
}

/// Runs a statement that the server refuses; the words of it.
std::string refused(connection& on, const std::string& text) {
    try {
        on.run_script(text);
    } catch (const howdah::server_error& failure) {
        return failure.full_message();
    }
    return "not refused";
}

} // namespace

TEST_CASE("drafts for tables in use are clean, and run as they are") {
    const workplace in;
    begin(in, 10);
    REQUIRE(
        in.run("for name in version_orders feed_of_orders; do howdah migrate add $name --down; done").code ==
        0);
    CHECK(in.run("howdah migrate lint").out == "0 errors, 0 warnings, 0 ignored with a reason\n");
    const auto run = in.run("howdah migrate run");
    CHECK_MESSAGE(run.out.ends_with("2 applied, 2 already there\n"), run.err);
    connection on({.url = in.url()});
    CHECK(query_one<int>(on, "update orders set note = 'x' where id = 1 returning version") == 2);
    CHECK(query_one<bool>(on, "select indisvalid and indpred is not null from pg_index "
                              "where indexrelid = 'orders_feed_idx'::regclass"));
    // And back.
    CHECK_MESSAGE(in.run("howdah migrate undo --to 1").out.ends_with("3 migrations taken back\n"), "undone");
    CHECK(query_one<std::int64_t>(on, "select count(*) from pg_proc where proname like 'howdah%'") == 0);
    CHECK(query_one<std::int64_t>(on, "select count(*) from pg_trigger where not tgisinternal") == 0);
    // One that is not written refuses to run.
    REQUIRE(
        in.run("howdah migrate add howdah_functions && howdah migrate add backfill_total_of_orders").code ==
        0);
    const auto unwritten = in.run("howdah migrate run");
    CHECK(unwritten.code == 1);
    CHECK(contains(unwritten.err, "column \"write_me\" does not exist"));
}

TEST_CASE("attaching names the other triggers, wants the columns, and heeds the mark of a table") {
    const workplace in;
    begin(in, 10);
    connection on({.url = in.url()});
    CHECK(contains(refused(on, "select howdah_attach_touch('orders')"),
                   "the table orders lacks version and updated_at"));
    on.run_script(
        "alter table orders add version int not null default 1, add updated_at timestamptz default now();"
        "create function note() returns trigger language plpgsql as "
        "$$ begin new.note := 'seen'; new.version := 77; return new; end $$;"
        "create trigger a_note before insert or update on orders for each row execute function note();"
        "create trigger of_no_row before update on orders execute function note();"
        "create trigger b_after after update on orders for each row execute function note()");
    in.write("migrations/20991231000000_attach.sql", "select howdah_attach_touch('orders');\n");
    const auto run = in.run("howdah migrate run");
    CHECK(run.code == 0);
    CHECK(run.err == "notice: the trigger a_note of orders fires before zz_howdah_touch\n");
    on.run_script("drop trigger of_no_row on orders");
    CHECK(query_one<std::string>(on, "update orders set price = 1 where id = 1 returning version || note") ==
          "2seen");
    on.run_script("create trigger zzz before update on orders for each row execute function note()");
    in.write("migrations/20991231000001_again.sql", "select howdah_attach_touch('orders');\n");
    CHECK(contains(in.run("howdah migrate run").err,
                   "warning: migrations/20991231000001_again.sql: the trigger zzz of orders fires after "
                   "zz_howdah_touch and may change the version; rename it"));
    CHECK(query_one<std::int64_t>(on, "select count(*) from pg_trigger where tgname = 'zz_howdah_touch'") ==
          1);
    on.run_script("select howdah_detach_touch('orders'); select howdah_detach_touch('orders');"
                  "comment on table orders is 'Numbers. howdah: unversioned, given out elsewhere'");
    CHECK(contains(refused(on, "select howdah_attach_touch('orders')"), "the table orders gets no version"));
    CHECK(query_one<std::int64_t>(on, "select count(*) from pg_trigger where tgname = 'zz_howdah_touch'") ==
          0);
}

TEST_CASE("a backfill under writers: every row once, nobody fails or waits long, and it can be stopped") {
    const workplace in;
    begin(in, 100'000);
    connection on({.url = in.url()});
    on.run_script(
        "alter table orders add changes int not null default 0;"
        "create function count_changes() returns trigger language plpgsql as "
        "$$ begin if new.total is distinct from old.total then new.changes := old.changes + 1; end if; "
        "return new; end $$;"
        "create trigger a_count before update on orders for each row execute function count_changes()");
    std::atomic<bool> ends{false};
    std::atomic<int> written{0}, failed{0};
    std::atomic<long> longest{0};
    std::vector<std::jthread> writers;
    for (int number = 0; number < 3; ++number)
        writers.emplace_back([&, number] {
            connection db({.url = in.url()});
            for (long i = number; !ends; i += 3) {
                const auto start = std::chrono::steady_clock::now();
                try { // two rows, in either order; and one more, as the new program writes it
                    db.run_script(
                        "begin; set local lock_timeout = '5s'; update orders set note = 'w' where id = " +
                        std::to_string(1 + i * 7919 % 100'000) +
                        "; update orders set note = 'w' where id = " +
                        std::to_string(1 + i * 104'729 % 100'000) +
                        "; insert into orders (price, total) values (1, 2); commit");
                    ++written;
                } catch (const howdah::server_error&) {
                    ++failed;
                    db.run_script("rollback");
                }
                const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
                    std::chrono::steady_clock::now() - start);
                longest = std::max<long>(longest, took.count());
            }
        });
    in.write("migrations/20991231000000_fill.sql",
             "-- howdah: transaction=off\ncall howdah_backfill('orders', 'total = price * 2', 'total is "
             "null', 500, "
             "'10ms');\n"); // 2 s at least: the signal comes before its end
    // What was done before it was stopped stays done.
    started first(in, "howdah migrate run");
    REQUIRE(comes_true([&] {
        return query_one<bool>(on,
                               "select exists (select from orders where total is not null and id <= 100000)");
    }));
    first.send(SIGINT);
    CHECK(first.end() == 130);
    CHECK_MESSAGE(contains(first.err(), "save for what this statement did outside a transaction"),
                  first.err());
    CHECK(query_one<bool>(on, "select exists (select from orders where total is null)"));
    const auto run = in.run("howdah migrate run");
    CHECK_MESSAGE(run.code == 0, run.err);
    ends = true;
    writers.clear();
    MESSAGE(written.load() << " transactions of writers, the longest " << longest.load() << " ms");
    CHECK(failed == 0);
    CHECK(written > 0);
    CHECK(query_one<std::int64_t>(on, "select count(*) from orders where total is distinct from price * 2") ==
          0);
    CHECK(query_one<std::int64_t>(on, "select count(*) from orders where id <= 100000 and changes <> 1") ==
          0);
}

TEST_CASE(
    "a backfill that could not end is refused, and one that cannot be made says how many rows are left") {
    const workplace in;
    begin(in, 10);
    connection on({.url = in.url()});
    CHECK(contains(refused(on, "call howdah_backfill('orders', 'total = price', 'price >= 0')"),
                   "(price >= 0) is still true after (total = price), so this would never end"));
    CHECK(query_one<std::int64_t>(on, "select count(total) from orders") == 0);
    CHECK(contains(refused(on, "call howdah_backfill('orders', 'total = 1', 'total is null', 0)"),
                   "at least one row"));
    on.run_script("create table parts (id int) partition by range (id)");
    CHECK(contains(refused(on, "call howdah_backfill('parts', 'id = 1', 'id is null')"),
                   "howdah_backfill of parts: it is no ordinary table"));
    on.run_script("create function keep() returns trigger language plpgsql as $$ begin return null; end $$;"
                  "create trigger keep before update on orders for each row execute function keep()");
    CHECK(contains(refused(on, "call howdah_backfill('orders', 'total = 1', 'total is null')"),
                   "howdah_backfill of orders: 10 left"));
}

TEST_CASE("the sample of the library has the same functions") {
    const std::string root = HOWDAH_DOCS "/../";
    for (const auto& [from, to] : {std::pair{"create or replace function howdah_touch", "\n-- Attaches"},
                                   std::pair{"create or replace function howdah_attach_touch", "\n-- Takes"},
                                   std::pair{"create or replace function howdah_detach_touch", "$$;"}})
        CHECK(part_of(root + "tools/howdah/functions/1_howdah_functions.sql", from, to) ==
              part_of(root + "migrations/20260101090000_create_users.sql", from, to));
}

// SPDX-License-Identifier: BSL-1.0
//
// Conditional updates of many rows: the truth table of the single form holds for each item, whatever becomes of its
// neighbours, on every executor, at read committed and serializable; and two callers never wait in a circle.
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <howdah/pool.hpp>
#include <howdah/repository.hpp>
#include <howdah/transaction.hpp>

#include "note_situations.hpp"

namespace {

using howdah::connection;
using howdah::transaction;
using howdah::update_outcome;
using howdah::test::note;
using howdah::test::situation;
using howdah::test::situations;
using howdah::test::wait_until_blocked;
using howdah::test::waits;
using stage = howdah::test::note_stage;
using results = std::vector<howdah::update_result<note>>;
using enum update_outcome;

struct ticket {
    howdah::uuid id;
    std::string state, tag;
    std::vector<std::int32_t> seats;
    std::int64_t version = 0;
};

} // namespace

template <> struct howdah::table<ticket> {
    static constexpr auto name = "tickets", key = "id", version = "version";
};

namespace {

const howdah::repository<note> notes;
const howdah::repository<ticket> tickets;

struct item {
    std::int32_t id = 0, version = 0;
    std::string body;
};

struct ending {
    std::optional<results> value;
    std::string sqlstate;
};

/// The row of the situation in the middle of others.
ending attempt(howdah::executor& on, const situation& now) {
    try {
        return {notes.update_many_if_version(on, std::vector<item>{{3, 3, "fine"},
                                                                   {now.id, now.expected, now.body},
                                                                   {2, 7, "stale"},
                                                                   {500, 1, "gone"}}),
                {}};
    } catch (const howdah::server_error& failure) {
        return {{}, std::string(failure.sqlstate().text())};
    }
}

using run_on = std::function<ending(const situation&)>;

void check_outcome(const howdah::update_result<note>& of, const situation& now) {
    CHECK(of.outcome() == now.outcome);
    if (const auto* stale = of.conflict()) {
        CHECK(stale->current.version == now.current);
        CHECK(stale->current.id == 1);
    }
    if (of) {
        CHECK(of->version == 4);
        CHECK(of->body == now.body);
    }
}

void check(stage& on, const run_on& run, const situation& now, bool serializable) {
    on.put(now.row);
    on.admin.run_script(
        "insert into notes (id, tenant, body, version) values (2, 'blue', 'old', 3), (3, 'blue', 'old', 3)");
    ending end;
    if (now.rival) {
        on.rival.run_script("begin");
        on.rival.run_script(now.rival);
        std::jthread ours([&] { end = run(now); });
        if (waits(now)) REQUIRE(wait_until_blocked(on.admin));
        else ours.join();
        on.rival.run_script(now.rival_ends);
    } else {
        end = run(now);
    }
    const auto row = on.stored(), other = howdah::repository<note>().find(on.admin, 3);
    REQUIRE(other);
    if (serializable && now.failure_when_serializable) {
        CHECK(end.sqlstate == "40001");
        CHECK(other->version == 3);
        return;
    }
    CHECK(end.sqlstate == "");
    REQUIRE(end.value.has_value());
    REQUIRE(end.value->size() == 4);
    check_outcome((*end.value)[1], now);
    CHECK(other->version == (now.by_reader ? 3 : 4));
    if (now.by_reader) { // as the single form has it: nothing that may not be written is looked at
        for (const auto& one : *end.value) CHECK(one.denied());
    } else {
        CHECK((*end.value)[0]);
        REQUIRE((*end.value)[2].conflict());
        CHECK((*end.value)[2].conflict()->current.version == 3);
        CHECK((*end.value)[3].not_found());
    }
    CHECK(row.has_value() == now.stored.has_value());
    if (row) {
        CHECK(row->version == *now.stored);
        CHECK((row->body == "mine") == (now.outcome == updated));
    }
}

void check_all(stage& on, const char* isolation,
               const std::function<run_on(howdah::connection_config)>& make) {
    const run_on by_writer = make(on.config(on.writer, isolation));
    const run_on by_reader = make(on.config(on.reader, isolation));
    for (const auto& now : situations) {
        CAPTURE(now.name);
        CAPTURE(isolation);
        check(on, now.by_reader ? by_reader : by_writer, now, isolation == std::string("serializable"));
    }
}

run_on on_connection(howdah::connection_config config) {
    const auto db = std::make_shared<connection>(std::move(config));
    return [db](const situation& now) { return attempt(*db, now); };
}
run_on on_pool(howdah::connection_config config) {
    const auto db =
        std::make_shared<howdah::pool>(howdah::pool_config{.connection = std::move(config), .max_size = 2});
    return [db](const situation& now) { return attempt(*db, now); };
}
run_on in_transaction(howdah::connection_config config) {
    const auto db = std::make_shared<connection>(std::move(config));
    return [db](const situation& now) {
        transaction tx(*db);
        auto end = attempt(tx, now);
        if (end.value) tx.commit();
        return end;
    };
}

TEST_CASE_FIXTURE(stage, "bulk updates on a connection, read committed: every situation has its outcome") {
    check_all(*this, "read\\ committed", on_connection);
}
TEST_CASE_FIXTURE(stage, "bulk updates on a connection, serializable: every situation has its outcome") {
    check_all(*this, "serializable", on_connection);
}
TEST_CASE_FIXTURE(stage, "bulk updates in a transaction, read committed: every situation has its outcome") {
    check_all(*this, "read\\ committed", in_transaction);
}
TEST_CASE_FIXTURE(stage, "bulk updates in a transaction, serializable: every situation has its outcome") {
    check_all(*this, "serializable", in_transaction);
}
TEST_CASE_FIXTURE(stage, "bulk updates on a pool, read committed: every situation has its outcome") {
    check_all(*this, "read\\ committed", on_pool);
}
TEST_CASE_FIXTURE(stage, "bulk updates on a pool, serializable: every situation has its outcome") {
    check_all(*this, "serializable", on_pool);
}

void fill(stage& on, int rows) {
    on.admin.run_script("truncate notes; insert into notes (id, tenant, body) select i, 'blue', 'old' from "
                        "generate_series(-" +
                        std::to_string(rows / 2) + ", " + std::to_string(rows / 2 - 1) + ") i");
}

TEST_CASE_FIXTURE(stage, "the answers are in the order of the items, and nothing to do is no statement") {
    connection db(config(writer, "read\\ committed"));
    fill(*this, 2000);
    std::vector<item> items;
    for (int i = 0; i < 2000; ++i)
        items.push_back({(i * 1237) % 2000 - 1000, i % 3 == 0 ? 9 : 1, "b" + std::to_string(i)});
    const auto answers = notes.update_many_if_version(db, items);
    REQUIRE(answers.size() == items.size());
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (i % 3 == 0) wrong += !answers[i].conflict() || answers[i].conflict()->current.id != items[i].id;
        else wrong += !answers[i] || answers[i]->id != items[i].id || answers[i]->body != items[i].body;
    }
    CHECK(wrong == 0);
    CHECK(notes.update_many_if_version(db, std::vector<item>{}).empty());
}

TEST_CASE_FIXTURE(stage, "two items with the same key are refused before anything is sent") {
    connection db(config(writer, "read\\ committed"));
    fill(*this, 10);
    try {
        (void)notes.update_many_if_version(db, std::vector<item>{{1, 1, "a"}, {2, 1, "b"}, {1, 1, "c"}});
        FAIL("nothing was thrown");
    } catch (const howdah::usage_error& refusal) {
        CHECK(std::string(refusal.what()) == "items 0 and 2 have the same key: one call updates a row once");
    }
    CHECK(stored()->version == 1);
}

TEST_CASE_FIXTURE(
    stage, "all or none: one stale item keeps all as they are, also inside a transaction that goes on") {
    connection db(config(writer, "read\\ committed"));
    const auto versions = "select sum(version) from notes";
    const std::vector<item> good{{1, 1, "a"}, {2, 1, "b"}}, bad{{3, 1, "a"}, {4, 2, "b"}},
        refused{{3, 1, "a"}, {4, 1, "forbidden"}};
    fill(*this, 10);
    CHECK(notes.update_all_if_version(db, good).applied);
    CHECK(howdah::query_one<int>(admin, versions) == 12);
    const auto stale = notes.update_all_if_version(db, bad);
    CHECK_FALSE(stale);
    CHECK(stale.outcomes[0].outcome() == updated);
    CHECK(stale.outcomes[1].conflict()->current.version == 1);
    CHECK(notes.update_all_if_version(db, refused).outcomes[1].denied());
    CHECK(howdah::query_one<int>(admin, versions) == 12);
    {
        transaction tx(db);
        CHECK(notes.update_if_version(tx, 0, 1, howdah::set<&note::body>("kept")));
        CHECK_FALSE(notes.update_all_if_version(tx, bad).applied);
        CHECK_FALSE(notes.update_all_if_version(tx, refused).applied);
        CHECK(notes.update_all_if_version(tx, std::vector<item>{}).applied);
        tx.commit();
    }
    CHECK(howdah::query_one<int>(admin, versions) == 13);
}

TEST_CASE_FIXTURE(stage,
                  "two writers of the same rows, in opposite orders: no deadlock, and no update is lost") {
    constexpr int rows = 200, rounds = 15;
    fill(*this, rows);
    std::atomic<int> written{0}, failures{0};
    const auto write = [&](bool backwards) {
        connection db(config(writer, "read\\ committed"));
        for (int round = 0; round < rounds; ++round) {
            auto seen = notes.find_all(db);
            if (backwards) std::reverse(seen.begin(), seen.end());
            std::vector<item> items;
            for (const auto& row : seen) items.push_back({row.id, row.version, backwards ? "b" : "f"});
            try {
                for (const auto& one : notes.update_many_if_version(db, items)) {
                    written += static_cast<bool>(one);
                    failures += one.denied() || one.not_found();
                }
            } catch (const howdah::error&) {
                ++failures;
            }
        }
    };
    {
        std::jthread forwards([&] { write(false); }), back([&] { write(true); });
    }
    CHECK(failures == 0);
    CHECK(howdah::query_one<int>(admin, "select sum(version) from notes") == rows + written);
}

TEST_CASE_FIXTURE(stage, "keys and versions of other types, and columns that want a cast") {
    admin.run_script("create type state as enum ('open', 'shut'); create table tickets (id uuid primary key, "
                     "state state not "
                     "null, tag varchar(3) not null, seats int[] not null, version int not null)");
    admin.run_script("grant all on tickets to " + writer.name());
    connection db(config(writer, "read\\ committed"));
    const auto one = howdah::uuid::parse("123e4567-e89b-12d3-a456-426614174000"),
               two = howdah::uuid::parse("00000000-0000-4000-8000-000000000001");
    (void)tickets.insert_many(db, std::vector<ticket>{{one, "open", "a", {1}, 1}, {two, "open", "b", {}, 1}});
    struct change_of_ticket {
        howdah::uuid id;
        std::int64_t version;
        std::string state;
        std::vector<std::int32_t> seats;
    };
    const auto answers = tickets.update_many_if_version(
        db, std::vector<change_of_ticket>{{one, 1, "shut", {1, 2}}, {two, 5, "shut", {3}}});
    REQUIRE(answers[0]);
    CHECK(answers[0]->state == "shut");
    CHECK(answers[0]->seats == std::vector<std::int32_t>{1, 2});
    CHECK(answers[1].conflict()->current.state == "open");
    struct retagged {
        howdah::uuid id;
        std::int64_t version;
        std::string tag;
    };
    CHECK_THROWS_AS(
        (void)tickets.update_many_if_version(db, std::vector<retagged>{{two, 1, "longer than three"}}),
        howdah::server_error);
    CHECK(tickets.update_many_if_version(db, std::vector<retagged>{{two, 1, "abc"}})[0]->tag == "abc");
}

} // namespace

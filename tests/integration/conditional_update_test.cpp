// SPDX-License-Identifier: BSL-1.0
//
// The complete outcome matrix of a conditional write: every situation a row can be in, for update and
// erase, on every executor, at
// read committed and serializable, by a role that row security applies to, with real concurrent sessions.
#include <doctest/doctest.h>

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include <howdah/pool.hpp>
#include <howdah/repository.hpp>
#include <howdah/transaction.hpp>

#include "note_stage.hpp"

namespace {

using howdah::connection;
using howdah::set;
using howdah::transaction;
using howdah::update_outcome;
using howdah::test::note;
using howdah::test::wait_until_blocked;
using stage = howdah::test::note_stage;
using result = howdah::update_result<note>;

const howdah::repository<note> notes;

enum class write { update, erase };

struct situation {
    const char* name;
    const char* row = "'blue', 'old', false, false, false"; // tenant, body, hidden, locked, mute
    const char* rival = nullptr; // a statement that another session has not committed yet
    const char* rival_ends = "commit";
    update_outcome outcome = update_outcome::updated;
    bool failure_when_serializable = false; // 40001
    const char* body = "mine";              // what is written
    std::int32_t id = 1, expected = 3;      // the row is id 1, version 3
    bool by_reader = false;                 // a role that may only read
    bool only_update = false;
    std::int32_t current = 0; // the version that a conflict shows
    std::optional<std::int32_t> stored = 3;
};

using enum update_outcome;

constexpr auto situations = std::to_array<situation>({
    {.name = "nobody else", .stored = 4},
    {.name = "stale", .outcome = conflict, .expected = 2, .current = 3},
    {.name = "from the future", .outcome = conflict, .expected = 99, .current = 3},
    {.name = "missing", .outcome = not_found, .id = 999},
    {.name = "hidden by the SELECT policy", .row = "'blue', 'old', true, false, false", .outcome = not_found},
    {.name = "of another tenant, right version",
     .row = "'green', 'old', false, false, false",
     .outcome = not_found},
    {.name = "of another tenant, wrong version",
     .row = "'green', 'old', false, false, false",
     .outcome = not_found,
     .expected = 2},
    {.name = "visible, but no policy lets us write",
     .row = "'blue', 'old', false, true, false",
     .outcome = denied},
    {.name = "visible, no policy lets us write, and stale",
     .row = "'blue', 'old', false, true, false",
     .outcome = conflict,
     .expected = 2,
     .current = 3},
    {.name = "a BEFORE trigger returns NULL", .row = "'blue', 'old', false, false, true", .outcome = denied},
    {.name = "no privilege to write", .outcome = denied, .by_reader = true},
    {.name = "the new row violates WITH CHECK", .outcome = denied, .body = "forbidden", .only_update = true},
    {.name = "the new row would not be visible", .outcome = denied, .body = "vanish", .only_update = true},
    {.name = "lost a race",
     .rival = "update notes set body = 'theirs' where id = 1",
     .outcome = conflict,
     .failure_when_serializable = true,
     .current = 4,
     .stored = 4},
    {.name = "lost a race against two updates",
     .rival = "update notes set body = 'theirs' where id = 1; update notes set body = 'too' where id = 1",
     .outcome = conflict,
     .failure_when_serializable = true,
     .current = 5,
     .stored = 5},
    {.name = "the rival rolls back",
     .rival = "update notes set body = 'theirs' where id = 1",
     .rival_ends = "rollback",
     .stored = 4},
    {.name = "deleted while waiting",
     .rival = "delete from notes where id = 1",
     .outcome = not_found,
     .failure_when_serializable = true,
     .stored = std::nullopt},
    {.name = "hidden while waiting",
     .rival = "update notes set hidden = true where id = 1",
     .outcome = not_found,
     .failure_when_serializable = true,
     .stored = 4},
    {.name = "locked, but not changed, by the rival",
     .rival = "select from notes where id = 1 for update",
     .stored = 4},
    {.name = "the version that the rival is committing was expected",
     .rival = "update notes set body = 'theirs' where id = 1",
     .outcome = conflict, // decided without waiting, in the snapshot before the commit
     .expected = 4,
     .current = 3,
     .stored = 4},
});

/// Waits only where the write does: the expected version has to be the one that the rival holds.
constexpr bool waits(const situation& of) {
    return of.rival && of.expected == 3;
}

/// What a write can end in: an outcome, or the SQLSTATE of an exception.
struct ending {
    std::optional<result> value;
    std::string sqlstate;
};

ending attempt(howdah::executor& on, write what, const situation& now) {
    try {
        if (what == write::erase) return {notes.erase_if_version(on, now.id, now.expected), {}};
        return {notes.update_if_version(on, now.id, now.expected, set<&note::body>(now.body)), {}};
    } catch (const howdah::server_error& failure) {
        return {{}, std::string(failure.sqlstate().text())};
    }
}

using run_on = std::function<ending(write, const situation&)>;

/// One cell of the matrix.
void check(stage& on, const run_on& run, write what, const situation& now, bool serializable) {
    on.put(now.row);
    ending end;
    if (now.rival) {
        on.rival.run_script("begin");
        on.rival.run_script(now.rival);
        std::jthread ours([&] { end = run(what, now); });
        if (waits(now)) REQUIRE(wait_until_blocked(on.admin));
        else ours.join();
        on.rival.run_script(now.rival_ends);
    } else {
        end = run(what, now);
    }
    const auto stored = on.stored();
    if (serializable && now.failure_when_serializable) {
        CHECK(end.sqlstate == "40001");
        CHECK_FALSE(end.value.has_value());
    } else {
        CHECK(end.sqlstate == "");
        REQUIRE(end.value.has_value());
        CHECK(end.value->outcome() == now.outcome);
        CHECK(end.value->denied() == (now.outcome == denied));
        CHECK(end.value->not_found() == (now.outcome == not_found));
        REQUIRE((end.value->conflict() != nullptr) == (now.outcome == conflict));
        if (const auto* stale = end.value->conflict()) {
            CHECK(stale->current.version == now.current);
            CHECK(stale->current.id == 1);
        }
        if (*end.value) {
            CHECK((*end.value)->version == (what == write::update ? 4 : 3));
            CHECK((*end.value)->body == (what == write::update ? now.body : "old"));
        }
    }
    const bool erased = what == write::erase && now.outcome == updated;
    CHECK(stored.has_value() == (now.stored.has_value() && !erased));
    if (stored) {
        CHECK(stored->version == *now.stored);
        CHECK((stored->body == "mine") == (now.outcome == updated));
    }
}

void check_all(stage& on, const char* isolation,
               const std::function<run_on(howdah::connection_config)>& make) {
    const run_on by_writer = make(on.config(on.writer, isolation));
    const run_on by_reader = make(on.config(on.reader, isolation));
    std::size_t cells = 0;
    for (const auto& now : situations)
        for (const auto what : {write::update, write::erase}) {
            if (what == write::erase && now.only_update) continue;
            CAPTURE(now.name);
            CAPTURE(isolation);
            INFO("erase: " << (what == write::erase));
            check(on, now.by_reader ? by_reader : by_writer, what, now,
                  isolation == std::string("serializable"));
            ++cells;
        }
    CHECK(cells == 2 * situations.size() - 2);
}

run_on on_connection(howdah::connection_config config) {
    const auto db = std::make_shared<connection>(std::move(config));
    return [db](write what, const situation& now) { return attempt(*db, what, now); };
}
run_on on_pool(howdah::connection_config config) {
    const auto db =
        std::make_shared<howdah::pool>(howdah::pool_config{.connection = std::move(config), .max_size = 2});
    return [db](write what, const situation& now) { return attempt(*db, what, now); };
}
run_on in_transaction(howdah::connection_config config) {
    const auto db = std::make_shared<connection>(std::move(config));
    return [db](write what, const situation& now) {
        transaction tx(*db);
        auto end = attempt(tx, what, now);
        if (end.value && *end.value) tx.commit();
        return end;
    };
}

TEST_CASE_FIXTURE(stage,
                  "conditional writes on a connection, read committed: every situation has its outcome") {
    check_all(*this, "read\\ committed", on_connection);
}
TEST_CASE_FIXTURE(stage,
                  "conditional writes on a connection, serializable: every situation has its outcome") {
    check_all(*this, "serializable", on_connection);
}
TEST_CASE_FIXTURE(stage,
                  "conditional writes in a transaction, read committed: every situation has its outcome") {
    check_all(*this, "read\\ committed", in_transaction);
}
TEST_CASE_FIXTURE(stage,
                  "conditional writes in a transaction, serializable: every situation has its outcome") {
    check_all(*this, "serializable", in_transaction);
}
TEST_CASE_FIXTURE(stage, "conditional writes on a pool, read committed: every situation has its outcome") {
    check_all(*this, "read\\ committed", on_pool);
}
TEST_CASE_FIXTURE(stage, "conditional writes on a pool, serializable: every situation has its outcome") {
    check_all(*this, "serializable", on_pool);
}

} // namespace

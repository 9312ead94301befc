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

#include "note_situations.hpp"

namespace {

using howdah::connection;
using howdah::set;
using howdah::transaction;
using howdah::update_outcome;
using howdah::test::note;
using howdah::test::situation;
using howdah::test::situations;
using howdah::test::wait_until_blocked;
using howdah::test::waits;
using stage = howdah::test::note_stage;
using result = howdah::update_result<note>;

const howdah::repository<note> notes;

enum class write { update, erase };

using enum update_outcome;

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

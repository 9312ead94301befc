// SPDX-License-Identifier: BSL-1.0
#include <doctest/doctest.h>

#include <sys/socket.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <howdah/transaction.hpp>

#include "test_database.hpp"

namespace {

using namespace std::chrono_literals;
using howdah::connection;
using howdah::execute;
using howdah::savepoint;
using howdah::session_state;
using howdah::transaction;

/// A database with a table of unique numbers, whose second column is unique at COMMIT.
struct fixture {
    howdah::testing::database data = howdah::test::fresh_database();
    connection db = data.connect();

    fixture() {
        db.run_script("create table t (n int primary key, late int unique deferrable initially deferred)");
    }
    std::int64_t rows() {
        auto other = data.connect();
        return other.run("select count(*) from t").value<std::int64_t>(0, 0);
    }
};

std::string one(howdah::executor& on, const char* query) {
    return on.run(query).value<std::string>(0, 0);
}

template <class Error, class Action> Error thrown_by(Action action) {
    try {
        action();
    } catch (const Error& failure) {
        return failure;
    }
    FAIL("nothing of that class was thrown");
    throw std::logic_error("unreachable");
}

bool has(const howdah::error& failure, std::string_view part) {
    return std::string_view(failure.what()).find(part) != std::string_view::npos;
}

/// Does something else instead of a wait, when told to.
class sabotage final : public howdah::waiter {
public:
    std::function<bool(int socket)> instead;
    bool wait(int socket, howdah::interest what, howdah::deadline until) override {
        if (instead) return instead(socket);
        return howdah::polling_waiter().wait(socket, what, until);
    }
};

TEST_CASE_FIXTURE(fixture, "a committed transaction is kept and a destroyed one is not") {
    {
        transaction tx(db);
        CHECK(execute(tx, "insert into t values (1)") == 1);
        CHECK(rows() == 0);
        tx.commit();
        CHECK_FALSE(tx.open());
    }
    CHECK(rows() == 1);
    {
        transaction tx(db);
        execute(tx, "insert into t values (2)");
    }
    CHECK(db.state() == session_state::idle);
    {
        transaction tx(db);
        execute(tx, "insert into t values (3)");
        tx.rollback();
    }
    CHECK(rows() == 1);
}

TEST_CASE_FIXTURE(fixture, "a transaction that has ended says how when it is used again") {
    transaction committed(db);
    committed.commit();
    CHECK(has(thrown_by<howdah::usage_error>([&] { committed.commit(); }), "it was committed"));
    CHECK(has(thrown_by<howdah::usage_error>([&] { committed.rollback(); }), "it was committed"));
    CHECK(has(thrown_by<howdah::usage_error>([&] { execute(committed, "select 1"); }),
              "cannot run a statement"));
    transaction undone(db);
    undone.rollback();
    CHECK(has(thrown_by<howdah::usage_error>([&] { undone.commit(); }), "it was rolled back"));
}

TEST_CASE_FIXTURE(fixture, "the options reach the server") {
    using enum howdah::isolation_level;
    const auto isolation = [&](howdah::isolation_level level) {
        transaction tx(db, {.isolation = level});
        return one(tx, "show transaction_isolation");
    };
    CHECK(isolation(server_default) == "read committed");
    CHECK(isolation(read_committed) == "read committed");
    CHECK(isolation(repeatable_read) == "repeatable read");
    CHECK(isolation(serializable) == "serializable");
    db.run_script(
        "set default_transaction_isolation = 'repeatable read'; set default_transaction_read_only = on");
    CHECK(isolation(server_default) == "repeatable read");
    CHECK(isolation(read_committed) == "read committed");
    {
        transaction tx(db, {.access = howdah::access_mode::read_write});
        CHECK(one(tx, "show transaction_read_only") == "off");
    }
    transaction tx(db,
                   {.isolation = serializable, .access = howdah::access_mode::read_only, .deferrable = true});
    CHECK(one(tx, "show transaction_deferrable") == "on");
    const auto refused = thrown_by<howdah::server_error>([&] { execute(tx, "insert into t values (1)"); });
    CHECK(refused.sqlstate() == howdah::sqlstates::read_only_sql_transaction);
}

TEST_CASE_FIXTURE(fixture, "a transaction inside another one is refused and does not disturb it") {
    transaction outer(db);
    execute(outer, "insert into t values (1)");
    CHECK(has(thrown_by<howdah::usage_error>([&] { transaction inner(db); }), "savepoint"));
    outer.commit();
    CHECK(rows() == 1);
}

TEST_CASE_FIXTURE(fixture, "committing a failed transaction is an error and never a success") {
    transaction tx(db);
    execute(tx, "insert into t values (1)");
    CHECK_THROWS_AS(execute(tx, "select 1/0"), howdah::server_error);
    CHECK(db.state() == session_state::failed_transaction);
    const auto refused = thrown_by<howdah::server_error>([&] { tx.commit(); });
    CHECK(refused.sqlstate() == howdah::sqlstates::in_failed_sql_transaction);
    CHECK(has(refused, "roll back"));
    CHECK_FALSE(refused.commit_unknown());
    CHECK_FALSE(tx.open());
    CHECK(db.state() == session_state::idle);
    CHECK(rows() == 0);
}

TEST_CASE_FIXTURE(fixture, "a COMMIT that the server refuses has applied nothing") {
    transaction tx(db);
    execute(tx, "insert into t values (1, 7), (2, 7)");
    const auto refused = thrown_by<howdah::server_error>([&] { tx.commit(); });
    CHECK(refused.sqlstate() == howdah::sqlstates::unique_violation);
    CHECK_FALSE(tx.open());
    CHECK(db.state() == session_state::idle);
    CHECK(rows() == 0);
}

TEST_CASE_FIXTURE(fixture, "a COMMIT run as a statement is noticed") {
    transaction tx(db);
    execute(tx, "commit");
    CHECK(has(thrown_by<howdah::usage_error>([&] { execute(tx, "insert into t values (1)"); }),
              "as a statement"));
    CHECK(has(thrown_by<howdah::usage_error>([&] { tx.commit(); }), "as a statement"));
    CHECK(rows() == 0);
}

TEST_CASE_FIXTURE(
    fixture, "a transaction whose connection was lost before COMMIT was not applied and may be retried") {
    transaction tx(db);
    execute(tx, "insert into t values (1)");
    auto admin = data.connect();
    execute(admin, "select pg_terminate_backend($1)", db.backend_pid());
    CHECK_THROWS_AS(execute(tx, "insert into t values (2)"), howdah::error);
    REQUIRE(db.state() == session_state::broken);
    const auto lost = thrown_by<howdah::connection_error>([&] { tx.commit(); });
    CHECK_FALSE(lost.commit_unknown());
    CHECK(lost.retryable());
    CHECK(rows() == 0);
}

TEST_CASE_FIXTURE(fixture, "a COMMIT whose answer is cut off is unknown, and had been applied") {
    sabotage cut;
    auto config = data.config();
    config.wait_with = &cut;
    connection victim(config);
    int calls = 0;
    const auto lost = thrown_by<howdah::connection_error>([&] {
        howdah::transact(victim, {.retry = {.attempts = 5}}, [&](transaction& tx) {
            ++calls;
            execute(tx, "insert into t values (1)");
            cut.instead = [](int socket) {
                ::shutdown(socket, SHUT_RD);
                // The answer may have been quicker than we: what has arrived could still be read.
                for (char cut_off[256]; ::recv(socket, cut_off, sizeof cut_off, MSG_DONTWAIT) > 0;) {
                }
                return true;
            };
        });
    });
    CHECK(lost.commit_unknown());
    CHECK_FALSE(lost.retryable());
    CHECK(calls == 1);
    for (int i = 0; i < 3'000 && rows() == 0; ++i) std::this_thread::sleep_for(10ms);
    CHECK(rows() == 1);
}

TEST_CASE_FIXTURE(fixture, "a COMMIT whose answer does not come in time is unknown") {
    sabotage silence;
    auto config = data.config();
    config.wait_with = &silence;
    config.cancel_timeout = 50ms;
    connection victim(config);
    transaction tx(victim);
    execute(tx, "insert into t values (1)");
    silence.instead = [](int) { return false; };
    CHECK(thrown_by<howdah::connection_error>([&] { tx.commit(); }).commit_unknown());
    CHECK(has(thrown_by<howdah::usage_error>([&] { tx.commit(); }), "never answered"));
}

TEST_CASE_FIXTURE(fixture, "a session that is ended while it commits leaves the commit unknown, and undone") {
    db.run_script("create function slow() returns trigger language plpgsql as "
                  "$$ begin perform pg_sleep(30); return null; end $$;"
                  "create constraint trigger slow after insert on t deferrable initially deferred "
                  "for each row execute function slow()");
    transaction tx(db);
    execute(tx, "insert into t values (1)");
    std::jthread killer([&, pid = db.backend_pid()] {
        auto admin = data.connect();
        const char* const committing =
            "select 1 from pg_stat_activity where pid = $1 and wait_event = 'PgSleep'";
        for (int i = 0; i < 3'000 && execute(admin, committing, pid) == 0; ++i)
            std::this_thread::sleep_for(10ms);
        execute(admin, "select pg_terminate_backend($1)", pid);
    });
    const auto lost = thrown_by<howdah::connection_error>([&] { tx.commit(); });
    killer.join();
    CHECK(lost.commit_unknown());
    CHECK_FALSE(lost.retryable());
    CHECK(rows() == 0);
}

TEST_CASE_FIXTURE(fixture, "destroying a transaction on a dead connection is quiet") {
    {
        transaction tx(db);
        auto admin = data.connect();
        execute(admin, "select pg_terminate_backend($1)", db.backend_pid());
    }
    CHECK(db.state() != session_state::in_transaction);
    CHECK_FALSE(db.alive());
}

TEST_CASE_FIXTURE(fixture, "a savepoint keeps the transaction usable after a failed statement") {
    transaction tx(db);
    execute(tx, "insert into t values (1)");
    for (int i = 0; i < 3; ++i) {
        const savepoint attempt(tx);
        CHECK_THROWS_AS(execute(tx, "insert into t values (1)"), howdah::server_error);
    }
    savepoint kept(tx);
    execute(tx, "insert into t values (2)");
    kept.release();
    tx.commit();
    CHECK(rows() == 2);
}

TEST_CASE_FIXTURE(fixture, "savepoints nest, and an outer one takes back what an inner one kept") {
    transaction tx(db);
    {
        const savepoint outer(tx);
        savepoint inner(tx);
        execute(tx, "insert into t values (1)");
        inner.release();
    }
    savepoint outer(tx);
    {
        savepoint inner(tx);
        execute(tx, "insert into t values (2)");
        CHECK(has(thrown_by<howdah::usage_error>([&] { outer.release(); }), "inside it"));
        inner.rollback();
        CHECK(has(thrown_by<howdah::usage_error>([&] { inner.release(); }), "twice"));
    }
    execute(tx, "insert into t values (3)");
    outer.release();
    tx.commit();
    CHECK(rows() == 1);
}

TEST_CASE_FIXTURE(fixture, "a savepoint of a transaction that has ended is quiet") {
    transaction tx(db);
    const savepoint left(tx);
    execute(tx, "insert into t values (1)");
    tx.commit();
    CHECK(rows() == 1);
}

TEST_CASE_FIXTURE(fixture,
                  "transact commits and returns what its closure returned, also references and nothing") {
    int outside = 4;
    CHECK(howdah::transact(db, [](transaction& tx) { return execute(tx, "insert into t values (1)"); }) == 1);
    int& same = howdah::transact(db, [&](transaction&) -> int& { return outside; });
    CHECK(&same == &outside);
    howdah::transact(db, [](transaction& tx) { execute(tx, "insert into t values (2)"); });
    CHECK(rows() == 2);
}

TEST_CASE_FIXTURE(fixture, "transact rolls back for any exception and lets it out unchanged") {
    CHECK_THROWS_WITH(howdah::transact(db,
                                       [](transaction& tx) {
                                           execute(tx, "insert into t values (1)");
                                           throw std::runtime_error("changed my mind");
                                       }),
                      "changed my mind");
    CHECK(db.state() == session_state::idle);
    CHECK(rows() == 0);
}

/// Makes the transaction of `tx` fail with 40001: another one changes the row that it has read.
void collide(transaction& tx, connection& other) {
    execute(tx, "select n from t");
    execute(other, "update t set late = coalesce(late, 0) + 1");
    execute(tx, "update t set late = coalesce(late, 0) + 1000");
}

TEST_CASE_FIXTURE(fixture,
                  "transact runs its closure again after a serialization failure, as often as allowed") {
    auto other = data.connect();
    execute(db, "insert into t values (1, 0)");
    const auto run = [&](int attempts, int collisions) {
        int calls = 0;
        const howdah::transaction_options options{.isolation = howdah::isolation_level::repeatable_read,
                                                  .retry = {.attempts = attempts, .first_delay = 1ms}};
        howdah::transact(db, options, [&](transaction& tx) {
            if (++calls <= collisions) collide(tx, other);
        });
        return calls;
    };
    CHECK(run(3, 2) == 3);
    const auto gave_up = thrown_by<howdah::server_error>([&] { run(3, 3); });
    CHECK(gave_up.sqlstate() == howdah::sqlstates::serialization_failure);
    CHECK_THROWS_AS(run(1, 1), howdah::server_error); // the default: no retry
}

TEST_CASE_FIXTURE(fixture, "transact does not retry what a retry does not mend") {
    int calls = 0;
    CHECK_THROWS_AS(howdah::transact(db, {.retry = {.attempts = 5}},
                                     [&](transaction& tx) {
                                         ++calls;
                                         execute(tx, "insert into t values (1), (1)");
                                     }),
                    howdah::server_error);
    CHECK(calls == 1);
}

TEST_CASE("threads: deadlocks and serialization failures under retry lose no increment") {
    auto data = howdah::test::fresh_database();
    data.connect().run_script(
        "create table c (id int primary key, n int not null); insert into c values (1, 0), (2, 0)");
    constexpr int threads = 6, rounds = 30;
    std::atomic<int> acknowledged{0};
    std::vector<std::thread> crew;
    for (int each = 0; each < threads; ++each)
        crew.emplace_back([&, each] {
            auto db = data.connect();
            const howdah::transaction_options options{.isolation = howdah::isolation_level::serializable,
                                                      .retry = {.attempts = 1'000, .longest_delay = 50ms}};
            for (int i = 0; i < rounds; ++i) {
                howdah::transact(db, options, [&](transaction& tx) {
                    for (const int id : {1 + each % 2, 2 - each % 2}) // in opposite orders
                        execute(tx, "update c set n = n + 1 where id = $1", id);
                });
                ++acknowledged;
            }
        });
    for (auto& each : crew) each.join();
    CHECK(acknowledged == threads * rounds);
    auto db = data.connect();
    CHECK(db.run("select sum(n)::int from c").value<std::int32_t>(0, 0) == 2 * threads * rounds);
}

} // namespace

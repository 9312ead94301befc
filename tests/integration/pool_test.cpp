// SPDX-License-Identifier: BSL-1.0
#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>

#include <howdah/pool.hpp>
#include <howdah/testing/cluster.hpp>

#include "test_database.hpp"

namespace {

using namespace std::chrono_literals;
using howdah::connection;
using howdah::connection_failure;
using howdah::execute;
using howdah::pool;
using howdah::pool_config;
using std::chrono::steady_clock;

howdah::testing::database& data() {
    static auto made = howdah::test::fresh_database();
    return made;
}

pool_config sized(std::size_t max_size) {
    return {.connection = data().config(), .max_size = max_size};
}

std::string one(howdah::executor& on, const char* query) {
    return on.run(query).value<std::string>(0, 0);
}

void kill(int backend) {
    auto admin = data().connect();
    // Waits for the process to be gone; it leaves pg_stat_activity before it closes its socket.
    const auto gone = admin.run("select pg_terminate_backend($1, 25000)", howdah::bind(backend));
    REQUIRE(gone.value<bool>(0, 0));
}

template <class Condition> bool eventually(Condition condition, std::chrono::milliseconds within = 30s) {
    const auto until = steady_clock::now() + within;
    while (steady_clock::now() < until) {
        if (condition()) return true;
        std::this_thread::sleep_for(2ms);
    }
    return false;
}

howdah::connection_error refusal_of(pool& from, std::chrono::milliseconds timeout) {
    try {
        (void)from.acquire(timeout);
    } catch (const howdah::connection_error& failure) {
        return failure;
    }
    FAIL("a connection was lent");
    throw std::logic_error("unreachable");
}

bool has(const howdah::error& failure, std::string_view part) {
    return std::string_view(failure.what()).find(part) != std::string_view::npos;
}

/// How many descriptors of this process are timers.
std::size_t timers() {
    std::size_t found = 0;
    for (const auto& each : std::filesystem::directory_iterator("/proc/self/fd")) {
        std::error_code gone; // that of the directory itself
        found += std::filesystem::read_symlink(each, gone).string().find("timerfd") != std::string::npos;
    }
    return found;
}

TEST_CASE("a pool connects to nothing before it has to, and keeps what it has connected") {
    pool db(sized(3));
    CHECK(db.figures().total == 0);
    int first = 0;
    {
        const auto borrowed = db.acquire();
        first = borrowed->backend_pid();
        CHECK(db.figures().in_use == 1);
    }
    CHECK(db.acquire()->backend_pid() == first);
    const auto seen = db.figures();
    CHECK(seen.created == 1);
    CHECK(seen.idle == 1);
    CHECK(seen.acquired == 2);
    CHECK(seen.waited == 1);
    CHECK(seen.max_size == 3);
}

TEST_CASE("a pool, a borrowed connection and a transaction of a pool are executors") {
    pool db(sized(2));
    CHECK(one(db, "select 'pool'") == "pool");
    const auto borrowed = db.acquire();
    CHECK(one(borrowed, "select 'borrowed'") == "borrowed");
    CHECK(one(*borrowed, "select 'connection'") == "connection");
    CHECK(db.transact([](howdah::transaction& tx) { return one(tx, "select 'tx'"); }) == "tx");
    const howdah::transaction_options options{.isolation = howdah::isolation_level::serializable};
    CHECK(db.transact(options, [](howdah::transaction& tx) {
        return one(tx, "show transaction_isolation");
    }) == "serializable");
    CHECK_THROWS_AS(db.transact([](howdah::transaction&) { throw std::runtime_error("no"); }),
                    std::runtime_error);
    CHECK_THROWS_AS(execute(db, "select 1/0"), howdah::server_error);
    CHECK(db.figures().in_use == 1);
}

TEST_CASE("copies of a pool are one pool, and a borrowed connection survives the last of them") {
    std::optional<pool> db(sized(2));
    auto copy = *db;
    auto borrowed = copy.acquire();
    CHECK(db->figures().in_use == 1);
    CHECK(&copy.config() == &db->config());
    db.reset();
    CHECK(one(copy, "select 'alive'") == "alive");
    {
        const auto last = std::move(copy);
    }
    CHECK(one(borrowed, "select 'still here'") == "still here");
    const int backend = borrowed->backend_pid();
    borrowed.release();
    borrowed.release();
    CHECK_FALSE(borrowed);
    auto admin = data().connect();
    CHECK(eventually(
        [&] { return execute(admin, "select 1 from pg_stat_activity where pid = $1", backend) == 0; }));
}

TEST_CASE("a moved loan is given back once") {
    pool db(sized(2));
    auto first = db.acquire();
    auto second = std::move(first);
    CHECK_FALSE(first);
    CHECK(second);
    CHECK(db.figures().in_use == 1);
    second = db.acquire();
    CHECK(db.figures().in_use == 1);
    CHECK(db.figures().idle == 1);
}

TEST_CASE("acquire gives up when its time is over and says how things stand") {
    pool db(sized(2));
    const auto one = db.acquire(), other = db.acquire();
    const auto begun = steady_clock::now();
    const auto refused = refusal_of(db, 200ms);
    const auto taken = steady_clock::now() - begun;
    CHECK(taken >= 200ms);
    CHECK(taken < 4s); // 250 ms where nothing else runs; not the 5 s of the default
    CHECK(refused.kind() == connection_failure::acquire_timeout);
    CHECK(refused.connection_usable());
    CHECK(has(refused, "2 of 2 are in use, the oldest for "));
    CHECK(has(refused, "1 threads wait"));
    CHECK(has(refused, "this thread has borrowed all of them itself"));
    CHECK(has(refused, "HOWDAH_POOL_MAX_SIZE"));
    CHECK(db.figures().timeouts == 1);
    CHECK(db.figures().waiting == 0);
    CHECK(db.figures().oldest_loan >= 195ms);
}

TEST_CASE("without patience only an idle connection will do") {
    pool db(sized(1));
    CHECK(refusal_of(db, 0ms).kind() == connection_failure::acquire_timeout);
    CHECK(eventually([&] { return db.figures().idle == 1; })); // what the refused one began is not wasted
    CHECK(db.acquire(0ms)->state() == howdah::session_state::idle);
}

TEST_CASE("min_idle connections are opened in the background and replaced") {
    auto config = sized(4);
    config.min_idle = 2;
    pool db(config);
    CHECK(eventually([&] { return db.figures().idle == 2; }));
    {
        const auto borrowed = db.acquire();
        kill(borrowed->backend_pid());
        CHECK_THROWS_AS(execute(borrowed, "select 1"), howdah::error);
    }
    CHECK(eventually([&] { return db.figures().idle == 2 && db.figures().created == 3; }));
    CHECK(db.figures().closed_lost == 1);
}

TEST_CASE("an idle connection that was killed is never lent, wherever it lay") {
    for (const auto pause : {6ms, 50ms}) { // its end is seen at the socket
        CAPTURE(pause.count());
        pool db(sized(2));
        int dead = 0;
        {
            const auto one = db.acquire(), other = db.acquire();
            dead = one->backend_pid();
        }
        kill(dead);
        std::this_thread::sleep_for(pause);
        const auto one = db.acquire(), other = db.acquire();
        CHECK(one->backend_pid() != dead);
        CHECK(other->backend_pid() != dead);
        CHECK(execute(one, "select 1") == 1);
        CHECK(execute(other, "select 1") == 1);
        CHECK(db.figures().closed_lost == 1);
    }
}

TEST_CASE("a connection that was idle for longer than check_after_idle is asked before it is lent") {
    auto config = sized(1);
    config.check_after_idle = 0ms;
    pool db(config);
    {
        const auto made = db.acquire();
    }
    auto admin = data().connect();
    const auto borrowed = db.acquire();
    const auto asked = admin.run(howdah::statement("select query from pg_stat_activity where pid = $1"),
                                 howdah::bind(borrowed->backend_pid()));
    CHECK(asked.value<std::string>(0, 0) == "select 1");
}

TEST_CASE("idle connections above min_idle end after idle_timeout") {
    auto config = sized(3);
    config.idle_timeout = 100ms;
    config.min_idle = 1;
    pool db(config);
    {
        const auto one = db.acquire(), two = db.acquire(), three = db.acquire();
        CHECK(db.figures().total == 3);
    }
    CHECK(eventually([&] { return db.figures().total == 1; }));
    CHECK(db.figures().closed_idle == 2);
}

TEST_CASE("no connection lives longer than max_lifetime, give or take a tenth") {
    auto config = sized(1);
    config.idle_timeout = 0ms;
    config.max_lifetime = 300ms;
    pool db(config);
    const auto begun = steady_clock::now();
    const int first = db.acquire()->backend_pid();
    while (db.acquire()->backend_pid() == first) std::this_thread::sleep_for(1ms);
    const auto lived = steady_clock::now() - begun;
    CHECK(lived >= 265ms);
    CHECK(lived < 20s); // 330 ms, and the time to connect; not half an hour
    CHECK(eventually([&] { return db.figures().closed_lifetime >= 2; })); // also unused ones
}

TEST_CASE("a closed pool lends nothing and lets go of its sessions") {
    pool db(sized(2));
    auto borrowed = db.acquire();
    {
        const auto idle = db.acquire();
    }
    CHECK_FALSE(db.close(20ms)); // one is out
    CHECK(eventually([&] { return db.figures().total == 1; }));
    CHECK_THROWS_AS((void)db.acquire(), howdah::usage_error);
    CHECK(execute(borrowed, "select 1") == 1);
    borrowed.release();
    CHECK(db.close(20s));
    CHECK(db.figures().total == 0);
    CHECK(db.figures().closed_shutdown == 2);
}

TEST_CASE("a wrong configuration is refused by the constructor") {
    CHECK_THROWS_AS(pool(pool_config{.max_size = 0}), howdah::usage_error);
    pool unreadable({.connection = {.url = "nonsense"}});
    CHECK_THROWS_AS((void)unreadable.acquire(), howdah::usage_error);
}

TEST_CASE("failures to connect that waiting does not mend are told at once") {
    auto missing = sized(2);
    missing.connection = howdah::testing::server::shared().config("no_such_database");
    missing.connection.on_notice = nullptr;
    pool db(missing);
    const auto begun = steady_clock::now();
    const auto refused = refusal_of(db, 30s);
    CHECK(refused.kind() == connection_failure::no_such_database);
    CHECK(steady_clock::now() - begun < 15s);
    CHECK(db.figures().connect_failures == 1);
    CHECK(refusal_of(db, 30s).kind() == connection_failure::no_such_database);
}

TEST_CASE("a server that is down is waited for, not hammered, and its failure named") {
    howdah::testing::cluster server;
    pool db({.connection = server.config(), .max_size = 4});
    server.stop();
    const auto refused = refusal_of(db, 1400ms);
    CHECK(refused.kind() == connection_failure::refused);
    CHECK(has(refused, "within 1400 ms"));
    CHECK(db.figures().connect_failures >= 2);
    CHECK(db.figures().connect_failures <= 5); // at 0, 100, 300, 700, 1500 ms, or later

    std::thread starter([&] {
        std::this_thread::sleep_for(300ms);
        server.start();
    });
    const auto lent = db.acquire(60s); // heals by itself
    starter.join();
    CHECK(execute(lent, "select 1") == 1);
}

TEST_CASE("after a restart of the server nobody gets a connection of before") {
    howdah::testing::cluster server;
    pool db({.connection = server.config(), .max_size = 3});
    for (const auto mode : {howdah::testing::stop_mode::fast, howdah::testing::stop_mode::immediate}) {
        {
            const auto one = db.acquire(), two = db.acquire(), three = db.acquire();
        }
        server.restart(mode);
        for (int i = 0; i < 6; ++i) CHECK(execute(db, "select 1") == 1);
    }
    CHECK(db.figures().closed_lost == 6);
}

TEST_CASE("each connection of a pool keeps its deadlines by a timer, which is closed with it") {
    auto config = sized(2);
    const auto before = timers();
    pool db(config);
    int backend = 0;
    {
        const auto first = db.acquire(), second = db.acquire();
        CHECK(timers() == before + 2);
        backend = first->backend_pid();
        howdah::statement stuck("select pg_sleep(60)");
        stuck.timeout = 100ms;
        for (const auto* each : {&first, &second}) {
            CHECK_THROWS_AS((*each)->run(stuck), howdah::server_error);
            CHECK(execute(*each, "select 1") == 1);
        }
    }
    CHECK(timers() == before + 2); // they stay with idle ones
    kill(backend);
    CHECK(eventually([&] {
        const auto first = db.acquire(), second = db.acquire();
        return db.figures().closed_lost == 1 && timers() == before + 2;
    }));
    CHECK(db.close(30s));
    CHECK(eventually([&] { return timers() == before; }));
    config.connection.wait_with = &howdah::polling_waiter();
    pool other(config);
    CHECK(execute(other, "select 1") == 1);
    CHECK(timers() == before); // the host's waiter is used, and nothing else
}

} // namespace

// SPDX-License-Identifier: BSL-1.0
//
// One session: connecting and failing to, deadlines, notices, and what is refused before it is sent.
#include <doctest/doctest.h>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>

#include <howdah/query.hpp>
#include <howdah/transaction.hpp>

#include "rival.hpp"
#include "test_database.hpp"

namespace {

using namespace std::chrono_literals;
using howdah::connection;
using howdah::connection_failure;
using howdah::execute;
using howdah::query_one;
using howdah::session_state;
using clock = std::chrono::steady_clock;

howdah::testing::database& data() {
    static auto made = howdah::test::fresh_database();
    return made;
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

howdah::statement within(std::string_view text, std::chrono::milliseconds time) {
    howdah::statement what(text);
    what.timeout = time;
    return what;
}

/// A TCP port of this machine that listens and says nothing, or, once closed, that nobody listens on.
class silent_port {
public:
    silent_port() {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        REQUIRE(::bind(socket_, reinterpret_cast<sockaddr*>(&address), size) == 0);
        REQUIRE(::listen(socket_, 8) == 0);
        REQUIRE(::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
        port_ = ntohs(address.sin_port);
    }
    silent_port(const silent_port&) = delete;
    silent_port& operator=(const silent_port&) = delete;
    ~silent_port() { close(); }
    void close() {
        if (socket_ >= 0) ::close(socket_);
        socket_ = -1;
    }
    int descriptor() const { return socket_; }
    std::string url() const {
        return "postgresql://nobody@127.0.0.1:" + std::to_string(port_) + "/none?sslmode=disable";
    }

private:
    int socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
    int port_ = 0;
};

connection_failure kind_of(howdah::connection_config config) {
    return thrown_by<howdah::connection_error>([&] { connection{std::move(config)}; }).kind();
}

TEST_CASE("a server that never answers ends the attempt at its deadline") {
    const silent_port port;
    const auto before = clock::now();
    const auto failure = thrown_by<howdah::connection_error>(
        [&] { connection{{.url = port.url(), .connect_timeout = 200ms}}; });
    const auto took = clock::now() - before;
    CHECK(failure.kind() == connection_failure::timeout);
    CHECK(took >= 200ms);
    CHECK(took < 4s); // not the 5 s of the default
}

TEST_CASE("connecting fails with its cause") {
    silent_port port;
    port.close();
    CHECK(kind_of({.url = port.url()}) == connection_failure::refused);
    CHECK(kind_of({.url = "host=/nowhere/at/all dbname=x"}) == connection_failure::refused);
    auto config = data().config();
    config.url = howdah::test::with_settings(config, "-c no_such_setting=1").url;
    CHECK(kind_of(config) == connection_failure::other);
    CHECK_THROWS_AS(connection{{.url = "nonsense"}}, howdah::usage_error);
    CHECK_THROWS_AS((connection{{.url = data().url(), .statement_timeout = 0ms}}), howdah::usage_error);
}

TEST_CASE("an unknown database and an unknown role are told apart, without the server's words") {
    auto config = data().config();
    const auto name = data().name();
    const auto at = config.url.rfind(name);
    REQUIRE(at != std::string::npos);
    config.url.replace(at, name.size(), "howdah_no_such_database");
    const auto failure = thrown_by<howdah::connection_error>([&] { connection{config}; });
    CHECK(failure.kind() == connection_failure::no_such_database);
    CHECK(failure.sqlstate().has_value());
    CHECK(failure.sqlstate()->text() == "3D000");
    CHECK_FALSE(has(failure, "howdah_no_such_database"));
    CHECK(failure.full_message().find("howdah_no_such_database") != std::string::npos);
    config = howdah::test::with_settings(data().config(), "-c role=howdah_no_such_role");
    CHECK_THROWS_AS(connection{config}, howdah::connection_error);
}

TEST_CASE("a server that speaks something else is no PostgreSQL") {
    const silent_port port;
    std::jthread other([&] {
        const int guest = ::accept(port.descriptor(), nullptr, nullptr);
        char drop[512];
        (void)!::read(guest, drop, sizeof drop);
        const std::string_view hello = "HTTP/1.1 400 Bad Request\r\n\r\n";
        (void)!::write(guest, hello.data(), hello.size());
        ::close(guest);
    });
    const auto failure = thrown_by<howdah::connection_error>([&] { connection{{.url = port.url()}}; });
    CHECK(failure.kind() == connection_failure::protocol);
}

TEST_CASE("a statement that takes too long is cancelled, and the connection stays usable") {
    auto db = data().connect();
    const auto before = clock::now();
    const auto failure =
        thrown_by<howdah::server_error>([&] { db.run(within("select pg_sleep(20)", 100ms)); });
    CHECK(clock::now() - before < 15s); // not its 20
    CHECK(failure.sqlstate().text() == "57014");
    CHECK(failure.connection_usable());
    CHECK(db.state() == session_state::idle);
    CHECK(query_one<std::int32_t>(db, "select 1") == 1);
    CHECK(thrown_by<howdah::server_error>([&] { db.run_script("select pg_sleep(20)", 50ms); })
              .sqlstate()
              .text() == "57014");
    CHECK(query_one<std::int32_t>(db, "select 2") == 2);
}

TEST_CASE("a statement that waits for a lock while it is prepared is cancelled too") {
    auto db = data().connect(), other = data().connect();
    other.run_script("create table held (n int)");
    other.run_script("begin; lock table held");
    CHECK(thrown_by<howdah::server_error>([&] { db.run(within("select n from held", 100ms)); })
              .sqlstate()
              .text() == "57014");
    other.run_script("rollback");
    CHECK(db.run("select n from held").empty());
}

TEST_CASE("a cancel that comes late never hits the next statement") {
    auto db = data().connect();
    std::mt19937 random(7);
    CAPTURE("seed 7");
    int cancelled = 0, in_time = 0;
    auto patience = 7ms; // follows the machine, so that the statement ends about when its deadline passes
    for (int i = 0; i < 200; ++i) {
        auto what = within("select pg_sleep(0.005)", patience);
        what.prepare = false;
        try {
            db.run(what);
            ++in_time;
            patience = std::max(1ms, patience - std::chrono::milliseconds(random() % 3));
        } catch (const howdah::server_error& failure) {
            REQUIRE(failure.sqlstate().text() == "57014");
            ++cancelled;
            patience += std::chrono::milliseconds(random() % 3);
        }
        REQUIRE(query_one<std::int32_t>(db, "select $1::int from pg_sleep(0.001)", i) == i);
    }
    CHECK(cancelled > 10);
    CHECK(in_time > 10);
}

TEST_CASE("cancel() from another thread ends the statement that runs, and none when none does") {
    auto db = data().connect(), watch = data().connect();
    std::jthread impatient([&] {
        while (
            query_one<std::int64_t>(watch,
                                    "select count(*) from pg_stat_activity where pid = $1 and wait_event = "
                                    "'PgSleep'",
                                    db.backend_pid()) == 0)
            std::this_thread::yield();
        db.cancel();
    });
    CHECK(thrown_by<howdah::server_error>([&] { db.run("select pg_sleep(20)"); }).sqlstate().text() ==
          "57014");
    impatient.join();
    db.cancel();
    CHECK(query_one<std::int32_t>(db, "select 1") == 1);
}

TEST_CASE("a lost connection has its own class, and is refused from then on") {
    auto db = data().connect(), other = data().connect();
    CHECK(db.alive());
    CHECK(query_one<bool>(other, "select pg_terminate_backend($1, 5000)", db.backend_pid()));
    SUBCASE("noticed by looking") {
        CHECK_FALSE(db.alive());
    }
    SUBCASE("noticed by a statement") {
        const auto failure = thrown_by<howdah::connection_error>([&] { db.run("select 1"); });
        CHECK(failure.kind() == connection_failure::lost);
        CHECK_FALSE(failure.connection_usable());
        CHECK_FALSE(failure.commit_unknown());
    }
    CHECK(db.state() == session_state::broken);
    CHECK(db.socket() == -1);
    CHECK_THROWS_AS(db.run("select 1"), howdah::connection_error);
    CHECK_FALSE(db.reset(1s));
}

TEST_CASE("a connection that dies under a statement is lost") {
    auto db = data().connect();
    const auto failure = thrown_by<howdah::connection_error>(
        [&] { db.run("select pg_terminate_backend(pg_backend_pid()), pg_sleep(5)"); });
    CHECK(failure.kind() == connection_failure::lost);
    CHECK(db.state() == session_state::broken);
}

TEST_CASE("a second thread on one connection is refused, and the first goes on") {
    auto db = data().connect(), watch = data().connect();
    std::atomic<bool> finished{false};
    watch.run("select pg_advisory_lock(1)"); // for which the first waits as long as we are not done
    std::jthread first([&] {
        db.run("select pg_advisory_lock(1)");
        finished = true;
    });
    REQUIRE(howdah::test::wait_until_blocked(watch));
    CHECK(has(thrown_by<howdah::usage_error>([&] { db.run("select 1"); }), "another thread"));
    CHECK(has(thrown_by<howdah::usage_error>([&] { db.run_script("select 1"); }), "another thread"));
    watch.run("select pg_advisory_unlock(1)");
    first.join();
    CHECK(finished);
    CHECK(query_one<std::int32_t>(db, "select 1") == 1);
}

TEST_CASE("COPY is refused as a statement, both ways, and the connection stays usable") {
    auto db = data().connect();
    db.run_script("create temp table copied (n int); insert into copied select generate_series(1, 10000)");
    CHECK_THROWS_AS(db.run("copy copied to stdout"), howdah::usage_error);
    CHECK_THROWS_AS(db.run("copy copied from stdin"), howdah::usage_error);
    CHECK_THROWS_AS(db.run_script("copy copied to stdout"), howdah::usage_error);
    CHECK(query_one<std::int64_t>(db, "select count(*) from copied") == 10000);
}

TEST_CASE("notices go to the handler, with all their fields") {
    auto config = data().config();
    std::vector<howdah::server_message> heard;
    config.on_notice = [&](const howdah::server_message& notice) { heard.push_back(notice); };
    connection db(config);
    db.run("do $$ begin raise warning 'careful' using hint = 'slow down', errcode = '01ABC'; raise notice "
           "'two'; end $$");
    REQUIRE(heard.size() == 2);
    CHECK(heard[0].severity == "WARNING");
    CHECK(heard[0].message == "careful");
    CHECK(heard[0].hint == "slow down");
    CHECK(heard[0].sqlstate.text() == "01ABC");
    CHECK(heard[1].severity == "NOTICE");
}

TEST_CASE("quoted identifiers mean to the server what was quoted") {
    auto db = data().connect();
    std::mt19937 random(20261121);
    CAPTURE("seed 20261121");
    const std::vector<std::string> pieces{
        "\"", "\\", "'", "a", "B", " ", ";", "--", "$1", "%", "\xC3\xA9", "\n", "\xF0\x9F\x90\x98"};
    for (int i = 0; i < 300; ++i) {
        std::string name;
        for (auto count = 1 + random() % 8; count > 0; --count) name += pieces[random() % pieces.size()];
        CAPTURE(name);
        const auto quoted = connection::quote_identifier(name);
        auto what = within("select 1 as " + quoted, 5s);
        const std::string text = "select 1 as " + quoted;
        what.text = text;
        what.prepare = false;
        REQUIRE(db.run(what).column_at(0).name == name);
        REQUIRE(query_one<bool>(
            db,
            "select $1 = case when quote_ident($2) like '\"%' then quote_ident($2) else '\"' || "
            "$2 || '\"' end",
            quoted, name));
    }
    CHECK_THROWS_AS((void)connection::quote_identifier(""), howdah::usage_error);
    CHECK_THROWS_AS((void)connection::quote_identifier(std::string_view("a\0b", 3)), howdah::usage_error);
    CHECK_THROWS_AS((void)connection::quote_identifier("\xFF"), howdah::usage_error);
}

TEST_CASE("65,535 parameters pass, and one more is refused before it is sent") {
    auto db = data().connect();
    howdah::parameters values;
    std::string text = "select array_length(array[$1::int";
    values.add(0);
    for (int i = 1; i < 65'535; ++i) {
        text += ",$" + std::to_string(i + 1);
        values.add(i);
    }
    text += "], 1)";
    howdah::statement what(text);
    what.prepare = false;
    CHECK(db.run(what, values).value<std::int32_t>(0, 0) == 65'535);
    CHECK_THROWS_AS(values.add(1), howdah::usage_error);
    CHECK(values.size() == 65'535);
}

/// Counts waits, and can be told to throw.
class counting final : public howdah::waiter {
public:
    std::atomic<int> waits{0};
    bool throws = false;
    bool wait(int socket, howdah::interest what, howdah::deadline until) override {
        ++waits;
        if (throws) throw std::runtime_error("the host stops");
        CHECK(until != howdah::deadline::max());
        return howdah::polling_waiter().wait(socket, what, until);
    }
};

TEST_CASE("a waiter sees every wait, and may give up") {
    counting seam;
    auto config = data().config();
    config.wait_with = &seam;
    connection db(config);
    CHECK(seam.waits > 0);
    int before = seam.waits;
    db.run("select pg_sleep(0.01)");
    CHECK(seam.waits > before);
    before = seam.waits;
    db.run_script("select pg_sleep(0.01)");
    CHECK(seam.waits > before);
    before = seam.waits;
    CHECK_THROWS_AS(db.run(within("select pg_sleep(5)", 20ms)), howdah::server_error);
    CHECK(seam.waits >= before + 2); // for the answer, and for that of the cancel
    seam.throws = true;
    CHECK_THROWS_AS(db.run("select pg_sleep(0.01)"), std::runtime_error);
    CHECK(db.state() == session_state::broken);
}

TEST_CASE("a statement with a NUL byte is refused before anything is sent") {
    auto db = data().connect();
    const std::string_view text("select 1\0; drop table x", 23);
    CHECK_THROWS_AS(db.run(text), howdah::usage_error);
    CHECK_THROWS_AS(db.run_script(text), howdah::usage_error);
    CHECK(query_one<std::int32_t>(db, "select 1") == 1);
}

TEST_CASE("reset() brings a dirty session back, and costs nothing for a clean one") {
    counting seam;
    auto config = data().config();
    config.wait_with = &seam;
    connection db(config);
    CHECK(query_one<std::int32_t>(db, "select 1") == 1);
    const int before = seam.waits;
    CHECK(db.reset(20s));
    CHECK(seam.waits == before);
    db.run("set search_path = pg_catalog");
    db.run("create temp table left_behind (n int)");
    db.run_script("begin");
    CHECK(db.reset(20s));
    CHECK(db.state() == session_state::idle);
    CHECK(query_one<std::string>(db, "show search_path") != "pg_catalog");
    CHECK(query_one<bool>(db, "select to_regclass('left_behind') is null"));
    CHECK(query_one<std::string>(db, "show timezone") == "UTC");
}

} // namespace

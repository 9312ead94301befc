// SPDX-License-Identifier: BSL-1.0
#include <doctest/doctest.h>

#include <cstdlib>
#include <string>
#include <string_view>

#include <howdah/environment.hpp>
#include <howdah/pool_config.hpp>

namespace {

using namespace std::chrono_literals;
using howdah::environment;
using howdah::pool_config;

/// What validate() or from_environment() says, or nothing.
template <class Action> std::string refusal(Action action) {
    try {
        action();
    } catch (const howdah::usage_error& refused) {
        return refused.what();
    }
    return {};
}

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != text.npos;
}

pool_config from(const std::string& lines) {
    return pool_config::from_environment(
        environment::parse("DATABASE_URL=postgresql://localhost/app\n" + lines));
}

TEST_CASE("the default pool configuration is valid and is what its comments say") {
    const pool_config config;
    config.validate();
    CHECK(config.max_size == 10);
    CHECK(config.min_idle == 0);
    CHECK(config.acquire_timeout == 5s);
    CHECK(config.idle_timeout == 10min);
    CHECK(config.max_lifetime == 30min);
    CHECK(config.check_after_idle == 1s);
    CHECK(config.reset_sessions);
}

TEST_CASE("zero means none for the times that may be switched off") {
    pool_config config;
    config.acquire_timeout = config.idle_timeout = config.max_lifetime = config.check_after_idle = 0ms;
    CHECK(refusal([&] { config.validate(); }).empty());
    config.idle_timeout = 10min; // no lifetime: nothing to contradict
    CHECK(refusal([&] { config.validate(); }).empty());
}

TEST_CASE("each field that cannot be is refused by name") {
    struct row {
        void (*spoil)(pool_config&);
        std::string_view named;
    };
    const row rows[] = {
        {[](pool_config& c) { c.max_size = 0; }, "max_size is 0"},
        {[](pool_config& c) { c.max_size = 10'001; }, "max_size is above"},
        {[](pool_config& c) { c.min_idle = 11; }, "min_idle is above max_size"},
        {[](pool_config& c) { c.acquire_timeout = -1ms; }, "acquire_timeout"},
        {[](pool_config& c) { c.idle_timeout = -1ms; }, "idle_timeout is negative"},
        {[](pool_config& c) { c.max_lifetime = -1ms; }, "max_lifetime is negative"},
        {[](pool_config& c) { c.max_lifetime = 1min; }, "max_lifetime is shorter than idle_timeout"},
        {[](pool_config& c) { c.reset_timeout = 0ms; }, "reset_timeout"},
        {[](pool_config& c) { c.check_after_idle = -1ms; }, "check_after_idle"},
        {[](pool_config& c) { c.connection.connect_timeout = 0ms; }, "connection.connect_timeout"},
        {[](pool_config& c) { c.connection.statement_timeout = 0ms; }, "connection.statement_timeout"},
        {[](pool_config& c) { c.connection.cancel_timeout = -5ms; }, "connection.cancel_timeout"},
        {[](pool_config& c) { c.connection.statement_cache_size = 0; }, "connection.statement_cache_size"},
    };
    for (const auto& [spoil, named] : rows) {
        CAPTURE(named);
        pool_config config;
        spoil(config);
        CHECK(has(refusal([&] { config.validate(); }), named));
    }
}

TEST_CASE("all faults of a pool configuration are in one error") {
    pool_config config;
    config.max_size = 0;
    config.reset_timeout = 0ms;
    config.acquire_timeout = -1ms;
    const auto what = refusal([&] { config.validate(); });
    CHECK(has(what, "max_size is 0"));
    CHECK(has(what, "min_idle") == false);
    CHECK(has(what, "reset_timeout"));
    CHECK(has(what, "acquire_timeout"));
}

TEST_CASE("every documented variable reaches its field") {
    const auto config = from("HOWDAH_APPLICATION_NAME=shop\n"
                             "HOWDAH_CONNECT_TIMEOUT_MS=11\nHOWDAH_STATEMENT_TIMEOUT_MS=12\n"
                             "HOWDAH_PREPARE_STATEMENTS=off\n"
                             "HOWDAH_POOL_MAX_SIZE=7\nHOWDAH_POOL_MIN_IDLE=3\n"
                             "HOWDAH_POOL_ACQUIRE_TIMEOUT_MS=13\nHOWDAH_POOL_IDLE_TIMEOUT_MS=14\n"
                             "HOWDAH_POOL_MAX_LIFETIME_MS=15\nHOWDAH_POOL_RESET_TIMEOUT_MS=16\n"
                             "HOWDAH_POOL_CHECK_AFTER_IDLE_MS=17\nHOWDAH_POOL_RESET_SESSIONS=false\n");
    CHECK(config.connection.url == "postgresql://localhost/app");
    CHECK(config.connection.application_name == "shop");
    CHECK(config.connection.connect_timeout == 11ms);
    CHECK(config.connection.statement_timeout == 12ms);
    CHECK_FALSE(config.connection.prepare_statements);
    CHECK(config.max_size == 7);
    CHECK(config.min_idle == 3);
    CHECK(config.acquire_timeout == 13ms);
    CHECK(config.idle_timeout == 14ms);
    CHECK(config.max_lifetime == 15ms);
    CHECK(config.reset_timeout == 16ms);
    CHECK(config.check_after_idle == 17ms);
    CHECK_FALSE(config.reset_sessions);
}

TEST_CASE("what is not set keeps its default") {
    const auto config = from("");
    CHECK(config.max_size == 10);
    CHECK(config.connection.prepare_statements);
    CHECK(config.acquire_timeout == 5s);
}

TEST_CASE("a missing or empty DATABASE_URL names both ways to set it") {
    for (const std::string text : {"", "DATABASE_URL=\n", "HOWDAH_POOL_MAX_SIZE=3\n"}) {
        CAPTURE(text);
        const auto what = refusal([&] { (void)pool_config::from_environment(environment::parse(text)); });
        CHECK(has(what, "DATABASE_URL is not set"));
        CHECK(has(what, "export it"));
        CHECK(has(what, ".env"));
    }
}

TEST_CASE("a value that is no number or no flag is refused by the variable's name, without the value") {
    for (const std::string value : {"ten", "-1", "+1", "1.5", "10ms", " ", "2147483648", "0x10", ""}) {
        CAPTURE(value);
        const auto what = refusal([&] { (void)from("HOWDAH_POOL_MAX_SIZE='" + value + "'\n"); });
        CHECK(has(what, "HOWDAH_POOL_MAX_SIZE is not a whole number"));
    }
    const auto what =
        refusal([] { (void)from("HOWDAH_POOL_RESET_SESSIONS=s3cret\nHOWDAH_POOL_MIN_IDLE=s3cret\n"); });
    CHECK(has(what, "HOWDAH_POOL_RESET_SESSIONS is none of"));
    CHECK(has(what, "HOWDAH_POOL_MIN_IDLE is not"));
    CHECK_FALSE(has(what, "s3cret"));
}

TEST_CASE("a configuration from the environment is validated") {
    CHECK(has(refusal([] { (void)from("HOWDAH_POOL_MIN_IDLE=20\n"); }), "min_idle is above max_size"));
}

TEST_CASE("a variable of the process wins over the file") {
    ::setenv("HOWDAH_POOL_MAX_SIZE", "4", 1);
    const auto config = from("HOWDAH_POOL_MAX_SIZE=9\n");
    ::unsetenv("HOWDAH_POOL_MAX_SIZE");
    CHECK(config.max_size == 4);
    CHECK(from("HOWDAH_POOL_MAX_SIZE=9\n").max_size == 9);
}

} // namespace

// SPDX-License-Identifier: BSL-1.0
//
// The code of docs/types.md.
#include <doctest/doctest.h>

#include <howdah/bit_string.hpp>
#include <howdah/howdah.hpp>
#include <howdah/hstore.hpp>
#include <howdah/inet.hpp>
#include <howdah/interval.hpp>
#include <howdah/time_of_day.hpp>
#include <howdah/void_result.hpp>

#include "test_database.hpp"

TEST_CASE("types: times of day") {
    const auto database = howdah::test::fresh_database();
    auto db = database.connect();
    // [types_time_of_day]
    struct shift {
        howdah::time_of_day begins, ends;
    };
    const auto night = howdah::query_one<shift>(db, "select '22:00'::time as begins, '24:00'::time as ends");
    const auto length = night.ends.since_midnight - night.begins.since_midnight; // two hours
    // [types_time_of_day-end]
    CHECK(length == std::chrono::hours{2});
}

TEST_CASE("types: intervals") {
    // [types_interval]
    const howdah::interval notice{.months = 1, .days = -3, .time = std::chrono::hours{4}};
    const std::string text = howdah::format_interval(notice); // "1 mon -3 days +04:00:00"
    const auto parsed = howdah::parse_interval("P1M-3DT4H");  // the same
    const auto exact = notice.exact_duration();               // nothing: it depends on the date
    const auto day = howdah::interval::from_duration(std::chrono::hours{24}); // not the same as .days = 1
    // [types_interval-end]
    CHECK(text == "1 mon -3 days +04:00:00");
    CHECK(parsed == notice);
    CHECK_FALSE(exact);
    CHECK(day != howdah::interval{.days = 1});
}

TEST_CASE("types: addresses") {
    // [types_address]
    const auto host = howdah::inet::parse("192.168.0.7/24");
    const auto network = howdah::cidr::network_of(host);
    const std::string text = network.text();    // "192.168.0.0/24"
    const bool inside = network.contains(host); // true
    // [types_address-end]
    CHECK(text == "192.168.0.0/24");
    CHECK(inside);
}

TEST_CASE("types: bits, keys and values") {
    const auto database = howdah::test::fresh_database();
    auto db = database.connect();
    execute(db, "create extension hstore");
    // [types_bits_and_pairs]
    auto flags = howdah::bit_string::parse("1010");
    flags.set(3, true);
    const howdah::hstore labels{{{"colour", "red"}, {"size", std::nullopt}}};
    const auto red = howdah::query_one<bool>(db, "select $1::hstore @> 'colour=>red'", labels);
    // [types_bits_and_pairs-end]
    CHECK(flags.text() == "1011");
    CHECK(red);
}

TEST_CASE("types: void and money") {
    const auto database = howdah::test::fresh_database();
    auto db = database.connect();
    // [types_void_and_money]
    struct notified {
        std::monostate pg_notify;
        std::int32_t pid;
    };
    const auto sent =
        howdah::query_one<notified>(db, "select pg_notify('jobs', $1), pg_backend_pid() as pid", "41");
    const auto price = howdah::query_one<howdah::numeric>(db, "select ('12.50'::money)::numeric");
    // [types_void_and_money-end]
    CHECK(sent.pid == db.backend_pid());
    CHECK(price.text() == "12.50");
}

// SPDX-License-Identifier: BSL-1.0
//
// The guide's code about connecting, queries and values.
#include <doctest/doctest.h>

#include <howdah/describe.hpp>

#include "guide_users.hpp"
#include "test_database.hpp"

// [row_struct]
struct person {
    howdah::uuid id;
    std::string name;
    std::optional<std::string> picture;
    howdah::timestamp created_at;
};
// [row_struct-end]

// [enum]
enum class mood { sad, ok };

template <> struct howdah::enum_labels<mood> {
    static constexpr std::array<std::pair<mood, std::string_view>, 2> values{
        {{mood::sad, "sad"}, {mood::ok, "ok"}}};
};
// [enum-end]

// [codec_via]
struct celsius {
    double degrees;
    bool measured;
};

template <> struct howdah::codec<celsius> : howdah::codec_via<celsius, double> {
    static celsius from_wire(double degrees) { return {degrees, true}; }
    static double to_wire(const celsius& value) { return value.degrees; }
};
// [codec_via-end]

// [described]
struct stamped {
    std::int32_t version = 0;
};
struct account : stamped {
    std::int64_t id = 0;
    std::string owner;
};
BOOST_DESCRIBE_STRUCT(stamped, (), (version))
BOOST_DESCRIBE_STRUCT(account, (stamped), (id, owner))
// [described-end]

namespace {

TEST_CASE("guide: a connection") {
    const auto database = howdah::test::users_database();
    const std::string url = database.url();
    // [connect]
    howdah::connection_config config{.url = url};
    config.application_name = "billing";
    config.statement_timeout = std::chrono::seconds(5);

    howdah::connection db{config};
    howdah::execute(db, "delete from users where last_login_at < now() - interval '5 years'");
    // [connect-end]
    CHECK(howdah::query_one<std::string>(db, "show application_name") == "billing");
}

TEST_CASE("guide: queries") {
    const auto database = howdah::test::users_database();
    howdah::connection db = database.connect();
    howdah::execute(db, "insert into users (email, name) values ('ada@example.org', 'Ada')");
    const std::string email = "ada@example.org", prefix = "A%";
    // [query]
    for (const person& one : howdah::query<person>(db, "select * from users where name like $1", prefix))
        MESSAGE(one.name);

    auto ada = howdah::query_optional<person>(db, "select * from users where email = $1", email);
    auto total = howdah::query_one<std::int64_t>(db, "select count(*) from users");
    auto touched = howdah::execute(db, "update users set name = $1 where email = $2", "Ada L.", email);
    // [query-end]
    REQUIRE(ada);
    CHECK(ada->name == "Ada");
    CHECK(total == 1);
    CHECK(touched == 1);

    // [strict]
    auto exact = howdah::query<howdah::strict<person>>(db, "select id, name, picture, created_at from users");
    // [strict-end]
    CHECK(exact.size() == 1);
    CHECK_THROWS_AS((void)howdah::query<howdah::strict<person>>(db, "select * from users"),
                    howdah::decode_error);

    // [statement]
    howdah::statement report = "select count(*) from users";
    report.timeout = std::chrono::minutes(2); // instead of the connection's statement_timeout
    report.prepare = false;                   // run once: not worth keeping prepared
    auto count = howdah::query_one<std::int64_t>(db, report);
    // [statement-end]
    CHECK(count == 1);

    // [result]
    const howdah::result answer = db.run("select version(), 42");
    auto number = answer.value<std::int32_t>(0, 1); // row 0, column 1
    // [result-end]
    CHECK(number == 42);
}

TEST_CASE("guide: timestamps") {
    const auto database = howdah::test::users_database();
    howdah::connection db = database.connect();
    // [timestamps]
    auto seen = howdah::parse_timestamp("2026-01-24 03:04:05.123456+05:30");
    auto same = howdah::query_one<howdah::timestamp>(db, "select $1", seen);
    auto text = howdah::format_rfc3339(same); // "2026-01-23T21:34:05.123456Z"

    auto json = howdah::query_one<std::string>(db, "select to_json($1)::text", seen);
    auto again = howdah::parse_timestamp(json); // with its double quotes

    auto for_ever =
        howdah::query_one<howdah::or_infinity<howdah::timestamp>>(db, "select 'infinity'::timestamptz");
    // [timestamps-end]
    CHECK(same == seen);
    CHECK(text == "2026-01-23T21:34:05.123456Z");
    CHECK(again == seen);
    CHECK_FALSE(for_ever.finite());
}

TEST_CASE("guide: values of one's own") {
    const auto database = howdah::test::fresh_database();
    howdah::connection db = database.connect();
    db.run_script("create type mood as enum ('sad', 'ok')");
    // [enum_use]
    auto today = howdah::query_one<mood>(db, "select $1::mood", mood::ok);
    // [enum_use-end]
    CHECK(today == mood::ok);
    CHECK(howdah::query_one<celsius>(db, "select 20.5::float8").degrees == 20.5);
    using address = std::optional<email_address>; // has no default value of its own
    CHECK(howdah::query_one<address>(db, "select 'a@b'::text")->value() == "a@b");
    CHECK_THROWS_AS((void)howdah::query_one<address>(db, "select 'a'::text"), howdah::decode_error);

    const auto one = howdah::query_one<account>(db, "select 7 as version, 1::bigint as id, 'Ada' as owner");
    CHECK(one.version == 7);
    CHECK(one.owner == "Ada");
}

} // namespace

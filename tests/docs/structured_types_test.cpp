// SPDX-License-Identifier: BSL-1.0
//
// The code of docs/types.md on types that are made of others.
#include <doctest/doctest.h>

#include <howdah/array.hpp>
#include <howdah/composite.hpp>
#include <howdah/howdah.hpp>
#include <howdah/range.hpp>

#include "test_database.hpp"

// [types_composite]
struct address {
    std::string street;
    std::optional<std::string> zip; // an attribute may always be NULL
};
template <> struct howdah::composite<address> {
    static constexpr auto name = "address"; // create type address as (street text, zip text)
};

struct resident {
    std::int64_t id;
    address home;
    std::vector<address> others;
};
// [types_composite-end]

TEST_CASE("types: composite types") {
    const auto database = howdah::test::fresh_database();
    auto db = database.connect();
    db.run_script("create type address as (street text, zip text);"
                  "create table residents (id bigint, home address, others address[])");
    // [types_composite_use]
    const address home{"12, Main Street", "10115"};
    execute(db, "insert into residents values ($1, $2, $3)", 7, home, std::vector{home});
    const auto found =
        howdah::query_one<resident>(db, "select * from residents where (home).zip = $1", home.zip);
    // [types_composite_use-end]
    CHECK(found.home.street == home.street);
    CHECK(found.others.size() == 1);
}

TEST_CASE("types: the catalogue") {
    const auto database = howdah::test::fresh_database();
    auto db = database.connect();
    execute(db, "create type mood as enum ('ok')");
    // [types_catalogue]
    const auto mood = db.type_named("mood"); // null if there is no such type
    const bool is_enum = mood && mood->kind == howdah::type_kind::enumeration;
    // [types_catalogue-end]
    CHECK(is_enum);
}

TEST_CASE("types: ranges") {
    const auto database = howdah::test::fresh_database();
    auto db = database.connect();
    execute(db, "create table stays (room integer, during daterange)");
    // [types_range]
    using namespace std::chrono;
    const howdah::range<howdah::date> stay{sys_days{2026y / 7 / 1}, sys_days{2026y / 7 / 8}}; // [from, to)
    execute(db, "insert into stays values ($1, $2)", 12, stay);
    const auto taken = howdah::query_one<howdah::multirange<howdah::date>>(
        db, "select range_agg(during) from stays where during && $1", stay);
    const bool busy = taken.ranges.front().contains(sys_days{2026y / 7 / 3});
    const auto whole = howdah::canonical(howdah::range<std::int32_t>{1, 5, howdah::bounds::closed}); // [1,6)
    // [types_range-end]
    CHECK(busy);
    CHECK(whole == howdah::range<std::int32_t>{1, 6});
}

TEST_CASE("types: arrays") {
    const auto database = howdah::test::fresh_database();
    auto db = database.connect();
    // [types_array]
    const howdah::array<std::int32_t> matrix{{{2}, {3}}, {1, 2, 3, 4, 5, 6}}; // two rows of three
    const auto corner = howdah::query_one<std::int32_t>(db, "select ($1::integer[])[2][1]", matrix); // 4
    const auto same = matrix.at({2, 1}); // counted as in SQL
    const auto shifted =
        howdah::query_one<howdah::array<std::int32_t>>(db, "select '[-1:1]={7,8,9}'::integer[]");
    const auto rows =
        howdah::query_one<std::vector<std::vector<std::int32_t>>>(db, "select '{{1,2},{3,4}}'::integer[]");
    // [types_array-end]
    CHECK(corner == same);
    CHECK(shifted.at({-1}) == 7);
    CHECK(rows[1][0] == 3);
}

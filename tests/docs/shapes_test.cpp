// SPDX-License-Identifier: BSL-1.0
//
// The code of docs/shapes.md.
#include <doctest/doctest.h>

#include <howdah/load_children.hpp>
#include <howdah/maps.hpp>
#include <howdah/tuple.hpp>

#include "test_database.hpp"

// [structs]
struct customer {
    std::int64_t id;
    std::string name;
};
struct order {
    std::int64_t id;
    std::int64_t customer_id;
    std::string note;
};
struct line {
    std::int64_t order_id;
    std::int32_t position;
    std::string item;
};
// [structs-end]

// [inner]
struct order_and_buyer {
    std::int64_t id;
    std::string note;
    std::optional<customer> buyer; // the columns "buyer.id" and "buyer.name"
};
// [inner-end]

// [table]
template <> struct howdah::table<line> {
    static constexpr auto name = "lines", key = "position";
};
// [table-end]

namespace {

TEST_CASE("shapes: joins, maps and children") {
    const auto database = howdah::test::fresh_database();
    howdah::connection db{database.config()};
    db.run_script(
        "create table customers (id bigint primary key, name text not null);"
        "create table orders (id bigint primary key, customer_id bigint not null, note text not null);"
        "create table lines (order_id bigint not null, position integer not null, item text not null);"
        "insert into customers values (1, 'Ada');"
        "insert into orders values (10, 1, 'first'), (11, 2, 'nobody''s');"
        "insert into lines values (10, 1, 'a'), (10, 2, 'b'), (11, 1, 'c')");
    // [nested]
    auto orders = howdah::query<order_and_buyer>(
        db, "select o.id, o.note, c.id as \"buyer.id\", c.name as \"buyer.name\""
            " from orders o left join customers c on c.id = o.customer_id order by o.id");
    // [nested-end]
    CHECK(orders[0].buyer->name == "Ada");
    CHECK(!orders[1].buyer);
    std::size_t seen = 0;
    const auto print = [&](const order&, const customer&) { ++seen; };
    // [tuple]
    for (const auto& [placed, by] : howdah::query<std::tuple<order, customer>>(
             db, "select o.id, o.customer_id, o.note, c.id, c.name"
                 " from orders o join customers c on c.id = o.customer_id"))
        print(placed, by);
    // [tuple-end]
    CHECK(seen == 1);
    // [maps]
    auto by_id = howdah::query_map<&customer::id>(db, "select * from customers");
    auto lines_of = howdah::query_groups<&line::order_id>(db, "select * from lines order by position");
    // [maps-end]
    CHECK(by_id.at(1).name == "Ada");
    CHECK(lines_of[10].size() == 2);
    // [children]
    auto parents = howdah::query<order>(db, "select * from orders order by id");
    auto lines = howdah::load_children<&line::order_id>(
        db, parents, &order::id, {.order_by = {howdah::ascending<&line::position>()}, .limit = 10});
    for (std::size_t i = 0; i < parents.size(); ++i)
        for (const line& one : lines[i]) CHECK(one.order_id == parents[i].id);
    // [children-end]
    CHECK(lines[0].size() == 2);
}

} // namespace

// SPDX-License-Identifier: BSL-1.0
//
// The shapes that rows take beside a plain struct: structs in structs, tuples, maps, children of many parents.
#include <doctest/doctest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <howdah/load_children.hpp>
#include <howdah/maps.hpp>
#include <howdah/tuple.hpp>

#include "test_database.hpp"

namespace shapes {

struct customer {
    std::int64_t id = 0;
    std::string name;
    std::optional<std::string> phone;
};
struct order {
    std::int64_t id = 0;
    std::int64_t customer_id = 0;
    std::string note;
};
struct line {
    std::int64_t order_id = 0;
    std::int32_t position = 0;
    std::string item;
};
struct order_with_customer {
    std::int64_t id = 0;
    customer buyer;
    std::optional<customer> referrer;
};
struct country {
    std::string code;
    std::int32_t calling_code = 0;
};
struct city {
    std::string name;
    std::optional<country> in;
};
struct trip {
    std::int32_t id = 0;
    std::optional<city> from;
    std::optional<city> to;
};

} // namespace shapes

template <> struct howdah::table<shapes::line> {
    static constexpr auto name = "lines", key = "position";
};

namespace {

using namespace shapes;
using howdah::query;
using howdah::query_one;

howdah::connection& db() {
    static auto made = howdah::test::fresh_database();
    static howdah::connection on = [] {
        howdah::connection fresh{made.config()};
        fresh.run_script(
            "create table customers (id bigint primary key, name text not null, phone text);"
            "create table orders (id bigint primary key, customer_id bigint, note text not null);"
            "create table lines (order_id bigint, position integer, item text not null);"
            "insert into customers values (1, 'Ada', '+44'), (2, 'Grace', null);"
            "insert into orders values (10, 1, 'first'), (11, 2, ''), (12, null, 'nobody');"
            "insert into lines values (10, 2, 'b'), (10, 1, 'a'), (12, 1, 'x'), (10, 3, 'c')");
        return fresh;
    }();
    return on;
}

template <class Action> std::string refusal_of(Action action) {
    try {
        action();
    } catch (const howdah::decode_error& failure) {
        return failure.what();
    }
    return "nothing was refused";
}

TEST_CASE("a struct in a struct reads the columns that are named after it") {
    const auto found = query_one<order_with_customer>(
        db(), "select 10 as id, 1 as \"buyer.id\", 'Ada' as \"buyer.name\", null::text as \"buyer.phone\","
              " 2 as \"referrer.id\", 'Grace' as \"referrer.name\", '+1' as \"referrer.phone\"");
    CHECK(found.id == 10);
    CHECK(found.buyer.name == "Ada");
    CHECK(!found.buyer.phone);
    REQUIRE(found.referrer);
    CHECK(found.referrer->id == 2);
    CHECK(found.referrer->phone == "+1");
}

TEST_CASE("an optional struct is empty where all its columns are NULL, row by row") {
    const auto rows = query<order_with_customer>(
        db(), "select o.id, 1 as \"buyer.id\", 'Ada' as \"buyer.name\", null::text as \"buyer.phone\","
              " c.id as \"referrer.id\", c.name as \"referrer.name\", c.phone as \"referrer.phone\""
              " from orders o left join customers c on c.id = o.customer_id order by o.id");
    REQUIRE(rows.size() == 3);
    CHECK(rows[0].referrer->phone == "+44");
    CHECK(rows[1].referrer->name == "Grace");
    CHECK(!rows[1].referrer->phone);
    CHECK(!rows[2].referrer);
}

TEST_CASE("NULL in one column of an optional struct that has others is refused, and named") {
    const auto refusal = refusal_of([] {
        (void)query<order_with_customer>(db(),
                                         "select 10 as id, 1 as \"buyer.id\", 'Ada' as \"buyer.name\","
                                         " null::text as \"buyer.phone\", 2 as \"referrer.id\","
                                         " null::text as \"referrer.name\", '+1' as \"referrer.phone\"");
    });
    CHECK(refusal.find("referrer.name") != refusal.npos);
    CHECK(refusal.find("NULL") != refusal.npos);
}

TEST_CASE("NULL in a struct that is not optional is refused as in the row itself") {
    CHECK_THROWS_AS((void)query<order_with_customer>(
                        db(), "select 10 as id, null::bigint as \"buyer.id\", null::text as \"buyer.name\","
                              " null::text as \"buyer.phone\", 2 as \"referrer.id\", '' as \"referrer.name\","
                              " '' as \"referrer.phone\""),
                    howdah::decode_error);
}

TEST_CASE("optional structs nest, and each is empty by itself") {
    const auto read = [](const std::string& values) {
        return query_one<trip>(db(),
                               "select * from (values (1, " + values +
                                   ")) as t (id, \"from.name\", \"from.in.code\", \"from.in.calling_code\","
                                   " \"to.name\", \"to.in.code\", \"to.in.calling_code\")");
    };
    const auto both = read("'Paris', 'FR', 33, 'Rome', 'IT', 39");
    CHECK(both.from->in->calling_code == 33);
    CHECK(both.to->in->code == "IT");
    const auto outer = read("'Paris', null::text, null::int, null::text, null::text, null::int");
    CHECK(outer.from->name == "Paris");
    CHECK(!outer.from->in);
    CHECK(!outer.to);
    const auto none = read("null::text, null::text, null::int, 'Rome', 'IT', 39");
    CHECK(!none.from);
    CHECK(none.to->in->calling_code == 39);
    CHECK(refusal_of([&] { (void)read("null::text, 'FR', 33, 'Rome', 'IT', 39"); }).find("from.name") !=
          std::string::npos);
}

TEST_CASE("every missing column of a struct is named") {
    const auto refusal = refusal_of([] { (void)query<order_with_customer>(db(), "select 1 as id"); });
    for (const auto* name : {"buyer.id", "buyer.name", "referrer.phone"})
        CHECK(refusal.find(name) != refusal.npos);
}

TEST_CASE("a join comes as a tuple, with columns of the same name") {
    const auto rows = query<std::tuple<order, customer>>(
        db(), "select o.id, o.note, o.customer_id, c.phone, c.id, c.name"
              " from orders o join customers c on c.id = o.customer_id order by o.id");
    REQUIRE(rows.size() == 2);
    const auto& [placed, by] = rows[0];
    CHECK(placed.id == 10);
    CHECK(placed.note == "first");
    CHECK(by.id == 1);
    CHECK(by.phone == "+44");
}

TEST_CASE("an outer join comes as a tuple with an optional, and single columns stand where they are") {
    const auto rows =
        query<std::tuple<std::int64_t, order, std::optional<customer>, std::optional<std::string>>>(
            db(), "select count(*) over (), o.id, o.customer_id + 0 as customer_id, o.note, c.*, null::text"
                  " from orders o left join customers c on c.id = o.customer_id"
                  " where o.customer_id is not null order by o.id");
    REQUIRE(rows.size() == 2);
    CHECK(std::get<0>(rows[0]) == 2);
    CHECK(std::get<2>(rows[1])->name == "Grace");
    CHECK(!std::get<3>(rows[1]));
    const auto nobody = query_one<std::pair<std::int64_t, std::optional<customer>>>(
        db(), "select o.id, c.* from orders o left join customers c on c.id = o.customer_id where o.id = 12");
    CHECK(nobody.first == 12);
    CHECK(!nobody.second);
}

TEST_CASE("a tuple refuses columns that belong to no element, and too few of them") {
    CHECK(refusal_of([] {
              (void)query<std::tuple<std::int64_t, customer>>(db(),
                                                              "select 1, c.*, 7 as more from customers c");
          }).find("\"more\" is left over") != std::string::npos);
    CHECK(refusal_of([] {
              (void)query<std::tuple<std::int64_t, customer>>(db(),
                                                              "select 1, c.id, c.name from customers c");
          }).find("\"phone\"") != std::string::npos);
    CHECK(refusal_of([] { (void)query<std::tuple<int, int>>(db(), "select 1"); }).find("no column") !=
          std::string::npos);
}

TEST_CASE("rows come as a map by one of their fields, or in groups") {
    const auto by_id = howdah::query_map<&customer::id>(db(), "select * from customers");
    REQUIRE(by_id.size() == 2);
    CHECK(by_id.at(2).name == "Grace");
    CHECK_THROWS_AS((void)howdah::query_map<&line::order_id>(db(), "select * from lines"),
                    howdah::row_count_error);
    const auto groups = howdah::query_groups<&line::order_id>(db(), "select * from lines order by position");
    REQUIRE(groups.size() == 2);
    CHECK(groups.at(10).size() == 3);
    CHECK(groups.at(10)[1].item == "b");
}

TEST_CASE("the children of many parents come in one query, in the order of the parents") {
    auto parents = query<order>(
        db(), "select id, coalesce(customer_id, 0) as customer_id, note from orders order by id");
    parents.push_back(parents.front()); // twice the same parent: both have their children
    const howdah::selection<line> by_position{.order_by = {howdah::ascending<&line::position>()}};
    const auto children = howdah::load_children<&line::order_id>(db(), parents, &order::id, by_position);
    REQUIRE(children.size() == 4);
    REQUIRE(children[0].size() == 3);
    CHECK(children[0][0].item == "a");
    CHECK(children[0][2].item == "c");
    CHECK(children[1].empty());
    CHECK(children[2].front().item == "x");
    CHECK(children[3].size() == 3);
    CHECK(howdah::load_children<&line::order_id>(db(), std::vector<order>(), &order::id).empty());
}

TEST_CASE("a limit and a condition on children hold for each parent") {
    const auto parents = query<order>(db(), "select id, 0 as customer_id, note from orders order by id");
    const howdah::selection<line> last{.where = howdah::not_equal<&line::item>("c"),
                                       .order_by = {howdah::descending<&line::position>()},
                                       .limit = 1};
    const auto children = howdah::load_children<&line::order_id>(db(), parents, &order::id, last);
    REQUIRE(children[0].size() == 1);
    CHECK(children[0][0].item == "b");
    CHECK(children[2].size() == 1);
}

} // namespace

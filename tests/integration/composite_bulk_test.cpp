// SPDX-License-Identifier: BSL-1.0
//
// Rows with structs in bulk, all in binary: COPY, and arrays of composite types that the server unnests.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include <howdah/copy.hpp>
#include <howdah/repository.hpp>

#include "address_rows.hpp"
#include "test_database.hpp"

using namespace howdah;
using namespace howdah::tests;

namespace composite_bulk {

struct person {
    std::int64_t id = 0;
    address home{};
    std::optional<address> office{};
    std::vector<std::optional<address>> others{};
    std::optional<point> at{};
    std::int32_t version = 1;
    friend bool operator==(const person&, const person&) = default;
};
struct moved {
    std::int64_t id = 0;
    std::int32_t version = 1;
    address home{};
    std::optional<address> office{};
};
struct dated {
    std::string value;
};
struct appointment {
    std::int64_t id = 0;
    dated on;
};
struct wide_point {
    std::int64_t x = 0, y = 0;
};
struct placed {
    std::int64_t id = 0;
    wide_point at{};
};

} // namespace composite_bulk

using namespace composite_bulk;

template <> struct howdah::composite<dated> {
    static constexpr auto name = "dated";
};
template <> struct howdah::composite<wide_point> {
    static constexpr auto name = "point_2";
};
template <> struct howdah::table<person> {
    static constexpr auto name = "people", key = "id", version = "version";
};
template <> struct howdah::table<appointment> {
    static constexpr auto name = "appointments", key = "id";
};
template <> struct howdah::table<placed> {
    static constexpr auto name = "places", key = "id";
};

namespace {

const address ada{"12, \"Main\" (St.)\n\\", "", {1, 2}, {"a", "", "b c", "NULL", "{\"\\"}, mood::odd};
const address bob{"", std::nullopt, {-1, std::nullopt}, {}, mood::ok};

struct stage {
    testing::database base = test::fresh_database();
    connection db = base.connect();
    repository<person> people;
    std::vector<person> rows{{1, ada, std::nullopt, {ada, std::nullopt}, point{1, std::nullopt}},
                             {2, bob, ada, {}, std::nullopt},
                             {3, ada, bob, {bob}, point{-1, 1LL << 40}}};

    stage() {
        db.run_script(
            std::string(create_address_types) +
            "; create domain abode as address check ((value).street <> 'nowhere');"
            "create table people (id int8 primary key, home abode, office address, others address[],"
            "at point_2, version int4 default 1);"
            "create type dated as (value date);"
            "create table appointments (id int8, \"on\" dated); create table places (id int8, at point_2)");
    }
    std::vector<person> stored() { return query<person>(db, "select * from people order by id"); }
    /// As the server prints a column: NULL is not a row of NULLs.
    std::string printed(const std::string& column) {
        return query_one<std::string>(db, "select string_agg(coalesce((" + column +
                                              ")::text, 'null'), ' ' order by id) from people");
    }
    /// Was a statement sent that takes arrays of this type?
    bool takes(const std::string& type) {
        return query_one<bool>(
            db, "select exists (select from pg_prepared_statements where $1 = any (parameter_types::text[]))",
            type);
    }
};

template <class Call> std::string refused(Call call) {
    try {
        call();
    } catch (const error& failure) {
        return failure.what();
    }
    return "not refused";
}

} // namespace

TEST_CASE_FIXTURE(stage, "many rows with structs are inserted and updated as arrays of their types") {
    CHECK(people.insert_many(db, rows) == rows);
    CHECK(stored() == rows);
    CHECK(takes("address[]"));
    CHECK(takes("point_2[]"));
    CHECK(printed("at") == "(1,) null (-1,1099511627776)");
    CHECK(query_one<bool>(db, "select bool_and((office is null) = (id = 1)) from people"));
    // Elements of arrays in columns cannot be: those stay text.
    CHECK(takes("text[]"));

    rows[0].home = bob;
    rows[1].office = std::nullopt;
    CHECK(people.upsert_many(db, rows) == rows);
    CHECK(people.insert_many_or_skip(db, rows).empty());
    CHECK(people.insert_many_count(db, std::vector{person{4, bob}}) == 1);

    const std::vector<moved> moves{{3, 1, bob, std::nullopt}, {1, 9, ada, ada}, {2, 1, ada, bob}};
    const auto answers = people.update_many_if_version(db, moves);
    REQUIRE(answers.size() == 3);
    REQUIRE(answers[0]);
    CHECK(answers[0]->home == bob);
    CHECK(answers[0]->office == std::nullopt);
    REQUIRE(answers[1].conflict());
    CHECK(answers[1].conflict()->current == rows[0]);
    REQUIRE(answers[2]);
    CHECK(answers[2]->office == bob);
    CHECK(people.update_all_if_version(db, std::vector<moved>{{4, 1, ada, ada}}).applied);
    CHECK(people.get(db, std::int64_t{4}).office == ada);

    const auto checked = refused([&] { (void)people.insert_many(db, std::vector{person{9, {"nowhere"}}}); });
    CHECK(checked.find("check_violation") != std::string::npos);
}

TEST_CASE_FIXTURE(stage, "more rows than one statement takes") {
    std::vector<person> many;
    for (std::int64_t id = 1; id <= 20'000; ++id) many.push_back({id, id % 2 ? ada : bob});
    CHECK(people.insert_many_count(db, many) == many.size());
    CHECK(query_one<std::int64_t>(db, "select count(*) from people where (home).street = $1", ada.street) ==
          10'000);
    db.run_script("truncate people");
    CHECK(copy_in(db, many) == many.size());
    CHECK(query_one<std::int64_t>(db, "select count(*) from people where (home).street = $1", ada.street) ==
          10'000);
}

TEST_CASE_FIXTURE(stage, "COPY stores structs and arrays of structs, and reads them again") {
    CHECK(copy_in(db, rows) == 3);
    CHECK(stored() == rows);
    CHECK(copy_out<person>(db) == rows);
    CHECK(printed("at") == "(1,) null (-1,1099511627776)");
    copy_writer<person> writer(db);
    writer.write(person{5, ada});
    CHECK(writer.finish() == 1);
    CHECK(refused([&] { copy_in(db, std::vector{person{9, {"nowhere"}}}); }).find("check_violation") !=
          std::string::npos);
}

TEST_CASE_FIXTURE(stage,
                  "an attribute that the server would have to convert goes through text in statements") {
    const std::vector<appointment> all{{1, {"2026-07-01"}}};
    CHECK(repository<appointment>().insert_many_count(db, all) == 1);
    CHECK(query_one<std::string>(db, "select \"on\"::text from appointments") == "(2026-07-01)");
    CHECK(refused([&] { copy_in(db, all); })
              .find("column \"on\" is \"public\".\"dated\", which COPY does not make from "
                    "composite_bulk::dated: attribute \"value\" is date, the field is std::string") !=
          std::string::npos);
}

TEST_CASE_FIXTURE(stage, "an integer that does not fit its attribute is refused with its row") {
    const std::vector<placed> fit{{1, {-1, 2}}};
    const std::vector<placed> all{{1, {-1, 2}}, {2, {1LL << 40, 0}}};
    CHECK(copy_in(db, fit) == 1);
    CHECK(repository<placed>().insert_many_count(db, fit) == 1);
    const auto* said =
        "column \"at\", row 1: the struct has an integer that does not fit its attribute in point_2";
    CHECK(refused([&] { copy_in(db, all); }).find(said) != std::string::npos);
    CHECK(refused([&] { (void)repository<placed>().insert_many_count(db, all); }).find(said) !=
          std::string::npos);
    CHECK(query<placed>(db, "select id, at from places where (at).x = -1 and (at).y = 2").size() == 2);
}

TEST_CASE_FIXTURE(stage, "a struct goes into a text column as its text") {
    db.run_script("alter table places alter at type text using ''");
    const std::vector<placed> all{{1, {-1, 2}}};
    CHECK(copy_in(db, all) == 1);
    CHECK(repository<placed>().insert_many_count(db, all) == 1);
    CHECK(query_one<std::string>(db, "select distinct at from places") == "(-1,2)");
}

// SPDX-License-Identifier: BSL-1.0
//
// Composite types as structs, and the catalogue that they are checked against.
#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include <howdah/pool.hpp>
#include <howdah/query.hpp>
#include <howdah/transaction.hpp>

#include "address_rows.hpp"
#include "test_database.hpp"

using namespace howdah;
using namespace howdah::tests;

namespace {

testing::database fresh(const std::string& script = create_address_types) {
    testing::database made = test::fresh_database();
    made.connect().run_script(script);
    return made;
}

const address ada{"12, \"Main\" (St.)", "1 2", {1, 2}, {"a", "", "b c", "NULL"}, mood::odd};
const address bob{"", std::nullopt, {-1, std::nullopt}, {}, mood::ok};

struct homes {
    std::int64_t id = 0;
    address home;
};

template <class Call> std::string refusal_of_call(const Call& call) {
    try {
        call();
    } catch (const decode_error& failure) {
        return failure.reason();
    }
    return "none";
}

} // namespace

TEST_CASE("structs go into columns of composite types and arrays of them, and come back in binary") {
    const auto base = fresh();
    auto db = base.connect();
    const customer sent{7, ada, bob, {bob, std::nullopt, ada}};
    execute(db, "insert into customers values ($1, $2, $3, $4)", sent.id, sent.home, sent.office,
            sent.others);
    CHECK(query_one<customer>(db, "select * from customers") == sent);
    CHECK(db.run("select home from customers").encoding() == format::binary);
    CHECK(query_one<address>(db, "select home from customers") == ada);
    CHECK(query_one<std::vector<std::optional<address>>>(db, "select others from customers") == sent.others);
    CHECK(query_one<std::optional<address>>(db, "select null::address") == std::nullopt);
    CHECK(query_one<std::string>(db, "select ($1::address).street", ada) == ada.street);
    // As the server prints it.
    CHECK(query_one<bool>(db, "select $1::text = home::text from customers",
                          std::string(query_one<std::string>(db, "select home::text from customers"))));
    statement as_text = "select home, others, row(1, null) from customers";
    as_text.encoding = format::text;
    const auto row = db.run(as_text);
    CHECK(row.value<address>(0, 0) == ada);
    CHECK(row.value<std::vector<std::optional<address>>>(0, 1) == sent.others);
    CHECK(row.value<point>(0, 2) == point{1, std::nullopt});
}

TEST_CASE("a struct that does not fit its type is refused before the statement runs, by attribute") {
    const auto base =
        fresh("create type mood as enum ('ok'); create type zip as (a int4);"
              "create type point_2 as (x int4, z int8);"
              "create type address as (street text, zip text, at point_2, notes text[], class mood);"
              "create type app as (a int4); create schema other; create type other.address as (a int4)");
    auto db = base.connect();
    const auto refused = [&](const std::string& sql) {
        return refusal_of_call([&] { (void)query<address>(db, sql); });
    };
    const std::string start = "the result does not fit ";
    CHECK(refused("select null::address")
              .find("attribute \"at\" is point_2, which howdah::tests::point cannot hold: "
                    "attribute 2 is \"z\", the field there is \"y\"") != std::string::npos);
    CHECK(refused("select null::other.address")
              .find("other.address, which howdah::tests::address cannot hold: "
                    "howdah::composite says \"public.address\"") != std::string::npos);
    CHECK(refused("select 1").find("it is no composite type") != std::string::npos);
    CHECK(refused("select null::mood").find("it is no composite type") != std::string::npos);
    CHECK(refusal_of_call([&] {
              (void)query<std::vector<address>>(db, "select null::address[]");
          }).find("address[], which std::vector<howdah::tests::address> cannot hold: attribute \"at\"") !=
          std::string::npos);
    execute(db, "alter type address drop attribute class");
    execute(db, "alter type point_2 rename attribute z to y");
    CHECK(refused("select null::address").find("there is no attribute \"class\"") != std::string::npos);
    execute(db, "alter type address add attribute class mood, add attribute more int4");
    CHECK(refused("select null::address").find("attribute \"more\" has no field") != std::string::npos);
    execute(db, "alter type address drop attribute more");
    execute(db, "alter type address alter attribute street type bytea");
    CHECK(refused("select null::address")
              .find("attribute \"street\" is bytea, which std::string cannot hold") != std::string::npos);
    execute(db, "alter type address alter attribute street type text");
    CHECK(query<std::optional<address>>(db, "select null::address").size() == 1);
}

TEST_CASE("an attribute that is NULL or out of range is refused by its name") {
    const auto base = fresh();
    auto db = base.connect();
    const auto refused = [&](const std::string& sql) {
        return refusal_of_call([&] { (void)query<address>(db, sql); });
    };
    CHECK(refused("select row(null, null, row(1, 2), '{}', 'ok')::address") ==
          "attribute \"street\" is NULL, which std::string cannot hold: use std::optional");
    CHECK(refused("select row('', null, row(null, 2), '{}', 'ok')::address") ==
          "attribute \"at\": attribute \"x\" is NULL, which std::int32_t cannot hold: use std::optional");
    CHECK(refused("select row('', null, row(1, 2), '{NULL}', 'ok')::address")
              .starts_with("attribute \"notes\": element [0] is NULL"));
}

TEST_CASE("anonymous records are read by the types that they bring along") {
    const auto base = fresh();
    auto db = base.connect();
    CHECK(query_one<point>(db, "select row(1, 2::int8)") == point{1, 2});
    CHECK(refusal_of_call([&] { (void)query<point>(db, "select row(1, 'a'::text)"); }) ==
          "attribute \"y\" is text, which std::optional<std::int64_t> cannot hold");
    CHECK(refusal_of_call([&] { (void)query<point>(db, "select row(1)"); }).find("fewer") !=
          std::string::npos);
    CHECK(refusal_of_call([&] { (void)query<point>(db, "select row(1, 2, 3)"); }).find("more") !=
          std::string::npos);
    CHECK(query_one<std::vector<point>>(db, "select array[row(1, 2::int8), row(3, null::int8)]") ==
          std::vector<point>{{1, 2}, {3, std::nullopt}});
}

TEST_CASE("types that are created after the connection are read and written, in a pool too") {
    const auto base = fresh("select 1");
    pool connections{{.connection = base.config(), .max_size = 2}};
    auto first = connections.acquire(), second = connections.acquire();
    CHECK(query_one<int>(*first, "select 1") == 1);
    second->run_script(create_address_types);
    CHECK(query_one<mood>(*first, "select $1::mood", mood::odd) == mood::odd);
    const std::vector<mood> moods{mood::ok, mood::sad};
    CHECK(query_one<std::vector<mood>>(*first, "select $1::mood[]", moods) == moods);
    CHECK(query_one<address>(*first, "select $1::address", ada) == ada);
    CHECK(query_one<address>(*second, "select $1::address", bob) == bob);
    // Labels are text in both encodings: a string does not need the text form of the whole result.
    CHECK(query_one<std::string>(*first, "select 'ok'::mood") == "ok");
    CHECK(query_one<std::vector<std::string>>(*first, "select '{ok,sad}'::mood[]") ==
          std::vector<std::string>{"ok", "sad"});
    CHECK(refusal_of_call([&] { (void)query<mood>(*first, "select null::point_2"); }).find("cannot hold") !=
          std::string::npos);
}

TEST_CASE("domains are their base types inside arrays and composite values") {
    const auto base =
        fresh("create domain positive as int4 check (value > 0); create domain tiny as positive;"
              "create type point_2 as (x tiny, y int8)");
    auto db = base.connect();
    CHECK(query_one<std::int32_t>(db, "select 3::tiny") == 3);
    CHECK(query_one<std::vector<std::int16_t>>(db, "select '{1,2}'::tiny[]") ==
          std::vector<std::int16_t>{1, 2});
    CHECK(query_one<std::vector<point>>(db, "select array[row(1, 2)::point_2]") ==
          std::vector<point>{{1, 2}});
    CHECK(refusal_of_call([&] {
              (void)query<std::vector<std::string>>(db, "select '{1,2}'::tiny[]");
          }).find("tiny[]") != std::string::npos);
}

TEST_CASE("a type that was changed is asked for again when a struct does not fit it") {
    const auto base = fresh("create type point_2 as (x int4)");
    auto db = base.connect(), other = base.connect();
    CHECK_THROWS_AS((void)query<point>(db, "select null::point_2"), decode_error);
    other.run_script("alter type point_2 add attribute y int8");
    CHECK(query_one<point>(db, "select row(1, 2)::point_2") == point{1, 2});
    // A value tells its own types: no attribute is taken for another.
    other.run_script("alter type point_2 alter attribute y type int4");
    CHECK(query_one<point>(db, "select row(1, 2)::point_2 as again") == point{1, 2});
    other.run_script("alter type point_2 add attribute z int4");
    CHECK_THROWS_AS((void)query<point>(db, "select row(1, 2, 3)::point_2"), decode_error);
}

TEST_CASE("the catalogue is asked once, inside transactions too, and never for built-in types") {
    const auto base = fresh();
    auto db = base.connect();
    const auto scans = [&] {
        return query_one<std::int64_t>(db, "select pg_stat_get_xact_numscans('pg_catalog.pg_type'::regclass)"
                                           " + pg_stat_get_xact_numscans('pg_catalog.pg_range'::regclass)");
    };
    transact(db, [&](transaction& on) {
        (void)query<std::int32_t>(on, "select 1");
        (void)on.run("select row(1, 2)::point_2");
        const auto before = scans();
        (void)query<point>(on, "select row(1, 2)::point_2");
        const auto asked = scans();
        CHECK(asked > before);
        (void)query<point>(on, "select row(2, 2)::point_2");
        (void)query<std::vector<point>>(on, "select '{}'::point_2[]");
        (void)query<std::vector<point>>(on, "select '{}'::point_2[] as again");
        CHECK(scans() > asked); // the array type was not known yet
        const auto all = scans();
        (void)query<std::vector<point>>(on, "select '{}'::point_2[] as once_more");
        CHECK(scans() == all);
    });
}

TEST_CASE("who may not read the catalogue reads types as far as they tell themselves") {
    const auto base = fresh(std::string(create_address_types) + "; create role blind login");
    auto db = base.connect();
    db.run_script("revoke select on pg_catalog.pg_type from public; set role blind");
    transact(db, [&](transaction& on) {
        CHECK(query_one<point>(on, "select row(1, 2)::point_2") == point{1, 2});
        CHECK(query_one<mood>(on, "select 'ok'::mood") == mood::ok);
    });
    CHECK(query_one<address>(db, "select $1::address", bob) == bob);
    db.run_script("reset role; grant select on pg_catalog.pg_type to public; drop role blind");
}

TEST_CASE("a connection tells what the catalogue says of a type") {
    const auto base = fresh();
    std::shared_ptr<const type_details> kept;
    {
        auto db = base.connect();
        kept = db.type_named("address");
        REQUIRE(kept);
        CHECK(db.type(kept->type)->name == "address");
        CHECK(db.type_named("no_such_type") == nullptr);
        CHECK(db.type(4'000'000'000) == nullptr);
        CHECK(db.type_named("integer")->type == oids::int4);
        CHECK(db.type_named("mood[]")->element.details->kind == type_kind::enumeration);
        CHECK(db.type_named("zip")->base.type == oids::text);
        CHECK(db.type_named("int4range")->subtype.type == oids::int4);
        CHECK(db.type_named("int4multirange")->range.type == 3904);
    }
    CHECK(kept->kind == type_kind::composite);
    CHECK(kept->schema == "public");
    REQUIRE(kept->attributes.size() == 5);
    CHECK(kept->attributes[1].name == "zip");
    CHECK(kept->attributes[1].type.details->kind == type_kind::domain);
    CHECK(kept->attributes[2].type.details->attributes[0].type.type == oids::int4);
    CHECK(kept->attributes[3].type.type == array_of(oids::varchar));
    CHECK(type_name(wire{kept->type, format::binary, kept.get()}) == "address");
}

TEST_CASE("a whole result comes as text where one attribute has no binary form, and the plan remembers it") {
    const auto base = fresh("create type point_2 as (x int4, y int8); create type span as (at interval)");
    auto db = base.connect();
    struct spans {
        std::string at;
        std::vector<point> points;
    };
    const statement asked = "select '1 day'::interval as at, array[row(1, 2)::point_2] as points";
    for (int i = 0; i < 3; ++i) {
        const auto found = query_one<spans>(db, asked);
        CHECK(found.at == "1 day");
        CHECK(found.points == std::vector<point>{{1, 2}});
    }
}

// SPDX-License-Identifier: BSL-1.0
//
// Structs as parameters in binary: what is sent so, what stays text, and what becomes of both. The formats are those of
// the messages that the server gets.
#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <howdah/array.hpp>
#include <howdah/bit_string.hpp>
#include <howdah/inet.hpp>
#include <howdah/interval.hpp>
#include <howdah/json.hpp>
#include <howdah/numeric.hpp>
#include <howdah/pipeline.hpp>
#include <howdah/range.hpp>
#include <howdah/repository.hpp>
#include <howdah/stream.hpp>
#include <howdah/text_search.hpp>
#include <howdah/time.hpp>
#include <howdah/uuid.hpp>
#include <howdah/xml.hpp>

#include "address_rows.hpp"
#include "test_database.hpp"
#include "wiretap.hpp"

using namespace howdah;
using namespace howdah::tests;

namespace composite_binary {

/// Travels as a struct.
struct located {
    std::int32_t east, north;
    friend bool operator==(const located&, const located&) = default;
};

/// One attribute of every built-in type that has a binary form.
struct everything {
    bool truth = false;
    std::int16_t small = 0;
    std::int32_t middle = 0;
    std::int64_t large = 0;
    float single = 0;
    double number = 0;
    numeric price{};
    std::string label{};
    std::vector<std::byte> bytes{};
    timestamp at{};
    local_timestamp local{};
    date day{};
    uuid id{};
    json document{};
    json plain_document{};
    interval span{};
    inet address{};
    bit_string bits{};
    xml page{};
    range<std::int32_t> ints{};
    multirange<std::int64_t> many{};
    or_infinity<date> until{};
    std::vector<std::optional<double>> numbers{};
    std::vector<std::string> labels{};
    std::vector<json> documents{};
    std::vector<bool> truths{};
    array<std::int32_t> matrix{};
    std::vector<std::vector<mood>> moods{};
    std::vector<std::int32_t> widened{};
    friend bool operator==(const everything&, const everything&) = default;
};
constexpr auto* create_everything = "create type everything as (truth bool, small int2, middle int4, large "
                                    "int8, single float4, number float8, "
                                    "price numeric, label varchar, bytes bytea, at timestamptz, local "
                                    "timestamp, day date, id uuid, document jsonb, "
                                    "plain_document json, span interval, address inet, bits varbit, page "
                                    "xml, ints int4range, many int8multirange, "
                                    "until date, numbers float8[], labels varchar[], documents jsonb[], "
                                    "truths bool[], matrix int4[], moods mood[], "
                                    "widened int8[])";

struct wider {
    std::int64_t x = 0;
    std::int16_t y = 0;
};
template <class T> struct holding {
    T value{};
};
/// The rows of a table are a type, too.
struct whole_row {
    std::int64_t id = 0;
    address home{};
    std::optional<address> office{};
    std::vector<std::optional<address>> others{};
    friend bool operator==(const whole_row&, const whole_row&) = default;
};
struct person {
    std::int64_t id = 0;
    address home{};
    std::optional<address> office{};
};

} // namespace composite_binary

using namespace composite_binary;

template <> struct howdah::composite<everything> {
    static constexpr auto name = "everything";
};
template <> struct howdah::composite<wider> {
    static constexpr auto name = "point_2";
};
template <class T> struct howdah::composite<holding<T>> {
    static constexpr auto name = "";
};
template <> struct howdah::codec<located> : howdah::codec_via<located, point> {
    static located from_wire(const point& from) {
        return {from.x, static_cast<std::int32_t>(from.y.value_or(0))};
    }
    static point to_wire(const located& value) { return {value.east, value.north}; }
};
template <> struct howdah::composite<whole_row> {
    static constexpr auto name = "customers";
};
template <> struct howdah::table<person> {
    static constexpr auto name = "people", key = "id";
};

namespace {

struct stage {
    testing::database base = test::fresh_database();
    test::wiretap tapped{prepared()};
    connection& db = tapped.db;

    connection_config prepared() {
        base.connect().run_script(
            std::string(create_address_types) + ';' + create_everything +
            "; create domain abode as address; create table people (id int8, home abode, "
            "office address)");
        return base.config();
    }
    std::string printed(const std::string& type, const parameters& value) {
        return db.run("select format('%s', $1::" + type + ")", value).value<std::string>(0, 0);
    }
    /// The format in which a value is sent; whichever it is, the server makes the same of it as of its text.
    template <class T> std::string sent(const std::string& type, const T& value) {
        parameters as_text{format::text};
        as_text.add(value);
        const auto expected = printed(type, as_text);
        CHECK(tapped.formats() == "t");
        CHECK(printed(type, howdah::bind(value)) == expected);
        const auto formats = tapped.formats();
        CHECK(query_one<T>(db, "select $1::" + type, value) == value);
        return formats;
    }
    template <class T> std::string format_of(const std::string& type, const T& value) {
        (void)db.run("select $1::" + type, howdah::bind(value));
        return tapped.formats();
    }
};

const address ada{"12, \"Main\" (St.)\n\\", "", {1, 2}, {"a", "", "b c", "NULL", "{\"\\"}, mood::odd};
const address bob{"", std::nullopt, {-1, std::nullopt}, {}, mood::ok};

} // namespace

TEST_CASE_FIXTURE(stage, "structs go in binary, alone, nested, in arrays and under domains") {
    CHECK(sent("point_2", point{1, std::nullopt}) == "b");
    CHECK(sent("address", ada) == "b");
    CHECK(sent("address", bob) == "b");
    CHECK(sent("abode", ada) == "b");
    CHECK(sent("address", std::optional<address>(bob)) == "b");
    CHECK(sent("address[]", std::vector{ada, bob}) == "b");
    CHECK(sent("abode[]", std::vector{ada, bob}) == "b");
    CHECK(sent("address[]", std::vector<address>{}) == "b");
    CHECK(sent("address[]", std::vector<std::optional<address>>{ada, std::nullopt, bob}) == "b");
    CHECK(sent("address[]", array<address>{{{1, -3}, {2, 0}}, {ada, bob}}) == "b");
    CHECK(sent("point_2[]", std::vector<std::vector<point>>{{{1, 2}}, {{3, std::nullopt}}}) == "b");
    CHECK(sent("customers", whole_row{7, ada, std::nullopt, {bob, std::nullopt}}) == "b");
    CHECK(sent("customers", whole_row{8, bob, ada, {}}) == "b");
    CHECK(sent("point_2", located{1, 2}) == "b");
    CHECK(sent("point_2[]", std::vector{located{1, 2}}) == "b");
    CHECK(format_of("address", std::optional<address>()) == "t"); // NULL has no form
}

TEST_CASE_FIXTURE(stage, "an attribute of every type goes in binary as it goes in text") {
    everything all;
    CHECK(sent("everything", all) == "b");
    all = {.truth = true,
           .small = -7,
           .middle = std::numeric_limits<std::int32_t>::lowest(),
           .large = std::numeric_limits<std::int64_t>::max(),
           .single = 0.1F,
           .number = -std::numeric_limits<double>::infinity(),
           .price = numeric("NaN"),
           .label = ",\"\\(){}'\n\t",
           .bytes = {std::byte{0}, std::byte{255}, std::byte{'"'}},
           .at = timestamp(std::chrono::microseconds(-1)),
           .local = local_timestamp(std::chrono::microseconds(1)),
           .day = date(std::chrono::days(-1)),
           .id = uuid::v4(),
           .document = json(R"({"a": ["\\", "\"", null]})"),
           .plain_document = json(R"({"b":  1})"),
           .span = {1, -2, std::chrono::microseconds(3)},
           .address = inet::parse("::1/64"),
           .bits = bit_string::parse("0101"),
           .page = xml("<a>&amp;\"</a>"),
           .ints = {1, std::nullopt},
           .many = {{{1, 2}, {5, 9}}},
           .until = or_infinity<date>(or_infinity<date>::kind::infinity),
           .numbers = {1.5, std::nullopt, -0.0},
           .labels = {"", "NULL", "\"\\{,"},
           .documents = {json("1"), json("\"\\\\\"")},
           .truths = {true, false},
           .matrix = {{{2, 0}, {1, 5}}, {1, 2}},
           .moods = {{mood::odd, mood::sad}},
           .widened = {-1, 2}};
    CHECK(sent("everything", all) == "b");
    CHECK(sent("everything[]", std::vector{all, everything{}}) == "b");
}

TEST_CASE_FIXTURE(
    stage, "integers become those of their attributes, and one that is too large is refused by the server") {
    CHECK(format_of("point_2", wider{-1, -2}) == "b");
    CHECK(query_one<point>(db, "select $1::point_2", wider{-1, -2}) == point{-1, -2});
    try {
        (void)query_one<point>(db, "select $1::point_2", wider{1LL << 40, 0});
        FAIL("it fits");
    } catch (const server_error& failure) {
        CHECK(failure.sqlstate() == sqlstate_code("22003"));
    }
    CHECK(tapped.formats() == "t");
}

TEST_CASE_FIXTURE(stage, "where the server has to convert an attribute the whole value goes as text") {
    db.run_script(
        "create type words as (value tsvector); create type day as (value date); create type long as (value "
        "float8); create type identifier as (value name); create type stretch as range (subtype = float8); "
        "create type reach as (value stretch); create type document as (value xml); "
        "create type days as (value date[]); create type inner_day as (value day); create type labels as "
        "(value text)");
    const auto text = [&]<class T>(const std::string& type, const T& value) {
        CAPTURE(type);
        CHECK(format_of(type, holding<T>{value}) == "t");
        CHECK(query_one<std::string>(db, "select ($1::" + type + ").value::text", holding<T>{value}) != "");
        CHECK(format_of(type + "[]", std::vector{holding<T>{value}}) == "t");
    };
    text("words", tsvector("'a' 'b'"));
    text("day", std::string("2026-07-01"));
    text("long", 0.1F);
    CHECK(query_one<double>(db, "select ($1::long).value", holding<float>{0.1F}) == 0.1);
    text("identifier", std::string(80, 'x'));
    text("reach", range<double>{0.5, 1.5});
    text("document", std::string("<?xml version=\"1.0\" encoding=\"latin1\"?><a/>"));
    text("days", std::vector<std::string>{"2026-07-01"});
    text("inner_day", holding<std::string>{"2026-07-01"});
    text("labels", point{1, 2});
    text("labels", std::vector{1, 2});
    CHECK(format_of("text", ada) == "t"); // no composite type at all
    CHECK(format_of("labels", holding<std::string>{"a"}) == "b");
}

TEST_CASE_FIXTURE(stage, "every way to send goes in binary") {
    repository<person> people;
    (void)people.insert(db, person{1, ada, bob});
    CHECK(tapped.formats() == "bbb");
    CHECK(people.get(db, std::int64_t{1}).home == ada);
    pipeline batch(db);
    const auto first = batch.query_one<address>("select $1::address", ada);
    const auto second = batch.query_one<std::int32_t>("select (($1::address).at).x", bob);
    batch.run();
    CHECK(tapped.formats() == "b");
    CHECK(first.get() == ada);
    CHECK(second.get() == -1);
    for (const auto& one : stream<address>(db, "select unnest($1::address[])", std::vector{ada, ada}))
        CHECK(one == ada);
    CHECK(tapped.formats() == "b");
    transact(db, [&](transaction& on) {
        CHECK(query_one<address>(on, "select $1::address as inside", ada) == ada);
        CHECK(tapped.formats() == "b");
    });
    statement once = "insert into people (id, home) values (2, $1)";
    once.prepare = false;
    (void)db.run(once, howdah::bind(bob));
    CHECK(tapped.formats() == "b");
    // The same values again, elsewhere.
    const auto values = howdah::bind(ada, 5);
    auto copied = values;
    copied.append(howdah::bind(bob));
    for (auto* on : {&db, &tapped.db}) {
        (void)on->run("select $1::address, $2::int4, $3::address", copied);
        CHECK(tapped.formats() == "bbb");
        CHECK(on->run("select $1::address, $2::int4", values).value<int>(0, 1) == 5);
    }
}

TEST_CASE_FIXTURE(stage, "structs go in binary without prepared statements too") {
    auto config = base.config();
    config.prepare_statements = false;
    test::wiretap unprepared(config);
    for (int i = 0; i < 2; ++i) {
        execute(unprepared.db, "insert into people values ($1, $2, $3)", 1, ada, std::optional<address>());
        CHECK(unprepared.formats() == "bbt");
        CHECK(query_one<address>(unprepared.db, "select home from people where home = $1::address limit 1",
                                 ada) == ada);
        CHECK(unprepared.formats() == "b");
    }
    // What the statement takes now is not what it took before.
    db.run_script("alter table people alter home type text using 'x'");
    execute(unprepared.db, "insert into people values ($1, $2, $3)", 2, bob, std::optional<address>());
    CHECK(query_one<bool>(db, "select home = $1 from people where id = 2",
                          query_one<std::string>(db, "select $1::address::text", bob)));
}

TEST_CASE_FIXTURE(stage, "a value goes as text where the types are not known, or text is asked for") {
    db.run_script("create role blind login; revoke select on pg_catalog.pg_type from public; set role blind");
    CHECK(query_one<std::string>(db, "select ($1::address).street", ada) == ada.street);
    CHECK(tapped.formats() == "t");
    db.run_script("reset role; grant select on pg_catalog.pg_type to public; drop role blind");
}

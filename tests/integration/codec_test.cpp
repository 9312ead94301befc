// SPDX-License-Identifier: BSL-1.0
//
// The codecs against the server itself: what it reads from howdah and what howdah reads from it, in both
// encodings, for random values. A failure prints its seed; HOWDAH_TEST_SEED=seed repeats it.
#include <doctest/doctest.h>

#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <howdah/executor.hpp>
#include <howdah/json.hpp>
#include <howdah/result.hpp>

#include "codec_checks.hpp"
#include "test_database.hpp"

using namespace howdah;
using namespace howdah::tests;

namespace {

enum class mood { sad, ok, odd };

} // namespace

template <> struct howdah::enum_labels<mood> {
    static constexpr std::array<std::pair<mood, std::string_view>, 3> values{
        {{mood::sad, "sad"}, {mood::ok, "null"}, {mood::odd, "o\"d\\d, {x}"}}};
};

namespace {

/// Sends the value as a parameter and as text, and reads it back as a column and as text: all must agree.
template <class T>
void check_on_server(executor& db, const std::string& type, oid number, const std::vector<T>& values) {
    const std::string query =
        "select $1::" + type + ", $2::text::" + type + ", pg_catalog.format('%s', $1::" + type + ")";
    for (const T& value : values) {
        const std::string text = encoded(value, format::text);
        CAPTURE(type);
        CAPTURE(text);
        const result rows = db.run(query, howdah::bind(value, text));
        CHECK((rows.value<T>(0, 0) == value));
        CHECK((rows.value<T>(0, 1) == value));
        CHECK((from_text<T>(number, rows.value<std::string>(0, 2)) == value));
    }
}

/// The values alone, in one array, and in arrays with a NULL.
template <class T>
void check_with_arrays(executor& db, const std::string& type, oid number, oid array,
                       const std::vector<T>& values) {
    check_on_server<T>(db, type, number, values);
    std::vector<std::optional<T>> holes(values.begin(), values.end());
    holes.insert(holes.begin() + 1, std::nullopt);
    check_on_server<std::vector<T>>(db, type + "[]", array, {values, {}, {values.front()}});
    check_on_server<std::vector<std::optional<T>>>(db, type + "[]", array, {holes, {}, {std::nullopt}});
}

template <class T> std::vector<T> boundaries_and_random(seeded& random) {
    using limits = std::numeric_limits<T>;
    std::vector<T> out{0, 1, limits::max(), limits::lowest()};
    for (int i = 0; i < 20; ++i)
        out.push_back(static_cast<T>(random.integer<std::uint64_t>() >> random.below(64)));
    return out;
}

template <class T, class Bits> std::vector<T> random_floats(seeded& random) {
    using limits = std::numeric_limits<T>;
    std::vector<T> out{0,
                       T(0.1),
                       limits::max(),
                       limits::min(),
                       limits::denorm_min(),
                       limits::infinity(),
                       -limits::infinity()};
    for (int i = 0; i < 200; ++i)
        if (const T value = std::bit_cast<T>(random.integer<Bits>()); !std::isnan(value))
            out.push_back(value);
    return out;
}

std::vector<std::string> random_texts(seeded& random) {
    constexpr std::array<std::string_view, 14> pieces{"a",
                                                      "NULL",
                                                      "\"",
                                                      "\\",
                                                      "{",
                                                      "}",
                                                      ",",
                                                      " ",
                                                      "\n",
                                                      "'",
                                                      "\v",
                                                      "\xC3\xA9",
                                                      "\xE2\x82\xAC",
                                                      "\xF0\x9F\x90\x98"};
    std::vector<std::string> out{"", "NULL", "null", "\\", "\""};
    for (int i = 0; i < 60; ++i) {
        std::string& text = out.emplace_back();
        for (std::size_t left = random.below(10); left > 0; --left)
            text += pieces[random.below(pieces.size())];
    }
    return out;
}

} // namespace

TEST_CASE("the server and the codecs read each other's numbers in both encodings") {
    const testing::database base = test::fresh_database();
    auto db = base.connect();
    seeded random;
    CAPTURE(random.seed);
    check_with_arrays(db, "int2", oids::int2, 1005, boundaries_and_random<std::int16_t>(random));
    check_with_arrays(db, "int4", oids::int4, 1007, boundaries_and_random<std::int32_t>(random));
    check_with_arrays(db, "int8", oids::int8, 1016, boundaries_and_random<std::int64_t>(random));
    check_with_arrays(db, "int8", oids::int8, 1016, boundaries_and_random<std::uint32_t>(random));
    check_with_arrays(db, "float4", oids::float4, 1021, random_floats<float, std::uint32_t>(random));
    check_with_arrays(db, "float8", oids::float8, 1022, random_floats<double, std::uint64_t>(random));
    check_on_server<bool>(db, "boolean", oids::boolean, {true, false});
    check_on_server<std::vector<bool>>(db, "boolean[]", 1000, {{true, false}, {}});
}

TEST_CASE("the server and the codecs read each other's texts and bytes in both encodings") {
    const testing::database base = test::fresh_database();
    auto db = base.connect();
    seeded random;
    CAPTURE(random.seed);
    check_with_arrays(db, "text", oids::text, 1009, random_texts(random));
    check_with_arrays(db, "varchar", oids::varchar, 1015, random_texts(random));
    check_with_arrays<json>(db, "json", oids::json, 199, {json("[1, \"\\\"x\"]"), json("{}"), json()});
    check_with_arrays<json>(db, "jsonb", oids::jsonb, 3807, {json("[1, \"\\\"x\"]"), json("{}"), json()});
    std::vector<std::vector<std::byte>> blobs{{}, {std::byte{0}}};
    for (int i = 0; i < 50; ++i) {
        auto& blob = blobs.emplace_back(random.below(40));
        for (auto& each : blob) each = static_cast<std::byte>(random.below(256));
    }
    check_with_arrays(db, "bytea", oids::bytea, 1001, blobs);
    execute(db, "set bytea_output = escape");
    check_with_arrays(db, "bytea", oids::bytea, 1001, blobs);
}

TEST_CASE("the server and the codecs read each other's enums, alone and in arrays") {
    const testing::database base = test::fresh_database();
    auto db = base.connect();
    execute(db, R"(create type mood as enum ('sad', 'null', 'o"d\d, {x}'))");
    check_with_arrays<mood>(db, "mood", 20000, 20001, {mood::sad, mood::ok, mood::odd});
    // In binary a string does not read the types of users: their binary form is their own affair.
    CHECK_THROWS_AS((void)db.run("select 'sad'::mood").value<std::string>(0, 0), decode_error);
}

TEST_CASE("arrays that no vector can hold are refused, not flattened") {
    const testing::database base = test::fresh_database();
    auto db = base.connect();
    for (const auto* query :
         {"select array[[1,2],[3,4]]", "select '[0:1]={1,2}'::int4[]", "select array[1,null]"})
        CHECK_THROWS_AS((void)db.run(query).value<std::vector<std::int32_t>>(0, 0), decode_error);
}

TEST_CASE("every condition that howdah names is one that the server can raise by that name") {
    const testing::database base = test::fresh_database();
    auto db = base.connect();
    for (const auto code :
         {sqlstates::unique_violation, sqlstates::serialization_failure, sqlstates::deadlock_detected,
          sqlstates::lock_not_available, sqlstates::admin_shutdown, sqlstates::crash_shutdown,
          sqlstates::cannot_connect_now, sqlstates::too_many_connections, sqlstates::query_canceled,
          sqlstates::insufficient_privilege, sqlstates::undefined_table}) {
        const std::string name(code.name());
        CAPTURE(name);
        try {
            execute(db, "do 'begin raise " + name + "; end'");
            FAIL_CHECK("not raised");
        } catch (const error& failure) {
            if (const auto* from_server = dynamic_cast<const server_error*>(&failure))
                CHECK(from_server->sqlstate() == code);
        }
        if (db.state() == session_state::broken) db = base.connect();
    }
}

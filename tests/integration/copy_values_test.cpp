// SPDX-License-Identifier: BSL-1.0
//
// Queries with values over COPY, which takes none: they become literals in its text. That every type survives so, the
// judge shows (value_judge.hpp).
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <howdah/composite.hpp>
#include <howdah/copy.hpp>
#include <howdah/copy_views.hpp>
#include <howdah/json.hpp>
#include <howdah/query.hpp>
#include <howdah/tuple.hpp>

#include "codec_checks.hpp"
#include "failure_text.hpp"
#include "test_database.hpp"

namespace {

using howdah::connection;
using howdah::copy_out;
using howdah::copy_stream;
using howdah::copy_views;
using howdah::query;
using howdah::test::holds;
using howdah::test::what_of;

howdah::testing::database& data() {
    static auto made = howdah::test::fresh_database();
    return made;
}

enum class mood : std::uint8_t { calm, angry };
struct place {
    std::string town;
    std::int32_t number;
    bool operator==(const place&) const = default;
};

} // namespace

template <> struct howdah::enum_labels<mood> {
    static constexpr std::array<std::pair<mood, std::string_view>, 2> values{
        {{mood::calm, "calm"}, {mood::angry, "an'gry"}}};
};
template <> struct howdah::composite<place> {
    static constexpr auto name = "copied_place";
};

TEST_CASE("a query with values gives over COPY what it gives with parameters") {
    connection db{data().config()};
    const auto same = [&]<class T>(const char* text, const auto&... values) {
        CAPTURE(text);
        CHECK(copy_out<T>(db, text, values...) == query<T>(db, text, values...));
    };
    same.operator()<int>("select i from generate_series(1, $1) i where i % $2 = 0", 100, 7);
    same.operator()<int>("select i from generate_series(1, 9) i order by i desc limit $1 offset $2", 3, 2);
    same.operator()<int>("select ($1::int[])[$2] union all select $1[1]", std::vector{4, 5, 6}, 2);
    same.operator()<std::int64_t>(
        "select count(*) from generate_series(1, 9) i group by i % $1, $1 order by 1", 4);
    same.operator()<int>("select-$1::int", -5);
    same.operator()<int>("select i from generate_series(1, 9) i where i = any($1) or i between $2 and $3",
                         std::vector{1, 9}, 4, 5);
    same.operator()<std::string>("select $10 || $2 || $1 || $10", "a", "b", 0, 0, 0, 0, 0, 0, 0, "c");
    same.operator()<std::string>("select name from (values ($1), ($2), ($3)) as v (name) where name > 'b'",
                                 "a", "b'", "c");
    same.operator()<std::tuple<bool, std::optional<int>>>("select $1::int is null, $1 + 1",
                                                          std::optional<int>{});
    same.operator()<howdah::json>("select $1::jsonb -> $2", howdah::json{R"({"a\\'b": ["it's"]})"},
                                  R"(a\'b)");
    same.operator()<std::string>("select $1::text from (select interval '1 day') d -- and no more $1;", "x");
}

TEST_CASE("values stay values, whatever is in them") {
    connection db{data().config()};
    howdah::tests::seeded random;
    CAPTURE(random.seed);
    std::vector<std::string> texts{"",
                                   "'",
                                   "''",
                                   "\\",
                                   "\\'",
                                   "'); drop table x; --",
                                   "\\'); drop table x; --",
                                   "$1",
                                   "$$",
                                   "$tag$ $2 $tag$",
                                   "/* ' */ -- '",
                                   "E'\\047'",
                                   "\r\n\t\x01",
                                   "'::text) or (true",
                                   "naïve ’quotes‘ 😀"};
    constexpr std::array<std::string_view, 12> parts{"'", "\\", "$",  "1", "\"", ")",
                                                     "(", "--", "\n", "é", ";",  "x"};
    while (texts.size() < 400) {
        texts.emplace_back();
        for (auto left = random.below(12); left > 0; --left)
            texts.back() += parts[random.below(parts.size())];
    }
    for (const auto& text : texts) {
        CAPTURE(text);
        CHECK(copy_out<std::string>(db, "select $1::text || '' /* $1 */", text) == std::vector{text});
    }
    CHECK(copy_out<std::string>(db, "select unnest($1)", texts) == texts);
    CHECK(copy_out<std::string>(db, "select $1 || $2", texts[3], texts[5]) ==
          std::vector{texts[3] + texts[5]});
}

TEST_CASE("what looks like a parameter in quotes and comments stays as it is") {
    connection db{data().config()};
    CHECK(
        copy_out<std::string>(db,
                              "select '$1' || $$ $1 $$ || $q$'$1$q$ || E'\\'$1' || U&'$1' || \"$1\" -- $1'\n"
                              " /* $1 /* ' */ $1 */ || $1 from (select 'c$1') as s (\"$1\")",
                              "one") == std::vector<std::string>{"$1 $1 '$1'$1$1c$1one"});
    CHECK(copy_out<int>(db, "select a$1 from (select 7) as s (a$1) where $1 = 'v'", "v") == std::vector{7});
}

TEST_CASE("types that users created take their values over COPY, also after they were renamed") {
    connection db{data().config()};
    db.run_script("drop schema if exists \"a schema\" cascade; create schema \"a schema\";"
                  " drop type if exists copied_place; create type copied_place as (town text, number int);"
                  " create type \"a schema\".\"Mood's\" as enum ('calm', 'an''gry');"
                  " create domain \"a schema\".small as int check (value < 10)");
    const auto all = [&](const std::string& type) {
        const auto text = "select v from unnest(enum_range(null::\"a schema\"." + type + ")) v where v <> $1";
        CHECK(copy_out<mood>(db, text, mood::calm) == std::vector{mood::angry});
        CHECK(copy_out<mood>(db, text, mood::angry) == std::vector{mood::calm});
    };
    all("\"Mood's\"");
    db.run_script("alter type \"a schema\".\"Mood's\" rename to other");
    all("other");
    const place here{R"(it's (a) "town"\)", 3};
    CHECK(copy_out<place>(db, "select $1::copied_place", here) == std::vector{here});
    CHECK(copy_out<std::string>(db, "select (unnest($1::copied_place[])).town", std::vector{here, here}) ==
          std::vector{here.town, here.town});
    CHECK(copy_out<int>(db, "select $1::\"a schema\".small + 1", 3) == std::vector{4});
    CHECK_THROWS_AS((void)copy_out<int>(db, "select $1::\"a schema\".small", 30), howdah::server_error);
    db.run_script("alter type copied_place rename attribute town to city");
    CHECK(holds(
        what_of<howdah::usage_error>([&] { (void)copy_out<place>(db, "select $1::copied_place", here); }),
        "parameter $1 is copied_place, which"));
}

TEST_CASE("a value for a domain is read by the domain, which refuses what is too long") {
    connection db{data().config()};
    db.run_script("drop domain if exists copied_code, copied_bits, copied_codes, copied_any, copied_sure;"
                  " create domain copied_code as varchar(3); create domain copied_bits as bit(3);"
                  " create domain copied_codes as varchar(3)[]; create domain copied_any as copied_code;"
                  " create domain copied_sure as text not null");
    const auto failure_of = [&](const std::string& text, const std::optional<std::string>& value) {
        try {
            (void)copy_out<std::string>(db, text, value);
        } catch (const howdah::server_error& failure) {
            CHECK(holds(failure.message().statement, text));
            return std::string(failure.sqlstate().text());
        }
        return std::string("nothing was thrown");
    };
    CHECK(failure_of("select $1::copied_code", "four") == "22001");
    CHECK(failure_of("select $1::copied_any", "four") == "22001");
    CHECK(failure_of("select ($1::copied_codes)[1]", "{four}") == "22001");
    CHECK(failure_of("select $1::copied_bits::text", "1011") == "22026");
    CHECK(failure_of("select $1::copied_sure", std::nullopt) == "23502");
    for (const std::string text : {"", "'", "\"", "\\", "{,", "\\\"'", "é$1", "NUL"}) {
        CAPTURE(text);
        CHECK(copy_out<std::string>(db, "select $1::copied_any", text) == std::vector{text});
    }
    CHECK(copy_out<std::string>(db, "select ($1::copied_codes)[2]", "{a,\"b'\"}") ==
          std::vector<std::string>{"b'"});
    CHECK(copy_out<std::string>(db, "select pg_typeof($1::copied_code)::text", "abc") ==
          std::vector<std::string>{"copied_code"});
    CHECK(copy_out<std::optional<std::string>>(db, "select $1::copied_any", std::optional<std::string>{}) ==
          std::vector<std::optional<std::string>>{std::nullopt});
}

TEST_CASE("a parameter that is a money is refused, as it is by query()") {
    connection db{data().config()};
    constexpr auto text = "select $1::money::numeric::text";
    const auto what = what_of<howdah::usage_error>([&] { (void)copy_out<std::string>(db, text, "1,50"); });
    CHECK(holds(what, "parameter $1 is taken for money"));
    CHECK(what == what_of<howdah::usage_error>([&] { (void)query<std::string>(db, text, "1,50"); }));
    CHECK(db.state() == howdah::session_state::idle);
}

TEST_CASE("as many values as libpq hears the types of pass, and one more is refused before it is sent") {
    connection db{data().config()};
    howdah::parameters values{howdah::format::text};
    std::string text = "select array_length(array[$1::int";
    values.add(0);
    for (int i = 1; i < 7'498; ++i) text += ",$" + std::to_string(i + 1), values.add(i);
    for (const int one : howdah::copied_rows<int>(db, text + "], 1)", values)) CHECK(one == 7'498);
    CHECK(db.run(text + "], 1)", values).value<std::int32_t>(0, 0) == 7'498);
    text += ",$7499], 1)";
    values.add(0);
    CHECK(holds(what_of<howdah::usage_error>([&] { (void)howdah::copied_rows<int>(db, text, values); }),
                "7,498"));
    CHECK(holds(what_of<howdah::usage_error>([&] { (void)db.run(text, values); }), "7,498"));
    CHECK(db.state() == howdah::session_state::idle);
}

TEST_CASE("what differs from parameters is what the guide says") {
    connection db{data().config()};
    constexpr auto unnamed = "select to_json(s)::text from (select $1) s";
    CHECK(query<std::string>(db, unnamed, "v") == std::vector<std::string>{R"({"?column?":"v"})"});
    CHECK(copy_out<std::string>(db, unnamed, "v") == std::vector<std::string>{R"({"text":"v"})"});
    constexpr auto named = "select to_json(s)::text from (select $1 as x) s";
    CHECK(copy_out<std::string>(db, named, "v") == query<std::string>(db, named, "v"));
    const std::vector<std::optional<std::string>> some{"a", std::nullopt};
    constexpr auto nulls = "select v from unnest($1) v where v is not null";
    CHECK(copy_out<std::string>(db, nulls, some) == std::vector<std::string>{"a"});
    db.run_script("set array_nulls = off");
    CHECK(query<std::string>(db, nulls, some) == std::vector<std::string>{"a"});
    CHECK(copy_out<std::string>(db, nulls, some) == std::vector<std::string>{"a", "NULL"});
}

TEST_CASE("streams and views take values, also those that were gathered at run time") {
    connection db{data().config()};
    constexpr auto text = "select i, repeat($2, i) from generate_series(1, $1) i";
    using row = std::tuple<int, std::string>;
    std::vector<row> streamed;
    for (const auto& one : copy_stream<row>(db, text, 40, "é'")) streamed.push_back(one);
    CHECK(streamed == query<row>(db, text, 40, "é'"));
    struct viewed {
        int i;
        std::string_view repeat;
    };
    const auto views = copy_views<viewed>(db, text, 40, "é'");
    REQUIRE(views.size() == 40);
    CHECK(views[2].repeat == "é'é'é'");
    howdah::parameters values{howdah::format::text};
    std::size_t rows = 0;
    for ([[maybe_unused]] const auto& one : howdah::copied_rows<row>(db, text, values.add(40).add("x")))
        ++rows;
    CHECK(rows == 40);
    CHECK(what_of<howdah::usage_error>([&] {
              (void)howdah::copied_rows<row>(db, text, howdah::bind(40, "x"));
          }) == "parameter $1: COPY has its values in its text; make howdah::parameters with format::text");
    CHECK(db.state() == howdah::session_state::idle);
}

TEST_CASE("as many values as parameters are wanted") {
    connection db{data().config()};
    CHECK(what_of<howdah::usage_error>([&] { (void)copy_out<int>(db, "select $1::int + $2", 1); }) ==
          "COPY of a query with parameters: it has 2, and 1 values were given");
    CHECK(what_of<howdah::usage_error>([&] { (void)copy_views<int>(db, "select $1::int"); }) ==
          "COPY of a query with parameters: it has 1, and 0 values were given");
    CHECK_THROWS_AS((void)copy_out<int>(db, "select $0::int", 1), howdah::server_error);
    CHECK_THROWS_AS((void)copy_out<int>(db, "select $99999999999999999999::int", 1), howdah::server_error);
    CHECK(db.state() == howdah::session_state::idle);
}

TEST_CASE("a value that its type refuses is placed at its parameter, and no message shows it") {
    connection db{data().config()};
    const auto refused = [&](const char* text, const char* value) {
        try {
            (void)copy_out<int>(db, text, std::string(40, 'x'), value);
        } catch (const howdah::server_error& failure) {
            CHECK(failure.sqlstate().text() == "22007");
            CHECK_FALSE(holds(failure.what(), value));
            CHECK(failure.message().statement.find(text) != std::string::npos);
            return std::pair{failure.message().position, failure.message().statement};
        }
        return std::pair<std::size_t, std::string>{0, "nothing was thrown"};
    };
    const auto [position, statement] = refused("select 1 where 'é' <> $1 and\n$2::date < now()", "no'day");
    REQUIRE(position > 0);
    const auto before = statement.substr(0, statement.find("$2"));
    CHECK(position == before.size()); // one character has two bytes
    CHECK(db.state() == howdah::session_state::idle);
}

TEST_CASE("values are not put into a text whose quotes mean something else") {
    connection db{data().config()};
    const auto refused = [&](const char* setting) {
        db.run_script(setting);
        const auto what = what_of<howdah::usage_error>([&] { (void)copy_out<int>(db, "select $1::int", 1); });
        CHECK(copy_out<int>(db, "select 1") == std::vector{1});
        return what;
    };
    CHECK(refused("set standard_conforming_strings = off") ==
          "COPY has its values in its text, which is safe only with standard_conforming_strings = on: set it "
          "back "
          "before copying a query with values");
    CHECK(holds(refused("set standard_conforming_strings = on; set client_encoding = 'LATIN1'"),
                "client_encoding = UTF8"));
    db.run_script("set client_encoding = 'UTF8'");
    CHECK(copy_out<int>(db, "select $1::int", 1) == std::vector{1});
}

// SPDX-License-Identifier: BSL-1.0
//
// Queries for a single column whose type is itself a container.
#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

#include <howdah/array.hpp>
#include <howdah/copy.hpp>
#include <howdah/pipeline.hpp>
#include <howdah/query.hpp>
#include <howdah/stream.hpp>

#include "test_database.hpp"

using namespace howdah;

namespace {
using texts = std::vector<std::string>;
using number = std::optional<std::int32_t>;
using flags = std::vector<bool>;
struct flagged {
    bool one;
    flags whole;
    std::vector<std::optional<bool>> part;
};
} // namespace

TEST_CASE("one row of an array is one vector, not many rows") {
    const testing::database base = test::fresh_database();
    auto db = base.connect();
    CHECK(query_one<texts>(db, "select array['a', 'b', 'c']") == texts{"a", "b", "c"});
    CHECK(query_one<texts>(db, "select '{}'::text[]") == texts{});
    CHECK_THROWS_AS((void)query_one<texts>(db, "select array['a'] where false"), row_count_error);
    CHECK_THROWS_AS((void)query_one<texts>(db, "values (array['a']), (array['b'])"), row_count_error);
    CHECK(query_optional<texts>(db, "select array['a', 'b']") == texts{"a", "b"});
    CHECK(query_optional<texts>(db, "select array['a'] where false") == std::nullopt);
    CHECK(query<texts>(db, "values (array['a']), (array['b', 'c'])") ==
          std::vector<texts>{{"a"}, {"b", "c"}});
}

TEST_CASE("one row of a nullable value is an optional, which tells NULL and a value apart") {
    const testing::database base = test::fresh_database();
    auto db = base.connect();
    CHECK(query_one<number>(db, "select 7") == 7);
    CHECK(query_one<number>(db, "select null::int4") == std::nullopt);
    CHECK_THROWS_AS((void)query_one<number>(db, "select 7 where false"), row_count_error);
    CHECK(query<number>(db, "values (1), (null)") == std::vector<number>{1, std::nullopt});
    const auto null = query_optional<number>(db, "select null::int4");
    REQUIRE(null.has_value());
    CHECK_FALSE(null->has_value());
    CHECK_FALSE(query_optional<number>(db, "select 7 where false").has_value());
}

TEST_CASE("booleans come as a std::vector<bool> by every way, and travel in arrays") {
    const testing::database base = test::fresh_database();
    auto db = base.connect();
    constexpr auto* three = "values (true), (false), (true)";
    const flags wanted{true, false, true};
    CHECK(query<bool>(db, three) == wanted);
    CHECK(query<strict<bool>>(db, three) == wanted);
    CHECK(query_streamed<bool>(db, three) == wanted);
    CHECK(copy_out<bool>(db, three) == wanted);
    pipeline batch(db);
    const auto piped = batch.query<bool>(three);
    batch.run();
    CHECK(piped.get() == wanted);
    CHECK(query<bool>(db, "select true where false").empty());
    CHECK_THROWS_WITH_AS((void)query<bool>(db, "values (true), (null)"), doctest::Contains("row 1"),
                         decode_error);

    const auto row = query_one<flagged>(db, "select $1 as one, $2 as whole, $3 as part", true, wanted,
                                        std::vector<std::optional<bool>>{false, std::nullopt});
    CHECK(row.whole == wanted);
    execute(db, "create table flagged (one boolean, whole boolean[], part boolean[])");
    CHECK(copy_in(db, {.table = "flagged"}, std::vector{row, row}) == 2);
    const auto back = copy_out<flagged>(db, copy_target{.table = "flagged"});
    CHECK(back.at(1).whole == wanted);
    CHECK(back.at(1).part == row.part);
    CHECK(query<flags>(db, "select whole from flagged") == std::vector{wanted, wanted});
    const std::vector<flags> table{{true, false, true}, {false, true, true}};
    CHECK(query_one<std::vector<flags>>(db, "select '{{t,f,t},{f,t,t}}'::boolean[]") == table);
    CHECK(query_one<std::string>(db, "select $1::text", table) == "{{t,f,t},{f,t,t}}");
    CHECK(query_one<std::vector<flags>>(db, "select $1", std::vector<flags>{}).empty());
    CHECK_THROWS_WITH_AS((void)query_one<flags>(db, "select '{t,null}'::boolean[]"),
                         doctest::Contains("element [1] is NULL, which bool cannot hold"), decode_error);
    CHECK_THROWS_WITH_AS((void)query_one<flags>(db, "select '{1}'::integer[]"),
                         doctest::Contains("std::vector<bool>"), decode_error);
}

// SPDX-License-Identifier: BSL-1.0
//
// Queries for a single column whose type is itself a container.
#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

#include <howdah/query.hpp>

#include "test_database.hpp"

using namespace howdah;

namespace {
using texts = std::vector<std::string>;
using number = std::optional<std::int32_t>;
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

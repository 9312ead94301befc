// SPDX-License-Identifier: BSL-1.0
//
// The server as the judge of arrays of up to six dimensions. See value_judge.hpp.
#include <doctest/doctest.h>

#include "array_draw.hpp"

#include <howdah/query.hpp>

#include "value_judge.hpp"

#include "test_database.hpp"

using namespace howdah;
using namespace howdah::tests;

namespace {

/// As many elements as values are asked for, not as many arrays.
template <auto Draw> void judge_arrays(executor& db, const std::string& type, seeded& random) {
    using T = std::remove_cvref_t<decltype(draw_array<Draw>(random))>;
    CAPTURE(random.seed);
    CAPTURE(type);
    std::vector<T> values;
    for (std::size_t elements = 0; elements < judged_values(); elements += values.back().elements.size())
        values.push_back(draw_array<Draw>(random));
    judge_all(db, type, values, 100, true);
}

} // namespace

TEST_CASE("random arrays of any shape survive both ways out and both ways back") {
    const testing::database base = test::fresh_database();
    auto db = base.connect();
    seeded random;
    judge_arrays<draw_integer<std::int32_t>>(db, "int4[]", random);
    judge_arrays<draw_text>(db, "text[]", random);
    judge_arrays<draw_bool>(db, "bool[]", random);
    judge_arrays<draw_numeric>(db, "numeric[]", random);
    judge_arrays<draw_time<timestamp>>(db, "timestamptz[]", random);
}

TEST_CASE("rows of columns go into arrays of two dimensions") {
    const testing::database base = test::fresh_database();
    auto db = base.connect();
    const std::vector<std::vector<std::int32_t>> rows{{1, 2, 3}, {4, 5, 6}};
    CHECK(query_one<std::int32_t>(db, "select ($1::int4[])[2][3]", rows) == 6);
    CHECK(query_one<std::vector<std::vector<std::int32_t>>>(db, "select $1::int4[]", rows) == rows);
    CHECK_THROWS_AS((void)query<std::vector<std::vector<std::int32_t>>>(db, "select '[0:1]={1,2}'::int4[]"),
                    decode_error);
    CHECK_THROWS_AS((void)query<std::vector<std::int32_t>>(db, "select '{{1},{2}}'::int4[]"), decode_error);
    // An enum's array type has no number that is known here: it goes as text, and comes back in binary.
    execute(db, "create type letter as enum ('a', 'b')");
    const array<std::string> letters{{{2, 0}, {1}}, {"a", "b"}};
    CHECK(query_one<array<std::string>>(db, "select $1::text[]::letter[]", letters) == letters);
}

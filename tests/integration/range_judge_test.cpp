// SPDX-License-Identifier: BSL-1.0
//
// The server as the judge of ranges and multiranges. See value_judge.hpp.
#include <doctest/doctest.h>

#include "range_draw.hpp"

#include "plan_judge.hpp"
#include "test_database.hpp"

using namespace howdah;
using namespace howdah::tests;

namespace {

/// With an order that is easy to see: no exponents, a fixed scale.
struct cents {
    static numeric of(std::int64_t value) {
        std::string text = std::to_string(std::abs(value) / 100) + '.' +
                           std::to_string(100 + std::abs(value) % 100).substr(1);
        return numeric((value < 0 ? "-" : "") + text);
    }
};
std::int64_t draw_cents(seeded& random) {
    return draw_between(random, -1'000'000'000'000, 1'000'000'000'000);
}
range<numeric> draw_numrange(seeded& random) {
    const auto from = draw_range<draw_cents, false>(random);
    if (from.empty()) return {};
    const auto convert = [](const auto& bound) {
        return bound ? std::optional(cents::of(*bound)) : std::nullopt;
    };
    return {convert(from.lower()), convert(from.upper()),
            static_cast<bounds>((from.lower_inclusive() ? 1 : 0) + (from.upper_inclusive() ? 2 : 0))};
}
multirange<numeric> draw_nummultirange(seeded& random) {
    multirange<numeric> out;
    for (std::int64_t at = draw_cents(random), left = static_cast<std::int64_t>(random.below(4)); left > 0;
         --left, at += 1000)
        out.ranges.emplace_back(cents::of(at), cents::of(at + 300), static_cast<bounds>(random.below(4)));
    return out;
}
or_infinity<date> draw_any_date(seeded& random) {
    return random.below(4) > 0 ? or_infinity<date>(draw_date(random)) : or_beyond(draw_date(random), random);
}
double draw_quarter(seeded& random) {
    return static_cast<double>(draw_between(random, -4'000'000, 4'000'000)) / 4;
}

/// A user's range: in binary only the catalogue tells what it is made of.
template <auto Draw> void judge_users_range(executor& db, const std::string& type, seeded& random) {
    using T = std::remove_cvref_t<decltype(Draw(random))>;
    CAPTURE(random.seed);
    CAPTURE(type);
    std::vector<T> values;
    while (values.size() < judged_values()) values.push_back(Draw(random));
    judge_all(db, type, values, 500, false);
    judge_planned(db, type, values, 500);
    std::vector<std::vector<std::optional<T>>> arrays((values.size() + 9) / 10);
    for (std::size_t i = 0; i < values.size(); ++i)
        arrays[i / 10].push_back(random.below(5) == 0 ? std::nullopt : std::optional<T>(values[i]));
    judge_planned(db, type + "[]", arrays, 50);
}

} // namespace

TEST_CASE("random ranges of numbers survive both ways out and both ways back") {
    const testing::database base = test::fresh_database();
    auto db = base.connect();
    seeded random;
    judge<draw_range<draw_integer<std::int32_t>, true>>(db, "int4range", random);
    judge<draw_range<draw_integer<std::int64_t>, true>>(db, "int8range", random);
    judge<draw_numrange>(db, "numrange", random);
    judge<draw_multirange<draw_integer<std::int32_t>, true>>(db, "int4multirange", random);
    judge<draw_multirange<draw_integer<std::int64_t>, true>>(db, "int8multirange", random);
    judge<draw_nummultirange>(db, "nummultirange", random);
}

TEST_CASE("random ranges of days and times survive both ways out and both ways back") {
    const testing::database base = test::fresh_database();
    auto db = base.connect();
    seeded random;
    judge<draw_range<draw_date, true>>(db, "daterange", random);
    judge<draw_range<draw_any_date, true>>(db, "daterange", random);
    judge<draw_range<draw_time<local_timestamp>, false>>(db, "tsrange", random);
    judge<draw_range<draw_time<timestamp>, false>>(db, "tstzrange", random);
    judge<draw_multirange<draw_date, true>>(db, "datemultirange", random);
    judge<draw_multirange<draw_time<local_timestamp>, false>>(db, "tsmultirange", random);
    judge<draw_multirange<draw_time<timestamp>, false>>(db, "tstzmultirange", random);
}

TEST_CASE("random ranges of types that users made survive both ways out and both ways back") {
    const testing::database base = test::fresh_database();
    auto db = base.connect();
    db.run_script("create type floatrange as range (subtype = float8);"
                  "create type textrange as range (subtype = text, collation = \"C\")");
    seeded random;
    judge_users_range<draw_range<draw_quarter, false>>(db, "floatrange", random);
    judge_users_range<draw_multirange<draw_quarter, false>>(db, "floatmultirange", random);
    judge_users_range<draw_range<draw_text, false>>(db, "textrange", random);
    judge_users_range<draw_multirange<draw_text, false>>(db, "textmultirange", random);
}

TEST_CASE("a range over a domain is one over its base type") {
    const testing::database base = test::fresh_database();
    auto db = base.connect();
    db.run_script("create domain small as int4; create type smallrange as range (subtype = small)");
    const range<std::int32_t> some{1, 5, bounds::closed};
    CHECK(query_one<range<std::int32_t>>(db, "select '[1,5]'::smallrange") == some);
    CHECK(query_one<multirange<std::int32_t>>(db, "select '{[1,5]}'::smallmultirange").ranges.front() ==
          some);
    CHECK_THROWS_AS((void)query<range<std::string>>(db, "select '[1,5]'::smallrange"), decode_error);
}

TEST_CASE("the server agrees on the canonical form of ranges") {
    const testing::database base = test::fresh_database();
    auto db = base.connect();
    seeded random;
    CAPTURE(random.seed);
    std::vector<range<std::int32_t>> ours, theirs;
    while (ours.size() < 1000) {
        const auto lower = static_cast<std::int32_t>(random.below(5)),
                   upper = lower + static_cast<std::int32_t>(random.below(4));
        ours.emplace_back(lower, upper, static_cast<bounds>(random.below(4)));
        theirs.push_back(canonical(ours.back()));
    }
    CHECK(query_one<std::vector<range<std::int32_t>>>(db, "select $1::int4range[]", ours) == theirs);
}

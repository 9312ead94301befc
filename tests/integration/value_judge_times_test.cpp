// SPDX-License-Identifier: BSL-1.0
//
// Dates, times, intervals and addresses before the judge: see value_judge.hpp.
#include "test_database.hpp"
#include "value_judge.hpp"

using namespace howdah;
using namespace howdah::tests;

namespace {

or_infinity<date> draw_any_date(seeded& random) {
    return or_beyond(draw_date(random), random);
}
template <class Point> or_infinity<Point> draw_any_time(seeded& random) {
    return or_beyond(draw_time<Point>(random), random);
}

constexpr judged_type times[] = {
    judged<draw_date>("date"),
    judged<draw_time<local_timestamp>>("timestamp"),
    judged<draw_time<timestamp>>("timestamptz"),
    judged<draw_any_date>("date"),
    judged<draw_any_time<local_timestamp>>("timestamp"),
    judged<draw_any_time<timestamp>>("timestamptz"),
    judged<draw_time_of_day>("time"),
    judged<draw_offset_time>("timetz"),
    judged<draw_interval>("interval"),
};
constexpr judged_type addresses[] = {
    judged<draw_inet>("inet"),
    judged<draw_cidr>("cidr"),
    judged<draw_macaddr<macaddr>>("macaddr"),
    judged<draw_macaddr<macaddr8>>("macaddr8"),
};

} // namespace

TEST_CASE("random days, times and intervals, infinite ones too, survive both ways out and both ways back") {
    const testing::database base = test::fresh_database();
    auto db = base.connect();
    judge_table(db, times);
}

TEST_CASE("random addresses survive both ways out and both ways back") {
    const testing::database base = test::fresh_database();
    auto db = base.connect();
    judge_table(db, addresses);
}

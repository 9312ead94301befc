// SPDX-License-Identifier: BSL-1.0
//
// Numbers, booleans and bits before the judge: see value_judge.hpp.
#include "test_database.hpp"
#include "value_judge.hpp"

using namespace howdah;
using namespace howdah::tests;

namespace {

template <class T> T draw_unsigned(seeded& random) {
    return static_cast<T>(draw_integer<std::int64_t>(random));
}
long long draw_long_long(seeded& random) {
    return draw_integer<long long>(random);
}
std::uint64_t draw_half(seeded& random) {
    return draw_unsigned<std::uint64_t>(random) & INT64_MAX;
}
bit_string draw_thirteen(seeded& random) {
    return draw_bits(random, 13);
}

constexpr judged_type numbers[] = {
    judged<draw_bool>("boolean"),
    judged<draw_integer<std::int16_t>>("int2"),
    judged<draw_integer<std::int32_t>>("int4"),
    judged<draw_integer<std::int64_t>>("int8"),
    judged<draw_long_long>("int8"),
    judged<draw_unsigned<std::uint8_t>>("int2"),
    judged<draw_unsigned<std::uint16_t>>("int4"),
    judged<draw_unsigned<std::uint32_t>>("int8"),
    judged<draw_half>("int8"),
    judged<draw_unsigned<std::uint32_t>>("oid"),
    judged<draw_float<float, std::uint32_t>>("float4"),
    judged<draw_float<double, std::uint64_t>>("float8"),
    judged<draw_numeric>("numeric"),
    judged<draw_varbit>("varbit"),
    judged<draw_thirteen>("bit(13)"),
    judged<draw_lsn>("pg_lsn"),
};

} // namespace

TEST_CASE("random numbers, booleans and bits survive both ways out and both ways back") {
    const testing::database base = test::fresh_database();
    auto db = base.connect();
    judge_table(db, numbers);
}

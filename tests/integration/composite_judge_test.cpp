// SPDX-License-Identifier: BSL-1.0
//
// The server as the judge of composite values. See value_judge.hpp.
#include <doctest/doctest.h>

#include "address_rows.hpp"
#include "plan_judge.hpp"
#include "test_database.hpp"
#include "value_draw.hpp"

using namespace howdah;
using namespace howdah::tests;

namespace howdah::tests {

/// record_out() of the server; empty where there is NULL.
inline std::string printed_record(const std::vector<std::optional<std::string>>& attributes) {
    std::string out;
    for (const auto& each : attributes) {
        if (!out.empty()) out += ',';
        else out += '(';
        if (!each) continue;
        if (!each->empty() && each->find_first_of("(),\"\\ \n\t\r\v\f") == each->npos) {
            out += *each;
            continue;
        }
        out += '"';
        for (const char c : *each) out.append(c == '"' || c == '\\' ? 2 : 1, c);
        out += '"';
    }
    return out + ')';
}
inline std::string printed(const point& value) {
    return printed_record({printed(value.x), value.y ? std::optional(printed(*value.y)) : std::nullopt});
}
inline std::string printed(const address& value) {
    return printed_record(
        {value.street, value.zip, printed(value.at), printed(value.notes), printed(value.class_)});
}

} // namespace howdah::tests

namespace {

point draw_point(seeded& random) {
    point out{draw_integer<std::int32_t>(random)};
    if (random.coin()) out.y = draw_integer<std::int64_t>(random);
    return out;
}
address draw_address(seeded& random) {
    address out{draw_text(random)};
    if (random.coin()) out.zip = draw_word(random) + (random.coin() ? " \"" : "");
    out.at = draw_point(random);
    for (auto left = random.below(4); left > 0; --left) out.notes.push_back(draw_text(random));
    out.class_ = enum_labels<mood>::values[random.below(3)].first;
    return out;
}

} // namespace

TEST_CASE("random composite values survive both ways out and both ways back") {
    const testing::database base = test::fresh_database();
    auto db = base.connect();
    db.run_script(create_address_types);
    seeded random;
    judge_structured<draw_point>(db, "point_2", random);
    // In binary the domain inside an address needs the catalogue.
    std::vector<address> values;
    while (values.size() < judged_values()) values.push_back(draw_address(random));
    CAPTURE(random.seed);
    judge_planned(db, "address", values, 250);
    std::vector<std::vector<address>> arrays((values.size() + 9) / 10);
    for (std::size_t i = 0; i < values.size(); ++i) arrays[i / 10].push_back(values[i]);
    judge_planned(db, "address[]", arrays, 50);
    judge_batch(db, "address", values, 0, std::min<std::size_t>(values.size(), 500), false);
}

// SPDX-License-Identifier: BSL-1.0
//
// Texts, bytes, documents and labels before the judge: see value_judge.hpp.
#include <array>

#include "test_database.hpp"
#include "value_judge.hpp"

using namespace howdah;
using namespace howdah::tests;

namespace {

enum class season { spring, summer, fall, null, odd };

} // namespace

template <> struct howdah::enum_labels<season> {
    static constexpr std::array<std::pair<season, std::string_view>, 5> values{
        {{season::spring, "spring"},
         {season::summer, "Summer time"},
         {season::fall, "fall,\"{x}\""},
         {season::null, "null"},
         {season::odd, "\xC3\xA9t\xC3\xA9"}}};
};

namespace {

season draw_season(seeded& random) {
    return enum_labels<season>::values[random.below(5)].first;
}

constexpr judged_type plain[] = {
    judged<draw_text>("text"),   judged<draw_text>("varchar"),  judged<draw_text>("name"),
    judged<draw_text>("bpchar"), judged<draw_char>("\"char\""), judged<draw_blob>("bytea"),
    judged<draw_uuid>("uuid"),   judged<draw_season>("season"),
};
constexpr judged_type documents[] = {
    judged<draw_json>("json"),         judged<draw_json>("jsonb"),    judged<draw_xml>("xml"),
    judged<draw_jsonpath>("jsonpath"), judged<draw_hstore>("hstore"), judged<draw_tsvector>("tsvector"),
    judged<draw_tsquery>("tsquery"),
};

} // namespace

TEST_CASE("random texts, bytes, identifiers and labels survive both ways out and both ways back") {
    const testing::database base = test::fresh_database();
    auto db = base.connect();
    execute(db, R"(create type season as enum ('spring', 'Summer time', 'fall,"{x}"', 'null', 'été'))");
    judge_table(db, plain);
}

TEST_CASE("random documents survive both ways out and both ways back") {
    const testing::database base = test::fresh_database();
    auto db = base.connect();
    execute(db, "create extension hstore");
    judge_table(db, documents);
}

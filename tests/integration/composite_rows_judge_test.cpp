// SPDX-License-Identifier: BSL-1.0
//
// The server as the judge of structs whose attributes are of many types: as parameters in binary and as text, in rows
// in bulk, and back. See value_judge.hpp.
#include <doctest/doctest.h>

#include <howdah/composite.hpp>
#include <howdah/copy.hpp>
#include <howdah/repository.hpp>

#include "plan_judge.hpp"
#include "range_draw.hpp"
#include "test_database.hpp"
#include "value_draw.hpp"
#include "value_draw_more.hpp"

using namespace howdah;
using namespace howdah::tests;

namespace composite_rows {

/// Nothing, an empty value and every other one.
struct facts {
    std::optional<bool> truth{};
    std::optional<std::int16_t> small{};
    std::optional<std::int64_t> large{};
    std::optional<double> number{};
    std::optional<numeric> price{};
    std::optional<std::string> label{};
    std::optional<std::vector<std::byte>> bytes{};
    std::optional<timestamp> at{};
    std::optional<local_timestamp> local{};
    std::optional<date> day{};
    std::optional<uuid> id{};
    std::optional<json> document{};
    std::optional<interval> span{};
    std::optional<inet> address{};
    std::optional<bit_string> bits{};
    std::vector<std::optional<std::string>> labels{};
    std::vector<std::optional<numeric>> prices{};
    friend bool operator==(const facts&, const facts&) = default;
};
struct group {
    facts first{};
    std::optional<facts> second{};
    std::vector<std::optional<facts>> rest{};
    friend bool operator==(const group&, const group&) = default;
};
struct kept {
    std::int64_t n = 0;
    group value{};
    std::vector<std::optional<facts>> all{};
    friend bool operator==(const kept&, const kept&) = default;
};

} // namespace composite_rows

using namespace composite_rows;

template <> struct howdah::composite<facts> {
    static constexpr auto name = "facts";
};
template <> struct howdah::composite<group> {
    static constexpr auto name = "grouped";
};
template <> struct howdah::table<kept> {
    static constexpr auto name = "kept", key = "n";
};

namespace {

constexpr auto* create = "create domain price as numeric; create domain labels as text[];"
                         "create type facts as (truth bool, small int2, large int8, number float8, price "
                         "price, label varchar, bytes bytea, "
                         "at timestamptz, local timestamp, day date, id uuid, document jsonb, span interval, "
                         "address inet, bits varbit, "
                         "labels labels, prices price[]);"
                         "create type grouped as (first facts, second facts, rest facts[]);"
                         "create table kept (n int8 primary key, value grouped, \"all\" facts[])";

template <class T, class Draw> std::vector<std::optional<T>> draw_some(seeded& random, Draw draw) {
    std::vector<std::optional<T>> out;
    for (auto left = random.below(4); left > 0; --left)
        out.push_back(random.coin() ? std::optional<T>(draw(random)) : std::nullopt);
    return out;
}
facts draw_facts(seeded& random) {
    facts out;
    const auto maybe = [&](auto& field, auto draw) {
        if (random.below(3) > 0) field = draw(random);
    };
    maybe(out.truth, draw_bool);
    maybe(out.small, draw_integer<std::int16_t>);
    maybe(out.large, draw_integer<std::int64_t>);
    maybe(out.number, draw_float<double, std::uint64_t>);
    maybe(out.price, draw_numeric);
    maybe(out.label, draw_text);
    maybe(out.bytes, draw_blob);
    maybe(out.at, draw_time<timestamp>);
    maybe(out.local, draw_time<local_timestamp>);
    maybe(out.day, draw_date);
    maybe(out.id, draw_uuid);
    maybe(out.document, draw_json);
    maybe(out.span, draw_interval);
    maybe(out.address, draw_inet);
    maybe(out.bits, draw_varbit);
    out.labels = draw_some<std::string>(random, draw_text);
    out.prices = draw_some<numeric>(random, draw_numeric);
    return out;
}
group draw_group(seeded& random) {
    group out{draw_facts(random)};
    if (random.coin()) out.second = draw_facts(random);
    out.rest = draw_some<facts>(random, draw_facts);
    return out;
}

} // namespace

TEST_CASE("random structs of many types survive both ways out, in bulk too, and both ways back") {
    const testing::database base = test::fresh_database();
    auto db = base.connect();
    db.run_script(create);
    seeded random;
    CAPTURE(random.seed);
    std::vector<kept> rows;
    while (rows.size() < judged_values() / 4) {
        rows.push_back({static_cast<std::int64_t>(rows.size()), draw_group(random)});
        rows.back().all = draw_some<facts>(random, draw_facts);
    }
    std::vector<group> values;
    for (const auto& each : rows) values.push_back(each.value);
    judge_planned(db, "grouped", values, 100);
    const auto judge_stored = [&] {
        CHECK((query<kept>(db, "select * from kept order by n") == rows));
        // From text.
        statement asked = "select value, \"all\" from kept order by n";
        asked.encoding = format::text;
        const auto text = db.run(asked);
        REQUIRE(text.row_count() == rows.size());
        std::size_t same = 0;
        for (std::size_t row = 0; row < rows.size(); ++row)
            same += text.value<group>(row, 0) == rows[row].value &&
                    text.value<std::vector<std::optional<facts>>>(row, 1) == rows[row].all;
        CHECK(same == rows.size());
        db.run_script("truncate kept");
    };
    CHECK(copy_in(db, rows) == rows.size());
    CHECK((copy_out<kept>(db, "select * from kept order by n") == rows));
    judge_stored();
    for (const auto& each : rows)
        execute(db, "insert into kept values ($1, $2, $3)", each.n, each.value, each.all);
    judge_stored();
    CHECK((repository<kept>().insert_many(db, rows) == rows));
    judge_stored();
}

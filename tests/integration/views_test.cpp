// SPDX-License-Identifier: BSL-1.0
//
// Rows that view into their result, or into what a COPY has sent: the same rows, whose views live as long.
#include <doctest/doctest.h>

#include <algorithm>
#include <iterator>
#include <numeric>
#include <random>
#include <ranges>
#include <string>
#include <utility>
#include <vector>

#include <howdah/copy_views.hpp>
#include <howdah/pool.hpp>
#include <howdah/views.hpp>

#include "test_database.hpp"

namespace {

using howdah::connection;
using howdah::query_views;

howdah::testing::database& data() {
    static auto made = howdah::test::fresh_database();
    return made;
}

using bytes = std::span<const std::byte>;
struct label {
    std::string_view text;
};
struct line {
    std::int64_t n;
    std::string_view name;
    std::optional<std::string_view> note;
    bytes raw;
    std::optional<bytes> more;
    std::optional<label> tag;
    std::string owned;
    howdah::timestamp at;
};
struct part {
    std::string_view name;
    std::optional<bytes> raw;
};
struct box {
    std::int32_t n;
    std::optional<part> held;
};
struct shelf {
    std::int64_t id;
    part first;
    std::optional<box> second;
};
std::string lines(int count) {
    return "select n, 'row ' || n as name, case when n % 2 = 0 then repeat('x', n::int) end as note, "
           "decode('00ff', 'hex') as raw, case when n > 2 then '\\x01'::bytea end as more, "
           "nullif('tag ' || n, 'tag 3') as tag, 'own ' || n as owned, "
           "timestamptz '2026-01-01 00:00Z' + n * interval '1 s' as at "
           "from generate_series(0::bigint, " +
           std::to_string(count - 1) + ") n";
}

/// Where the rows come from.
enum class origin { result, copy };
origin either() {
    auto from = origin::result;
    SUBCASE("from a result") {
        from = origin::result;
    }
    SUBCASE("from a COPY") {
        from = origin::copy;
    }
    return from;
}
template <class T>
howdah::row_views<T> views_of(origin from, howdah::executor& on, const howdah::statement& what) {
    return from == origin::copy ? howdah::copy_views<T>(on, what) : query_views<T>(on, what);
}

static_assert(std::ranges::forward_range<howdah::row_views<line>>);
static_assert(!std::ranges::borrowed_range<howdah::row_views<line>>);

} // namespace

TEST_CASE("views show what the rows hold") {
    const auto from = either();
    connection db{data().config()};
    const auto rows = views_of<line>(from, db, lines(5));
    CHECK(rows.size() == 5);
    std::int64_t n = 0;
    for (const line& row : rows) {
        CHECK(row.n == n);
        CHECK(row.name == "row " + std::to_string(n));
        CHECK(row.note.has_value() == (n % 2 == 0));
        CHECK((!row.note || *row.note == std::string(static_cast<std::size_t>(n), 'x'))); // also an empty one
        REQUIRE(row.raw.size() == 2);
        CHECK(row.raw[1] == std::byte{0xff});
        CHECK(row.more.has_value() == (n > 2));
        CHECK(row.tag.has_value() == (n != 3));
        CHECK((!row.tag || row.tag->text == "tag " + std::to_string(n)));
        CHECK(row.owned == "own " + std::to_string(n));
        CHECK(row.at.time_since_epoch().count() % 60'000'000 == n * 1'000'000);
        ++n;
    }
    CHECK(n == 5);
    CHECK(rows[3].n == 3);
    CHECK(rows.front().name.data() == rows[0].name.data()); // no copy
    CHECK(rows.back().n == 4);
    CHECK_THROWS_AS((void)rows[5], howdah::usage_error);
    CHECK(std::ranges::distance(rows) == 5);
}

TEST_CASE("views outlive the connection and the object that they were moved from") {
    const auto from = either();
    auto rows = [&] {
        howdah::pool connections{{.connection = data().config()}};
        return views_of<line>(from, connections, lines(3));
    }();
    auto second = std::next(rows.begin());
    const auto first = rows.front();
    const auto moved = std::move(rows);
    CHECK((*second).name == "row 1");
    CHECK(first.name == "row 0");
    CHECK(rows.empty());                                      // NOLINT: moved from
    CHECK(rows.begin() == rows.end());                        // NOLINT
    CHECK_THROWS_AS((void)rows.front(), howdah::usage_error); // NOLINT
}

TEST_CASE("single values, empty results and strict rows can be viewed") {
    const auto from = either();
    connection db{data().config()};
    std::string all;
    for (const std::string_view name :
         views_of<std::string_view>(from, db, "select 'n' || n from generate_series(1, 3) n"))
        all += name;
    CHECK(all == "n1n2n3");
    const auto none = views_of<std::optional<std::string_view>>(from, db, "select null::text");
    CHECK_FALSE(none.front().has_value());
    const auto empty = views_of<line>(from, db, lines(0));
    CHECK(empty.empty());
    CHECK(empty.begin() == empty.end());
    CHECK_THROWS_AS((void)empty.front(), howdah::usage_error);
    CHECK_THROWS_AS((void)empty.back(), howdah::usage_error);
    CHECK_THROWS_AS((void)views_of<howdah::strict<label>>(from, db, "select 'x' as text, 1 as surplus"),
                    howdah::decode_error);
}

TEST_CASE("structs inside rows have views too, and are empty where all their columns are NULL") {
    const auto from = either();
    connection db{data().config()};
    const auto rows = views_of<shelf>(
        from, db,
        "select id, 'first' as \"first.name\", '\\x01'::bytea as \"first.raw\", n as \"second.n\", "
        "name as \"second.held.name\", raw as \"second.held.raw\" "
        "from (values (1::bigint, null::integer, null, null::bytea), (2, 7, null, null), "
        "(3, 8, 'third', '\\x0203'), (4, null, 'n is missing', null)) as t (id, n, name, raw)");
    CHECK(rows[0].first.name == "first");
    CHECK(rows[0].first.raw.value().size() == 1);
    CHECK_FALSE(rows[0].second);
    CHECK(rows[1].second.value().n == 7);
    CHECK_FALSE(rows[1].second->held);
    CHECK(rows[2].second.value().held.value().name == "third");
    CHECK(rows[2].second->held->raw.value().size() == 2);
    CHECK_THROWS_WITH_AS((void)rows[3], doctest::Contains("second.n"), howdah::decode_error);
    CHECK_THROWS_WITH_AS((void)views_of<shelf>(from, db, "select 1::bigint as id"),
                         doctest::Contains("second.held.raw"), howdah::decode_error);
}

TEST_CASE("what a view cannot show is refused") {
    const auto from = either();
    connection db{data().config()};
    const auto refuses = [&](auto action, std::string_view part) {
        try {
            action();
        } catch (const howdah::decode_error& failure) {
            CAPTURE(failure.what());
            return std::string_view(failure.what()).find(part) != std::string_view::npos;
        }
        return false;
    };
    const auto nulls =
        views_of<std::string_view>(from, db, "select nullif('n' || n, 'n2') from generate_series(1, 3) n");
    CHECK(nulls[0] == "n1");
    CHECK(refuses([&] { (void)nulls[1]; }, "row 1"));
    CHECK(nulls[2] == "n3"); // the others can be read
    CHECK(refuses([&] { (void)views_of<std::string_view>(from, db, "select 1"); },
                  "std::string_view cannot hold"));
    CHECK(refuses([&] { (void)views_of<bytes>(from, db, "select 'text'"); },
                  "std::span<const std::byte> cannot hold"));
    CHECK(howdah::query_one<std::int32_t>(db, "select 1") == 1);
    if (from == origin::copy) return;
    // An interval is read from its text, and the whole result comes as text then.
    const auto interval = views_of<std::string_view>(from, db, "select interval '1 day'");
    CHECK(interval.front() == "1 day");
    struct mixed {
        std::string_view took;
        bytes raw;
    };
    CHECK(refuses(
        [&] { (void)views_of<mixed>(from, db, "select interval '1 day' as took, '\\x00'::bytea as raw"); },
        "column \"raw\" is bytea"));
}

TEST_CASE("rows can be viewed in any order, those around one that cannot be read as well") {
    const auto from = either();
    connection db{data().config()};
    struct entry {
        std::int32_t n;
        std::string_view name;
    };
    const auto rows = views_of<entry>(from, db,
                                      "select n, case when n not in (0, 40, 41, 99) then 'row ' || n "
                                      "end as name from generate_series(0, 99) n");
    const auto fits = [&](std::size_t at) {
        try {
            const auto row = rows[at];
            return row.n == static_cast<std::int32_t>(at) && row.name == "row " + std::to_string(at);
        } catch (const howdah::decode_error& failure) {
            CHECK(failure.row() == at);
            return false;
        }
    };
    std::vector<std::size_t> order(100), refused;
    std::iota(order.begin(), order.end(), 0);
    std::mt19937 random(1);
    for (int round = 0; round < 4; ++round) {
        refused.clear();
        for (const auto at : order)
            if (!fits(at)) refused.push_back(at);
        std::ranges::sort(refused);
        CHECK(refused == std::vector<std::size_t>{0, 40, 41, 99});
        std::ranges::shuffle(order, random);
    }
    auto first = std::next(rows.begin(), 39), second = std::next(rows.begin(), 98);
    CHECK((*first).name == "row 39");
    CHECK((*second).name == "row 98");
    CHECK((*first).name == "row 39");
}

TEST_CASE("bytes that are viewed can be sent") {
    const auto from = either();
    connection db{data().config()};
    const auto rows = views_of<bytes>(from, db, "select '\\x0001fe'::bytea");
    CHECK(howdah::query_one<bool>(db, "select $1 = '\\x0001fe'::bytea", rows.front()));
    CHECK(howdah::query_one<bool>(db, "select $1 is null", std::optional<bytes>{}));
    howdah::parameters as_text{howdah::format::text};
    as_text.add(rows.front());
    CHECK(db.run("select $1 = '\\x0001fe'::bytea", as_text).value<bool>(0, 0));
}

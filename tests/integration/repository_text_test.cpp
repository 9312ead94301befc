// SPDX-License-Identifier: BSL-1.0
//
// What users write, and what tables are called, stays data: filters, pages and hostile names.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include <howdah/repository.hpp>

#include "test_database.hpp"

namespace {

struct item {
    std::int32_t id = 0;
    std::string text;
    std::int32_t a = 0;
    double b = 0;
    std::optional<std::int32_t> maybe;
};

/// A table that somebody named to hurt.
struct hostile {
    std::int32_t id = 0;
    std::string class_;
    std::string text;
    std::int32_t version = 0;
};

} // namespace

template <> struct howdah::table<item> {
    static constexpr auto name = "items", key = "id";
};
template <> struct howdah::table<hostile> {
    static constexpr auto schema = R"(my "schema"; --)", name = R"(drop table "x"; $1 %s ')", key = R"(i"d)",
                          version = "version number";
    static constexpr std::array<howdah::renamed, 3> renamed{
        {{"id", R"(i"d)"}, {"text", "t'ext $2 \\ \xC3\xA9"}, {"version", "version number"}}};
};

namespace {

using howdah::connection;
using howdah::execute;
using howdah::query_one;

const howdah::repository<item> items;
const howdah::repository<hostile> hostiles;

struct store {
    howdah::testing::database data = howdah::test::fresh_database();
    connection db = data.connect();
    std::mt19937 random{20261121};

    store() {
        db.run_script("create table items (id int primary key, text text not null, a int not null, "
                      "b float8 not null, maybe int)");
    }
    int below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(random); }
    std::string text() {
        static const std::vector<std::string> pieces{"%", "_",  "\\", "'",        "a", "b",
                                                     "A", "\"", "$1", "\xC3\xA9", "--"};
        std::string drawn;
        for (int i = below(6); i > 0; --i)
            drawn += pieces[static_cast<std::size_t>(below(static_cast<int>(pieces.size())))];
        return drawn;
    }
    item draw(std::int32_t id) {
        item one{.id = id, .text = text(), .a = below(4), .b = below(3) / 3.0, .maybe = {}};
        if (below(2)) one.maybe = below(3);
        return one;
    }
    void fill(std::int32_t count) {
        std::vector<item> all;
        for (std::int32_t id = 1; id <= count; ++id) all.push_back(draw(id));
        (void)items.insert_many(db, all);
    }
    template <class... Values>
    std::vector<std::int32_t> ids(const std::string& where, const Values&... values) {
        return howdah::query<std::int32_t>(db, "select id from items where " + where + " order by id",
                                           values...);
    }
};

std::vector<std::int32_t> ids_of(const std::vector<item>& rows) {
    std::vector<std::int32_t> all;
    for (const auto& one : rows) all.push_back(one.id);
    return all;
}

TEST_CASE_FIXTURE(store, "filters on random texts full of % _ \\ and ' agree with the server's strpos") {
    fill(400);
    CAPTURE("seed 20261121");
    const std::vector order{howdah::ascending<&item::id>()};
    std::size_t hits = 0;
    for (int i = 0; i < 300; ++i) {
        const auto part = text();
        CAPTURE(part);
        const auto contained =
            items.find_all(db, {.where = howdah::contains<&item::text>(part), .order_by = order});
        REQUIRE(ids_of(contained) == ids("strpos(text, $1) > 0 or $1 = ''", part));
        const auto started =
            items.find_all(db, {.where = howdah::starts_with<&item::text>(part), .order_by = order});
        REQUIRE(ids_of(started) == ids("left(text, length($1)) = $1", part));
        const auto same = items.find_all(db, {.where = howdah::equal<&item::text>(part), .order_by = order});
        REQUIRE(ids_of(same) == ids("text = $1", part));
        hits += contained.size();
    }
    CHECK(hits > 300);
}

TEST_CASE_FIXTURE(store, "conditions combine as the same SQL written by hand does") {
    fill(300);
    CAPTURE("seed 20261121");
    const std::vector order{howdah::ascending<&item::id>()};
    for (int i = 0; i < 100; ++i) {
        const int a = below(5), m = below(4);
        const auto t = text();
        const auto found = items.find_all(
            db, {.where = (howdah::greater_equal<&item::a>(a) && !howdah::contains<&item::text>(t)) ||
                          ((howdah::equal<&item::maybe>(m) || howdah::not_equal<&item::text>(t)) &&
                           howdah::less<&item::a>(a) && howdah::less_equal<&item::b>(0.5) &&
                           !(howdah::is_null<&item::maybe>() || howdah::greater<&item::a>(2))),
                 .order_by = order});
        REQUIRE(ids_of(found) ==
                ids("(a >= $1 and not (strpos(text, $2) > 0 or $2 = '')) or ((maybe = $3 or text <> $2) "
                    "and a < $1 and b <= 0.5 and not (maybe is null or a > 2))",
                    a, t, m));
    }
}

TEST_CASE_FIXTURE(store, "an empty filter holds for every row, and cannot be negated") {
    fill(10);
    const howdah::filter<item> empty{};
    CHECK(items.count(db, empty) == 10);
    CHECK(items.count(db, empty && howdah::less_equal<&item::id>(3)) == 3);
    CHECK(items.count(db, howdah::less_equal<&item::id>(3) || empty) == 3);
    CHECK_THROWS_AS((void)!empty, howdah::usage_error);
}

TEST_CASE_FIXTURE(store,
                  "keyset pages show every row exactly once, whatever the order, while rows are inserted") {
    using order = std::vector<howdah::order<item>>;
    const std::vector<order> orders{
        {},
        {howdah::ascending<&item::a>()},
        {howdah::descending<&item::a>()},
        {howdah::descending<&item::a>(), howdah::ascending<&item::b>()},
        {howdah::ascending<&item::text>(), howdah::descending<&item::a>()},
        {howdah::descending<&item::b>(), howdah::descending<&item::text>(), howdah::ascending<&item::id>()},
        {howdah::descending<&item::id>(), howdah::ascending<&item::a>()}};
    CAPTURE("seed 20261121");
    std::int32_t extra = 100'000;
    for (std::size_t which = 0; which < orders.size(); ++which)
        for (const std::size_t size : {1U, 7U, 60U, 61U}) {
            CAPTURE(which);
            CAPTURE(size);
            execute(db, "truncate items");
            fill(60);
            std::map<std::int32_t, int> seen;
            howdah::page_request<item> request{.order_by = orders[which], .size = size};
            for (int pages = 0;; ++pages) {
                REQUIRE(pages < 300);
                const auto page = items.find_page(db, request);
                CHECK(page.items.size() <= size);
                for (const auto& one : page.items) ++seen[one.id];
                if (!page.next) break;
                CHECK(page.items.size() == size);
                request.after = page.next;
                if (pages % 2 == 0 && pages < 20) items.insert(db, draw(++extra));
            }
            for (std::int32_t id = 1; id <= 60; ++id) REQUIRE(seen[id] == 1);
            CHECK(std::all_of(seen.begin(), seen.end(), [](const auto& one) { return one.second == 1; }));
        }
}

TEST_CASE_FIXTURE(store, "pages come in the order asked for, and keep the filter") {
    fill(60);
    howdah::page_request<item> request{
        .where = howdah::less<&item::a>(3),
        .order_by = {howdah::descending<&item::a>(), howdah::ascending<&item::b>()},
        .size = 7};
    std::vector<std::int32_t> paged;
    for (;;) {
        const auto page = items.find_page(db, request);
        for (const auto& one : page.items) paged.push_back(one.id);
        if (!page.next) break;
        request.after = page.next;
    }
    CHECK(paged ==
          howdah::query<std::int32_t>(db, "select id from items where a < 3 order by a desc, b, id"));
}

TEST_CASE_FIXTURE(store, "a page that cannot be is refused") {
    fill(10);
    using howdah::usage_error;
    CHECK_THROWS_AS((void)items.find_page(db, {.size = 0}), usage_error);
    CHECK_THROWS_AS((void)items.find_page(db, {.order_by = {howdah::ascending<&item::maybe>()}}),
                    usage_error);
    CHECK_THROWS_AS((void)items.find_page(db, {.order_by = {howdah::ascending<&item::id>(),
                                                            howdah::ascending<&item::maybe>()}}),
                    usage_error);
    const auto next = items.find_page(db, {.order_by = {howdah::ascending<&item::a>()}, .size = 3}).next;
    REQUIRE(next.has_value());
    CHECK_THROWS_AS(
        (void)items.find_page(db, {.order_by = {howdah::descending<&item::a>()}, .size = 3, .after = next}),
        usage_error);
    CHECK_THROWS_AS((void)items.find_page(db, {.size = 3, .after = "no cursor!"}), usage_error);
    CHECK_THROWS_AS((void)items.find_page(db, {.size = 3, .after = ""}), usage_error);
}

TEST_CASE_FIXTURE(store, "names full of quotes and SQL are names for every function") {
    db.run_script(R"(create schema "my ""schema""; --";
        create table "my ""schema""; --"."drop table ""x""; $1 %s '" (
            "i""d" int primary key, class text not null unique, )"
                  "\"t'ext $2 \\ \xC3\xA9\" text not null, \"version number\" int not null default 1);"
                  R"(create function bump() returns trigger language plpgsql as
            $$ begin new."version number" := old."version number" + 1; return new; end $$;
        create trigger bump before update on "my ""schema""; --"."drop table ""x""; $1 %s '"
            for each row execute function bump())");
    struct fresh {
        std::int32_t id = 0;
        std::string class_, text;
    };
    struct changes {
        howdah::change<std::string> text{};
    };
    CHECK(hostiles.insert(db, fresh{1, "first", "x"}).version == 1);
    CHECK(hostiles.insert_many(db, std::vector<fresh>{{2, "second", "y"}, {3, "third", "z"}}).size() == 2);
    CHECK(hostiles.get(db, 1).class_ == "first");
    CHECK(hostiles.find_by<&hostile::text>(db, "y")->id == 2);
    CHECK(hostiles.upsert(db, fresh{1, "first", "xx"}).version == 2);
    CHECK(hostiles.upsert<&hostile::class_>(db, fresh{1, "first", "xxx"}).version == 3);
    CHECK(hostiles.update_if_version(db, 1, 3, howdah::set<&hostile::text>("'; --"))->text == "'; --");
    CHECK(hostiles.update_if_version(db, 1, 3, howdah::set<&hostile::text>("")).conflict()->current.version ==
          4);
    CHECK(hostiles.patch(db, 1, changes{.text = "p"})->version == 5);
    CHECK(hostiles.update(db, {1, "first", "whole", 5})->version == 6);
    CHECK(hostiles.count(db, howdah::starts_with<&hostile::text>("who")) == 1);
    CHECK(hostiles.exists(db, 3));
    const auto page =
        hostiles.find_page(db, {.order_by = {howdah::descending<&hostile::class_>()}, .size = 2});
    CHECK(page.items.front().id == 3);
    CHECK(hostiles
              .find_page(
                  db, {.order_by = {howdah::descending<&hostile::class_>()}, .size = 2, .after = page.next})
              .items.front()
              .id == 1);
    CHECK(hostiles.erase_if_version(db, 1, 6)->text == "whole");
    CHECK(hostiles.erase(db, 2).has_value());
    CHECK(hostiles.find_all(db).size() == 1);
}

} // namespace

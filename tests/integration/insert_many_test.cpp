// SPDX-License-Identifier: BSL-1.0
//
// insert_many() and its kin: one text for every number of rows, rows back in the order of the input, every kind of
// column, and what the database keeps out.
#include <doctest/doctest.h>

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <howdah/json.hpp>
#include <howdah/numeric.hpp>
#include <howdah/pool.hpp>
#include <howdah/repository.hpp>
#include <howdah/transaction.hpp>

#include "test_database.hpp"

namespace {

enum class mood { sad, ok };

} // namespace

template <> struct howdah::enum_labels<mood> {
    static constexpr std::array<std::pair<mood, std::string_view>, 2> values{
        {{mood::sad, "sad"}, {mood::ok, "ok"}}};
};

namespace {

struct pet {
    std::int64_t id = 0;
    std::string name, owner;
    std::int64_t rank = 0;
};
struct new_pet {
    std::string name;
    std::int32_t rank = 0;
};
struct any_row {
    std::int32_t id = 0;
    std::string a, b;
    mood c = mood::ok;
    howdah::json d;
    std::optional<howdah::uuid> e;
    std::vector<std::string> f;
    std::vector<mood> g;
    std::vector<std::optional<std::int32_t>> h;
    howdah::numeric i;
    std::string j, k;
    std::vector<std::byte> l;
    std::optional<std::vector<std::string>> m;
};

} // namespace

template <> struct howdah::table<pet> {
    static constexpr auto name = "pets", key = "id";
};
template <> struct howdah::table<any_row> {
    static constexpr auto name = "any rows", schema = "app", key = "id";
};

namespace {

using howdah::connection;
using howdah::query_one;

const howdah::repository<pet> pets;
const howdah::repository<any_row> anything;

struct shop {
    howdah::testing::database data = howdah::test::fresh_database();
    connection db = data.connect();
    shop() {
        db.run_script(
            "create table pets (id bigint generated always as identity primary key, name varchar(20) not "
            "null "
            "unique, owner text not null default 'nobody', rank smallint not null check (rank < 30000))");
    }
    std::int64_t rows() { return query_one<std::int64_t>(db, "select count(*) from pets"); }
};

std::vector<new_pet> many(std::size_t count, std::uint32_t seed = 1) {
    std::vector<new_pet> all;
    std::mt19937 random(seed);
    for (std::size_t i = 0; i < count; ++i)
        all.push_back({std::to_string(random() % 1000) + "-" + std::to_string(i),
                       static_cast<std::int32_t>(random() % 29999)});
    return all;
}

void check_order(const std::vector<pet>& stored, const std::vector<new_pet>& given) {
    REQUIRE(stored.size() == given.size());
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < stored.size(); ++i)
        wrong += stored[i].name != given[i].name || stored[i].rank != given[i].rank ||
                 (i > 0 && stored[i].id <= stored[i - 1].id);
    CHECK(wrong == 0);
}

TEST_CASE_FIXTURE(shop, "rows come back in the order of the input, whatever their number") {
    CHECK(pets.insert_many(db, std::vector<new_pet>{}).empty());
    for (const std::size_t count : {1U, 2U, 777U, 16'384U, 16'385U, 40'000U}) {
        CAPTURE(count);
        const auto given = many(count, static_cast<std::uint32_t>(count));
        check_order(pets.insert_many(db, given), given);
        CHECK(rows() == static_cast<std::int64_t>(count));
        db.run_script("truncate pets");
    }
    db.run_script(
        "drop table pets; create table pets (id bigint generated always as identity, name text, owner text "
        "default 'x', rank int) partition by list (owner); create table pets_x partition of pets for values "
        "in ('x')");
    const auto given = many(3000);
    check_order(pets.insert_many(db, given), given);
}

TEST_CASE_FIXTURE(shop, "one text serves every number of rows") {
    for (const std::size_t count : {1U, 5U, 100U}) {
        (void)pets.insert_many(db, many(count));
        CHECK(pets.insert_many_count(db, many(count, 2)) == count);
        db.run_script("truncate pets");
    }
    CHECK(query_one<int>(db, "select count(*) from pg_prepared_statements where statement like 'INSERT%'") ==
          2);
}

TEST_CASE_FIXTURE(shop, "every kind of column takes what a single insert() gives it") {
    db.run_script("create schema app; create type app.mood as enum ('sad', 'ok'); create domain app.short as "
                  "varchar(4); create table app.\"any rows\" (id bigint primary key, a varchar(9), b date, c "
                  "app.mood, d "
                  "jsonb, e uuid, f text[], g app.mood[], h int[], i numeric(9, 2), j app.short, k app.mood, "
                  "l bytea, m "
                  "varchar(3)[])");
    using words = std::vector<std::string>;
    const std::vector<any_row> given{{1,
                                      "a \"quoted\" one",
                                      "2024-02-29",
                                      mood::sad,
                                      howdah::json("{\"x\": [1, null]}"),
                                      howdah::uuid::parse("123e4567-e89b-12d3-a456-426614174000"),
                                      {"x", "", "NULL", "{a,b}", "\\\""},
                                      {mood::ok, mood::sad},
                                      {1, std::nullopt},
                                      howdah::numeric("12.345"),
                                      "four",
                                      "ok",
                                      {std::byte{0}, std::byte{255}},
                                      words{"abc"}},
                                     {2,
                                      "",
                                      "0001-01-01 BC",
                                      mood::ok,
                                      howdah::json("null"),
                                      std::nullopt,
                                      {},
                                      {},
                                      {},
                                      howdah::numeric("-0"),
                                      "",
                                      "sad",
                                      {},
                                      std::nullopt}};
    auto wrong = given;
    wrong[0].a = "longer than nine";
    CHECK_THROWS_AS((void)anything.insert_many(db, wrong), howdah::server_error); // not cut
    wrong = given;
    wrong[1].j = "fives";
    CHECK_THROWS_AS((void)anything.insert_many(db, wrong), howdah::server_error);
    wrong[0].a = wrong[1].j = "a";
    CHECK(anything.insert_many_count(db, wrong) == 2);
    db.run_script("truncate app.\"any rows\"");
    std::vector<any_row> one_by_one;
    for (auto row : given) {
        row.a = row.a.substr(0, 9);
        one_by_one.push_back(anything.insert(db, row));
    }
    db.run_script("create table app.expected as table app.\"any rows\"; truncate app.\"any rows\"");
    auto fitting = given;
    fitting[0].a = fitting[0].a.substr(0, 9);
    const auto stored = anything.insert_many(db, fitting);
    CHECK(query_one<int>(db, "select count(*) from (table app.expected except table app.\"any rows\") x") ==
          0);
    CHECK(query_one<int>(db, "select count(*) from app.\"any rows\"") == 2);
    CHECK(stored[0].f == given[0].f);
    CHECK(stored[0].g == given[0].g);
    CHECK(stored[0].i.text() == "12.35");
    CHECK(stored[1].b == one_by_one[1].b);
    CHECK(anything.upsert_many(db, fitting).size() == 2);
}

TEST_CASE_FIXTURE(shop, "a value that cannot be sent names row and column") {
    auto rows = many(20'000);
    rows[18'000].name = "bad\xFF";
    try {
        (void)pets.insert_many(db, rows);
        FAIL("nothing was thrown");
    } catch (const howdah::usage_error& refusal) {
        CHECK(std::string(refusal.what())
                  .starts_with("column \"name\", row 18000: the text is not valid UTF-8"));
    }
    CHECK(rows.size() == 20'000);
    CHECK(this->rows() == 0);
}

TEST_CASE_FIXTURE(shop, "rows that are large are sent in as many statements as memory asks for") {
    struct large {
        std::string name, owner;
        std::int32_t rank = 1;
    };
    db.run_script("alter table pets alter owner type text");
    std::vector<large> rows;
    for (int i = 0; i < 40; ++i)
        rows.push_back({"n" + std::to_string(i), std::string(1'000'000, char('a' + i % 26))});
    const auto stored = pets.insert_many(db, rows);
    REQUIRE(stored.size() == 40);
    for (std::size_t i = 0; i < 40; ++i) CHECK(stored[i].owner == rows[i].owner);
    rows[39].rank = 30'000;
    db.run_script("truncate pets");
    CHECK_THROWS_AS((void)pets.insert_many(db, rows), howdah::server_error);
    CHECK(this->rows() == 0);
}

TEST_CASE_FIXTURE(shop, "a few large rows among many small ones do not make a statement too large") {
    db.run_script("alter table pets alter owner type text");
    auto rows = many(1000);
    struct sent {
        std::string name, owner;
        std::int32_t rank = 0;
    };
    std::vector<sent> given;
    for (auto& row : rows) given.push_back({row.name, "small", row.rank});
    for (std::size_t i = 500; i < 530; ++i) given[i].owner.assign(2'000'000, static_cast<char>('a' + i % 26));
    const auto stored = pets.insert_many(db, given);
    REQUIRE(stored.size() == given.size());
    for (std::size_t i = 0; i < given.size(); ++i) CHECK(stored[i].owner == given[i].owner);
    db.run_script("truncate pets");
    given[700].owner = "\xC3(";
    try {
        (void)pets.insert_many(db, given);
        FAIL("nothing was thrown");
    } catch (const howdah::usage_error& refusal) {
        CHECK(std::string(refusal.what()).starts_with("column \"owner\", row 700: "));
    }
}

TEST_CASE_FIXTURE(shop, "a connection's buffers serve tables with more and with fewer columns in turn") {
    for (std::size_t round = 0; round < 4; ++round) {
        const auto given = many(100 + 50 * round, static_cast<std::uint32_t>(round + 2));
        check_order(pets.insert_many(db, given), given);
        struct only_name {
            std::string name;
        };
        std::vector<only_name> names;
        for (const auto& row : given) names.push_back({"x" + row.name});
        db.run_script("alter table pets alter rank set default 0");
        const auto stored = pets.insert_many(db, names);
        REQUIRE(stored.size() == names.size());
        for (std::size_t i = 0; i < names.size(); ++i) CHECK(stored[i].name == names[i].name);
        db.run_script("truncate pets");
    }
}

TEST_CASE_FIXTURE(shop, "insert_many_or_skip() stores what is not there yet, and gives that back in order") {
    const auto given = many(100);
    (void)pets.insert_many(db, std::vector(given.begin() + 10, given.begin() + 20));
    const auto stored = pets.insert_many_or_skip(db, given);
    std::vector<new_pet> expected(given.begin(), given.begin() + 10);
    expected.insert(expected.end(), given.begin() + 20, given.end());
    check_order(stored, expected);
    CHECK(pets.insert_many_or_skip(db, given).empty());
    CHECK(rows() == 100);
}

TEST_CASE_FIXTURE(shop, "upsert_many() inserts or updates, in the order of the input") {
    auto given = many(50);
    (void)pets.insert_many(db, std::vector(given.begin() + 10, given.begin() + 20));
    for (auto& row : given) row.rank = 7;
    const auto stored = pets.upsert_many<&pet::name>(db, given);
    REQUIRE(stored.size() == 50);
    for (std::size_t i = 0; i < 50; ++i) {
        CHECK(stored[i].name == given[i].name);
        CHECK(stored[i].rank == 7);
    }
    CHECK(rows() == 50);
    const std::vector<new_pet> twice{{"same", 1}, {"same", 2}};
    CHECK_THROWS_AS((void)pets.upsert_many<&pet::name>(db, twice), howdah::server_error);
    CHECK(rows() == 50);
}

TEST_CASE_FIXTURE(shop, "rows that a trigger keeps out are noticed") {
    db.run_script(
        "create function keep_out() returns trigger language plpgsql as $$ begin if new.rank = 5 then return "
        "null; end if; return new; end $$; create trigger keep_out before insert on pets for each row "
        "execute function keep_out()");
    const std::vector<new_pet> given{{"a", 1}, {"b", 5}, {"c", 2}};
    CHECK_THROWS_AS((void)pets.insert_many(db, given), howdah::row_count_error);
    CHECK(pets.insert_many_or_skip(db, std::vector<new_pet>{{"d", 1}, {"e", 5}, {"f", 2}}).size() == 2);
    CHECK(pets.insert_many_count(db, std::vector<new_pet>{{"g", 1}, {"h", 5}}) == 1);
}

TEST_CASE_FIXTURE(shop, "columns whose types change in between are asked for again") {
    db.run_script("create type kind as enum ('x', 'y'); alter table pets alter owner drop default, alter "
                  "owner type kind "
                  "using 'x'");
    struct owned {
        std::string name, owner;
        std::int32_t rank = 1;
    };
    CHECK(pets.insert_many(db, std::vector<owned>{{"a", "x"}}).size() == 1);
    db.run_script("alter table pets alter owner type text");
    CHECK(pets.insert_many(db, std::vector<owned>{{"b", "y"}}).size() == 1);
    db.run_script("alter table pets alter owner type json using to_json(owner)");
    CHECK(pets.insert_many_count(db, std::vector<owned>{{"c", "[1]"}}) == 1);
    CHECK(pets.insert_many_count(db, std::vector<owned>{{"d", "[1]"}}) == 1);
}

TEST_CASE_FIXTURE(shop, "all or nothing on a connection, in a transaction and on a pool") {
    auto rows = many(20'000);
    rows[19'000].rank = 30'000;
    CHECK_THROWS_AS((void)pets.insert_many(db, rows), howdah::server_error);
    CHECK(this->rows() == 0);
    howdah::pool pool({.connection = data.config(), .max_size = 1});
    CHECK_THROWS_AS((void)pets.insert_many(pool, rows), howdah::server_error);
    CHECK(this->rows() == 0);
    CHECK(pets.insert_many_count(pool, many(20'000)) == 20'000);
    howdah::transaction tx(db);
    CHECK(pets.insert_many(tx, many(3, 9)).size() == 3);
    tx.rollback();
    CHECK(this->rows() == 20'000);
}

} // namespace

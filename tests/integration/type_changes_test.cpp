// SPDX-License-Identifier: BSL-1.0
//
// Types that are created later than the connection, and that are dropped and created again, with other numbers, while
// statements that use them are prepared: a right answer or a clear error, never wrong data, and nothing that stays
// broken.
#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <howdah/composite.hpp>
#include <howdah/pipeline.hpp>
#include <howdah/range.hpp>
#include <howdah/stream.hpp>

#include "test_database.hpp"

namespace type_changes {

enum class mood { sad, ok };
struct address {
    std::string street;
    std::int32_t number;
};
struct note {
    mood felt;
    std::vector<mood> moods;
    address home;
    std::vector<address> others;
    std::int32_t count;
    std::vector<std::int32_t> counts;
    howdah::range<double> span;
};

} // namespace type_changes

template <> struct howdah::enum_labels<type_changes::mood> {
    static constexpr std::array<std::pair<type_changes::mood, std::string_view>, 2> values{
        {{type_changes::mood::sad, "sad"}, {type_changes::mood::ok, "ok"}}};
};
template <> struct howdah::composite<type_changes::address> {
    static constexpr auto name = "address";
};

namespace {

using namespace type_changes;
using howdah::connection;

constexpr auto* create =
    "create type mood as enum ('sad', 'ok'); create type address as (street text, number integer); "
    "create domain positive as integer check (value > 0); create type stretch as range (subtype = float8); "
    "create table notes (felt mood, moods mood[], home address, others address[], count positive, "
    "counts positive[], span stretch)";
constexpr auto* drop =
    "drop table notes; drop type stretch; drop domain positive; drop type address; drop type mood";

struct changing {
    howdah::testing::database base = howdah::test::fresh_database();
    connection db = base.connect(), other = base.connect();

    void again() {
        other.run_script(std::string(drop) + "; create type filler as enum (); drop type filler; " + create);
    }
};

constexpr auto* insert = "insert into notes values ($1, $2, $3, $4, $5, $6, $7)";
void write(howdah::executor& on) {
    howdah::execute(on, insert, mood::ok, std::vector{mood::sad, mood::ok}, address{"a", 1},
                    std::vector{address{"b", 2}}, 3, std::vector<std::int32_t>{4, 5},
                    howdah::range<double>{6.5, 7.5});
}
void check_written(howdah::executor& on, std::size_t rows) {
    const auto notes = howdah::query<note>(on, "select * from notes");
    CHECK(notes.size() == rows);
    for (const auto& one : notes) {
        CHECK(one.felt == mood::ok);
        CHECK(one.moods == std::vector{mood::sad, mood::ok});
        CHECK(one.home.street == "a");
        CHECK(one.others.at(0).number == 2);
        CHECK(one.count == 3);
        CHECK(one.counts == std::vector<std::int32_t>{4, 5});
        CHECK(one.span == howdah::range<double>{6.5, 7.5});
    }
}

} // namespace

TEST_CASE_FIXTURE(
    changing,
    "types that are created after the connection, and again with other numbers, are used as they are") {
    other.run_script(create);
    for (int i = 0; i < 3; ++i) {
        write(db);
        write(db);
        check_written(db, 2);
        again();
    }
    check_written(db, 0);
    CHECK(howdah::query_one<std::int64_t>(
              db, "select count(*) from pg_prepared_statements where statement = $1", insert) == 1);
}

TEST_CASE_FIXTURE(changing, "pipelines and streams use the types that are there now") {
    other.run_script(create);
    for (int i = 0; i < 2; ++i) {
        howdah::pipeline batch(db);
        for (int n = 0; n < 2; ++n) batch.execute("insert into notes (felt) values ($1)", mood::ok);
        batch.run();
        std::size_t rows = 0;
        for (const auto felt : howdah::stream<mood>(db, "select felt from notes where felt = $1", mood::ok)) {
            CHECK(felt == mood::ok);
            ++rows;
        }
        CHECK(rows == 2);
        again();
    }
}

TEST_CASE_FIXTURE(changing,
                  "inside a transaction a statement whose type was dropped fails, and works afterwards") {
    other.run_script(create);
    write(db);
    again();
    {
        howdah::transaction tx(db);
        CHECK_THROWS_AS(write(tx), howdah::server_error);
    }
    write(db);
    check_written(db, 1);
}

TEST_CASE_FIXTURE(changing, "a type that comes back in another form is an error for as long as it has that") {
    other.run_script(create);
    write(db);
    check_written(db, 1);
    other.run_script(
        std::string(drop) +
        "; create type mood as enum ('sad', 'fine'); "
        "create type address as (number integer, street text); create domain positive as float8; "
        "create type stretch as range (subtype = date); create table notes (felt mood, moods mood[], "
        "home address, others address[], count positive, counts positive[], span stretch)");
    for (int i = 0; i < 2; ++i) {
        CHECK_THROWS_WITH_AS(write(db), doctest::Contains("attribute 1 is \"number\""), howdah::usage_error);
        const auto* said = "attribute 1 is \"number\", the field there is \"street\"";
        CHECK_THROWS_WITH_AS(check_written(db, 1), doctest::Contains(said), howdah::decode_error);
    }
    again();
    write(db);
    check_written(db, 1);
}

TEST_CASE_FIXTURE(changing, "a statement that has only failed so far is prepared again as well") {
    other.run_script(create);
    const auto add = [&](std::int32_t count) {
        howdah::execute(db, "insert into notes (count, home) values ($1, $2) returning *", count,
                        address{"a", 1});
    };
    for (const auto* change : {"deallocate all", "discard all"}) {
        CHECK_THROWS_AS(add(-1), howdah::server_error);
        db.run_script(change);
        CHECK_NOTHROW(add(1));
        howdah::execute(db, change);
    }
    CHECK_THROWS_AS(add(-1), howdah::server_error);
    other.run_script("alter table notes add more integer");
    CHECK_NOTHROW(add(1));
    howdah::execute(db, "deallocate all");
    CHECK_THROWS_AS(add(-1), howdah::server_error);
    again();
    CHECK_NOTHROW(add(1));
}

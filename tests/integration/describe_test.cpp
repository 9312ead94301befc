// SPDX-License-Identifier: BSL-1.0
//
// What a statement says of itself before it runs, who lends a connection, and how long a reading plan holds.
#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

#include <howdah/pool.hpp>
#include <howdah/query.hpp>
#include <howdah/transaction.hpp>

#include "test_database.hpp"

namespace {

using howdah::connection;
using howdah::execute;
namespace oids = howdah::oids;

howdah::testing::database& data() {
    static auto made = howdah::test::fresh_database();
    return made;
}

struct pair {
    std::int32_t id = 0;
    std::string name;
};
struct swapped {
    std::string name;
    std::int32_t id = 0;
};

TEST_CASE("a statement is described without being run") {
    connection db{data().config()};
    execute(db, "create table described (id integer, name varchar)");
    const auto told = db.describe("insert into described values ($1, $2) returning name, id + 1 as next");
    CHECK(told.parameters == std::vector<howdah::oid>{oids::int4, oids::varchar});
    REQUIRE(told.columns.size() == 2);
    CHECK(told.columns[0].name == "name");
    CHECK(told.columns[0].type == oids::varchar);
    CHECK(told.columns[0].table != 0);
    CHECK(told.columns[0].table_column == 2);
    CHECK(told.columns[1].name == "next");
    CHECK(told.columns[1].table == 0);
    CHECK(howdah::query_one<int>(db, "select count(*) from described") == 0);
    const howdah::oid as_bigint[] = {oids::int8};
    CHECK(db.describe("select $1 + 1", as_bigint).parameters.front() == oids::int8);
    CHECK_THROWS_AS((void)db.describe("select nothing from nowhere"), howdah::server_error);
    CHECK(db.describe("listen somebody").columns.empty());
}

TEST_CASE("connection, transaction and pool lend a connection, and the pool gets its own back") {
    connection db{data().config()};
    CHECK(&*db.borrow() == &db);
    {
        howdah::transaction tx(db);
        CHECK(&*tx.borrow() == &db);
        tx.rollback();
        CHECK_THROWS_AS((void)tx.borrow(), howdah::usage_error);
    }
    howdah::pool_config config;
    config.connection = data().config();
    howdah::pool lender(config);
    {
        const auto loan = lender.borrow();
        CHECK(execute(*loan, "select 1") == 1);
        CHECK(lender.figures().in_use == 1);
    }
    CHECK(lender.figures().in_use == 0);
}

TEST_CASE("one text read into two structs gives each its own columns") {
    connection db{data().config()};
    for (int i = 0; i < 3; ++i) {
        const auto first = howdah::query_one<pair>(db, "select 7 as id, 'seven' as name");
        CHECK(first.id == 7);
        CHECK(first.name == "seven");
        const auto second = howdah::query_one<swapped>(db, "select 7 as id, 'seven' as name");
        CHECK(second.id == 7);
        CHECK(second.name == "seven");
    }
}

TEST_CASE("a struct that does not fit is refused before the statement runs") {
    connection db{data().config()};
    execute(db, "create table untouched (id integer)");
    CHECK_THROWS_AS((void)howdah::query<pair>(db, "insert into untouched values (1) returning id"),
                    howdah::decode_error);
    CHECK(howdah::query_one<int>(db, "select count(*) from untouched") == 0);
}

TEST_CASE("a table that changes is read as it is, prepared or not") {
    for (const bool prepared : {true, false}) {
        CAPTURE(prepared);
        auto config = data().config();
        config.prepare_statements = prepared;
        connection db{config};
        execute(db, "create table changing as select 1 as id, 'one'::text as name");
        const auto read = [&] { return howdah::query_one<pair>(db, "select * from changing"); };
        CHECK(read().name == "one");
        execute(db, "alter table changing drop column id, add column id bigint default 2");
        CHECK(read().id == 2);
        execute(db, "alter table changing rename column name to title");
        CHECK_THROWS_AS((void)read(), howdah::decode_error);
        execute(db, "alter table changing rename column title to name");
        CHECK(read().name == "one");
        execute(db, "drop table changing");
    }
}

} // namespace

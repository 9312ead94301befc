// SPDX-License-Identifier: BSL-1.0
//
// Typed queries: how a result is matched with a struct, and what is said when it does not fit.
#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <howdah/query.hpp>
#include <howdah/time.hpp>
#include <howdah/transaction.hpp>

#include "test_database.hpp"

namespace {

using howdah::connection;
using howdah::execute;
using howdah::query;
using howdah::query_one;
using howdah::query_optional;

struct city {
    std::int32_t id = 0;
    std::string name;
    std::optional<std::int32_t> people;
};

struct session {
    howdah::testing::database data = howdah::test::fresh_database();
    connection db = data.connect();
};

template <class Error, class Action> Error thrown_by(Action action) {
    try {
        action();
    } catch (const Error& failure) {
        return failure;
    }
    FAIL("nothing of that class was thrown");
    throw std::logic_error("unreachable");
}

bool has(const howdah::error& failure, std::string_view part) {
    return std::string_view(failure.what()).find(part) != std::string_view::npos;
}

TEST_CASE_FIXTURE(session, "columns find their fields by name, in whatever order") {
    const auto all = query<city>(db, "select null::int as people, 'Rome' as name, 1 as id union all "
                                     "select 5, 'Oslo', 2 order by id");
    REQUIRE(all.size() == 2);
    CHECK(all[0].name == "Rome");
    CHECK_FALSE(all[0].people.has_value());
    CHECK(all[1].people == 5);
    CHECK(all[1].id == 2);
    CHECK(query<city>(db, "select 1 as id, 'a' as name, 1 as people where false").empty());
}

TEST_CASE_FIXTURE(session, "every fault of a result is in one error, and no value of it") {
    struct wide {
        std::int32_t id = 0;
        std::string name, absent, missing;
        bool flag = false;
        howdah::timestamp moment{};
    };
    const auto failure = thrown_by<howdah::decode_error>([&] {
        (void)query<wide>(db,
                          "select 'secret' as id, 'x' as name, 1 as flag, timestamp '2026-01-01' as moment");
    });
    CHECK(has(failure, "\"absent\""));
    CHECK(has(failure, "\"missing\""));
    CHECK(has(failure, "column \"id\" is text"));
    CHECK(has(failure, "column \"flag\" is integer"));
    CHECK(has(failure, "column \"moment\" is timestamp"));
    CHECK(has(failure, "wide"));
    CHECK_FALSE(has(failure, "\"name\""));
    CHECK_FALSE(has(failure, "secret"));
}

TEST_CASE_FIXTURE(session, "the shape is checked also when no row came") {
    CHECK_THROWS_AS((void)query<city>(db, "select 1 as id where false"), howdah::decode_error);
}

TEST_CASE_FIXTURE(session, "surplus columns are ignored, unless the type is strict") {
    const auto sql = "select 1 as id, 'Rome' as name, 2 as people, 3 as extra, 4 as more";
    CHECK(query_one<city>(db, sql).people == 2);
    const auto failure =
        thrown_by<howdah::decode_error>([&] { (void)query_one<howdah::strict<city>>(db, sql); });
    CHECK(has(failure, "\"extra\""));
    CHECK(has(failure, "\"more\""));
    CHECK(query_one<howdah::strict<city>>(db, "select 1 as id, 'Rome' as name, 2 as people").name == "Rome");
}

TEST_CASE_FIXTURE(session, "a NULL that does not fit names its row and column") {
    const auto failure = thrown_by<howdah::decode_error>([&] {
        (void)query<city>(db, "select 1 as id, case when n = 3 then null else 'x' end as name, 1 as people "
                              "from generate_series(1, 5) n");
    });
    CHECK(failure.column() == "name");
    CHECK(failure.row() == 2);
    CHECK(has(failure, "NULL"));
}

TEST_CASE_FIXTURE(session, "a number out of range names its row and column, and is not in what()") {
    const auto failure = thrown_by<howdah::decode_error>(
        [&] { (void)query<city>(db, "select 5000000000 as id, 'x' as name, 1 as people"); });
    CHECK(failure.column() == "id");
    CHECK(failure.row() == 0);
    CHECK_FALSE(has(failure, "5000000000"));
}

TEST_CASE_FIXTURE(session, "of cells that do not fit, the one in the first of their rows is named") {
    struct visit {
        std::int32_t id;
        howdah::timestamp came;
        std::optional<howdah::timestamp> left;
    };
    const auto failing = [&](int came, int left) {
        return thrown_by<howdah::decode_error>([&] {
            (void)query<visit>(db,
                               "select n as id, case n when $1 then 'infinity' else now() end as came, "
                               "case n when $2 then 'infinity' when 7 then null else now() end as left "
                               "from generate_series(0, 99) n",
                               came, left);
        });
    };
    for (const auto& [came, left] :
         {std::pair{70, 66}, {66, 70}, {70, 70}, {0, 1}, {1, 0}, {99, 98}, {33, 2}}) {
        CAPTURE(came);
        CAPTURE(left);
        const auto failure = failing(came, left);
        CHECK(failure.row() == static_cast<std::size_t>(std::min(came, left)));
        CHECK(failure.column() == (came <= left ? "came" : "left"));
    }
    const auto all =
        query<visit>(db, "select n as id, now() as came, case when n % 3 > 0 then now() end as left "
                         "from generate_series(0, 99) n");
    REQUIRE(all.size() == 100);
    for (std::size_t i = 0; i < all.size(); ++i) {
        CHECK(all[i].id == static_cast<std::int32_t>(i));
        CHECK(all[i].left.has_value() == (i % 3 > 0));
    }
}

TEST_CASE_FIXTURE(session, "a column that is there more than once is refused where a field asks for it") {
    const auto failure = thrown_by<howdah::decode_error>(
        [&] { (void)query<city>(db, "select 1 as id, 2 as id, 'x' as name, 3 as people"); });
    CHECK(has(failure, "\"id\" is there more than once"));
    // No field asks for this one.
    CHECK(query_one<city>(db, "select 1 as id, 'x' as name, 3 as people, 4 as z, 5 as z").id == 1);
}

TEST_CASE_FIXTURE(session, "std::string takes what has no binary form of its own, as text") {
    db.run_script("create type mood as enum ('sad', 'ok')");
    struct texts {
        std::string document, mood, moment, number;
        std::int32_t count = 0;
        std::optional<howdah::timestamp> when;
        std::vector<std::int32_t> numbers;
    };
    const auto row = query_one<texts>(db, "select 'fat cats'::tsvector as document, 'ok'::mood as mood, "
                                          "timestamptz '2026-01-02 03:04:05.5Z' as "
                                          "moment, 1.50 as number, 7 as count, timestamptz '2026-01-02 "
                                          "03:04:05.5Z' as when, array[1, 2] as numbers");
    CHECK(row.document == "'cats' 'fat'");
    CHECK(row.mood == "ok");
    CHECK(row.moment == "2026-01-02 03:04:05.5+00");
    CHECK(row.number == "1.50");
    CHECK(row.count == 7);
    CHECK(row.when == howdah::parse_timestamp("2026-01-02T03:04:05.5Z"));
    CHECK(row.numbers == std::vector<std::int32_t>{1, 2});
}

TEST_CASE_FIXTURE(session, "results without columns fit structs without fields alone") {
    struct nothing {};
    CHECK(query<nothing>(db, "select from generate_series(1, 3)").size() == 3);
    CHECK_THROWS_AS((void)query<city>(db, "select from generate_series(1, 3)"), howdah::decode_error);
    CHECK_THROWS_AS((void)query_one<std::int32_t>(db, "select"), howdah::decode_error);
    CHECK(execute(db, "create table t (n int)") == 0);
    CHECK(execute(db, "insert into t values (1), (2)") == 2);
}

TEST_CASE_FIXTURE(session, "a single value needs no name") {
    CHECK(query_one<std::int64_t>(db, "select count(*) from generate_series(1, 3)") == 3);
    CHECK(query<std::string>(db, "select $1 || n from generate_series(1, 2) n", "x") ==
          std::vector<std::string>{"x1", "x2"});
    CHECK_FALSE(query_one<std::optional<bool>>(db, "select null::bool").has_value());
    CHECK(query_optional<std::int32_t>(db, "select 1 where false") == std::nullopt);
    CHECK_THROWS_AS((void)query_one<std::int32_t>(db, "select 'x'"), howdah::decode_error);
}

TEST_CASE_FIXTURE(session, "one row, or at most one, is what it says") {
    const auto none =
        thrown_by<howdah::row_count_error>([&] { (void)query_one<std::int32_t>(db, "select 1 limit 0"); });
    CHECK(none.rows() == 0);
    const auto two = "select generate_series(1, 2)";
    CHECK(thrown_by<howdah::row_count_error>([&] { (void)query_one<std::int32_t>(db, two); }).rows() == 2);
    CHECK(thrown_by<howdah::row_count_error>([&] { (void)query_optional<std::int32_t>(db, two); }).rows() ==
          2);
    CHECK(query_optional<std::int32_t>(db, "select 4") == 4);
}

// Prepared statements that the server has forgotten, or knows otherwise. ---------------------------------

struct altered : session {
    struct row {
        std::int32_t n = 0;
    };
    std::int32_t read(howdah::executor& on) { return query_one<row>(on, "select * from t").n; }
    std::int64_t prepared() {
        return query_one<std::int64_t>(db, "select count(*) from pg_prepared_statements");
    }

    altered() {
        db.run_script("create table t (n int); insert into t values (1)");
        CHECK(read(db) == 1);
        CHECK(read(db) == 1);
        (void)prepared();
    }
};

TEST_CASE_FIXTURE(altered,
                  "a statement whose table was altered is prepared again, and its old form is not kept") {
    const auto before = prepared();
    for (const auto* change :
         {"alter table t add extra int", "alter table t alter n type bigint", "alter table t drop extra"}) {
        db.run_script(change);
        CHECK(read(db) == 1);
    }
    CHECK(prepared() == before);
}

TEST_CASE_FIXTURE(altered, "a statement that was deallocated behind our back is prepared again") {
    for (const auto* command : {"deallocate all", "discard all"}) {
        execute(db, command);
        CHECK(read(db) == 1);
        db.run_script(command);
        CHECK(read(db) == 1);
    }
}

TEST_CASE_FIXTURE(
    altered, "inside a transaction a stale statement fails with a code of its own, and works afterwards") {
    {
        howdah::transaction tx(db);
        execute(tx, "alter table t add extra int");
        const auto failure = thrown_by<howdah::server_error>([&] { (void)read(tx); });
        CHECK(failure.sqlstate().text() == "0A000");
        CHECK(has(failure, "prepare"));
        CHECK_THROWS_AS((void)read(tx), howdah::server_error); // it has failed as a whole
    }
    CHECK(read(db) == 1);
    {
        howdah::transaction tx(db);
        execute(tx, "deallocate all");
        CHECK(thrown_by<howdah::server_error>([&] { (void)read(tx); }).sqlstate().text() == "26000");
    }
    CHECK(read(db) == 1);
}

TEST_CASE_FIXTURE(session, "a statement that fails with the code of a stale one is not run twice") {
    db.run_script("create table log (n int); create procedure twice(fails bool) language plpgsql as $$ begin "
                  "insert into log values (1); commit; if fails then raise 'no' using errcode = '0A000'; end "
                  "if; end $$");
    CHECK_THROWS_AS(execute(db, "call twice(true)"), howdah::server_error);
    CHECK(query_one<std::int64_t>(db, "select count(*) from log") == 1);
}

TEST_CASE("the statement cache keeps no more than it may, and forgets on the server too") {
    const auto data = howdah::test::fresh_database();
    auto config = data.config();
    config.statement_cache_size = 4;
    connection db(config);
    for (int i = 0; i < 50; ++i) CHECK(query_one<std::int32_t>(db, "select " + std::to_string(i)) == i);
    CHECK(query_one<std::int64_t>(db, "select count(*) from pg_prepared_statements") <= 4);
}

TEST_CASE("nothing is kept prepared where that is switched off") {
    const auto data = howdah::test::fresh_database();
    auto config = data.config();
    config.prepare_statements = false;
    connection db(config);
    for (int i = 0; i < 3; ++i)
        CHECK(query_one<city>(db, "select 1 as id, $1 as name, 2 as people", "x").name == "x");
    CHECK(query_one<std::int64_t>(db, "select count(*) from pg_prepared_statements") == 0);
}

} // namespace

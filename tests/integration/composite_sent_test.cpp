// SPDX-License-Identifier: BSL-1.0
//
// Structs are sent by position: so the names of their fields are compared with those of the attributes before.
#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

#include <howdah/array.hpp>
#include <howdah/composite.hpp>
#include <howdah/pipeline.hpp>
#include <howdah/repository.hpp>
#include <howdah/stream.hpp>

#include "test_database.hpp"

namespace composite_sent {

struct duo {
    std::string first, second;
    friend bool operator==(const duo&, const duo&) = default;
};
struct outer {
    std::int32_t n;
    std::vector<duo> parts;
};
struct kept {
    std::int64_t id;
    duo pair;
};

} // namespace composite_sent

template <> struct howdah::composite<composite_sent::duo> {
    static constexpr auto name = "duo";
};
template <> struct howdah::composite<composite_sent::outer> {
    static constexpr auto name = "outer_of_duo";
};
template <> struct howdah::table<composite_sent::kept> {
    static constexpr auto name = "kept", key = "id";
};

namespace {

using namespace composite_sent;
using howdah::execute;

const duo pair{"FIRST", "SECOND"};
constexpr auto* rest = "create type outer_of_duo as (n integer, parts duo[]); "
                       "create domain paired as duo; create table kept (id bigint, pair duo)";
constexpr auto* swapped = "create type duo as (second text, first text)";

struct stage {
    howdah::testing::database base = howdah::test::fresh_database();
    howdah::connection db = base.connect();

    void make(const std::string& type) { db.run_script(type + ';' + rest); }
};

template <class Call> std::string refused(Call call) {
    try {
        call();
    } catch (const howdah::error& failure) {
        return failure.what();
    }
    return "not refused";
}
constexpr auto* attribute = "attribute 1 is \"second\", the field there is \"first\"";
bool names_it(const std::string& refusal) {
    return refusal.find(attribute) != std::string::npos;
}

} // namespace

TEST_CASE_FIXTURE(stage, "a struct is not sent as a type whose attributes stand in another order") {
    make(swapped);
    CHECK(refused([&] { execute(db, "insert into kept values ($1, $2)", 1, pair); }) ==
          std::string("parameter $2 is duo, which composite_sent::duo does not fit: ") + attribute);
    CHECK(names_it(
        refused([&] { (void)howdah::query<duo>(db, "select pair from kept where pair = $1", pair); })));
    CHECK(names_it(refused([&] { execute(db, "select $1::duo[]", std::vector{pair, pair}); })));
    CHECK(names_it(refused([&] { execute(db, "select $1::duo[]", howdah::array<duo>{{{1}}, {pair}}); })));
    CHECK(names_it(refused([&] { execute(db, "select $1::paired", std::optional(pair)); })));
    CHECK(names_it(refused([&] { execute(db, "select $1::outer_of_duo", outer{1, {pair}}); })));
    CHECK(names_it(refused([&] {
        for (const auto& one : howdah::stream<std::string>(db, "select 'x' where $1::duo is null", pair))
            (void)one;
    })));
    howdah::pipeline batch(db);
    batch.execute("insert into kept (id) values (1)");
    batch.execute("insert into kept values (2, $1)", pair);
    CHECK(names_it(refused([&] { batch.run(); })));
    howdah::repository<kept> rows;
    CHECK(names_it(refused([&] { (void)rows.insert(db, kept{1, pair}); })));
    CHECK(names_it(refused([&] { (void)rows.insert_many(db, std::vector{kept{1, pair}, kept{2, pair}}); })));
    CHECK(howdah::query_one<std::int64_t>(db, "select count(*) from kept") == 0);
    // Where it is taken for no composite type it is a text.
    CHECK(howdah::query_one<std::string>(db, "select $1::text", pair) == "(FIRST,SECOND)");
}

TEST_CASE_FIXTURE(stage,
                  "nor without preparing, nor as a type with more or fewer attributes or of another name") {
    make("create type duo as (first text, second text, third text); create type other as (first text, "
         "second text)");
    auto config = base.config();
    config.prepare_statements = false;
    howdah::connection unprepared(config);
    for (auto* on : {&db, &unprepared}) {
        const auto insert = [&] { execute(*on, "insert into kept values (1, $1)", pair); };
        CHECK(refused(insert).find("attribute \"third\" has no field") != std::string::npos);
        CHECK(refused([&] {
                  execute(*on, "select $1::other", pair);
              }).find("howdah::composite says \"duo\"") != std::string::npos);
        db.run_script("alter type duo drop attribute third");
        CHECK(refused(insert) == "not refused"); // the type is asked for again before anything is refused
        CHECK(refused(insert) == "not refused");
        db.run_script("alter type duo drop attribute second");
        howdah::connection later(on->config());
        CHECK(refused([&] {
                  execute(later, "insert into kept values (1, $1)", pair);
              }).find("there is no attribute \"second\"") != std::string::npos);
        db.run_script("delete from kept; alter type duo add attribute second text, add attribute third text");
    }
}

TEST_CASE_FIXTURE(stage, "what fits is sent, by every way, and the catalogue is asked once") {
    make("create type duo as (first text, second text)");
    howdah::repository<kept> rows;
    CHECK(rows.insert(db, kept{1, pair}).pair == pair);
    CHECK(rows.insert_many(db, std::vector{kept{2, pair}, kept{3, {"\\\"(,", ""}}}).at(1).pair ==
          duo{"\\\"(,", ""});
    howdah::pipeline batch(db);
    const auto back = batch.query_one<duo>("select $1::duo", pair);
    batch.run();
    CHECK(back.get() == pair);
    CHECK(howdah::query_one<std::vector<duo>>(db, "select $1::duo[]", std::vector{pair}) ==
          std::vector{pair});
    CHECK(howdah::query_one<outer>(db, "select $1::outer_of_duo", outer{1, {pair}}).parts ==
          std::vector{pair});
    CHECK(howdah::query_one<duo>(db, "select $1::paired", pair) == pair);
}

TEST_CASE_FIXTURE(stage,
                  "a pipeline sends structs after NULLs, and with statements that are no longer prepared") {
    make("create type duo as (first text, second text)");
    auto config = base.config();
    config.prepare_statements = false;
    howdah::connection unprepared(config);
    howdah::pipeline one(unprepared);
    one.execute("insert into kept values (1, $1)", std::optional<duo>());
    one.execute("insert into kept values (1, $1)", std::optional(pair));
    one.run();
    CHECK(howdah::query<std::optional<duo>>(db, "select pair from kept order by pair nulls first") ==
          std::vector<std::optional<duo>>{std::nullopt, pair});
    config.prepare_statements = true;
    config.statement_cache_size = 2;
    const auto crowded = [&] {
        howdah::connection few(config);
        howdah::pipeline batch(few);
        const auto back = batch.query_one<std::string>("select ($1::duo).first", pair);
        for (int i = 0; i < 3; ++i) batch.execute("select " + std::to_string(i));
        batch.run();
        return back.get();
    };
    CHECK(crowded() == "FIRST");
    db.run_script(std::string("drop type duo cascade;") + swapped);
    CHECK(names_it(refused([&] { (void)crowded(); })));
}

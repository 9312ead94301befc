// SPDX-License-Identifier: BSL-1.0
//
// Composite types that are altered while a connection knows them: structs are sent in binary as what the type was,
// which the server refuses. Then the type is asked for again.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include <howdah/composite.hpp>
#include <howdah/copy.hpp>
#include <howdah/pipeline.hpp>
#include <howdah/repository.hpp>
#include <howdah/stream.hpp>

#include "test_database.hpp"
#include "wiretap.hpp"

using namespace howdah;

namespace composite_altered {

struct part {
    std::int32_t number = 0;
    std::string label{};
    friend bool operator==(const part&, const part&) = default;
};
struct whole {
    std::vector<part> parts{};
    friend bool operator==(const whole&, const whole&) = default;
};
struct item {
    std::int64_t id = 0;
    part content{};
    std::int32_t version = 1;
};
struct changed_item {
    std::int64_t id = 0;
    std::int32_t version = 1;
    part content{};
};

} // namespace composite_altered

using namespace composite_altered;

template <> struct howdah::composite<part> {
    static constexpr auto name = "part";
};
template <> struct howdah::composite<whole> {
    static constexpr auto name = "whole";
};
template <> struct howdah::table<item> {
    static constexpr auto name = "items", key = "id", version = "version";
};

namespace {

struct stage {
    testing::database base = test::fresh_database();
    connection other = prepared();
    test::wiretap tapped{base.config()};
    connection& db = tapped.db;

    connection prepared() {
        auto on = base.connect();
        on.run_script("create type part as (number int4, label text); create type whole as (parts part[])");
        return on;
    }
    void alter(const std::string& how) { other.run_script("alter type part " + how); }
};

const part bolt{7, "a,\"b\\"};

template <class Call> std::string refused(Call call) {
    try {
        call();
    } catch (const usage_error& failure) {
        return failure.what();
    } catch (const server_error& failure) {
        return std::string(failure.sqlstate().text());
    }
    return "not refused";
}

} // namespace

TEST_CASE_FIXTURE(stage, "a dropped attribute leaves nothing in what is sent") {
    alter("drop attribute label");
    alter("add attribute gone int4");
    alter("add attribute label text");
    alter("drop attribute gone");
    CHECK(query_one<part>(db, "select $1::part", bolt) == bolt);
    CHECK(tapped.formats() == "b");
    CHECK(query_one<whole>(db, "select $1::whole", whole{{bolt}}) == whole{{bolt}});
    CHECK(tapped.formats() == "b");
}

TEST_CASE_FIXTURE(stage, "an attribute that has got another type is sent as that, by every way") {
    auto config = base.config();
    config.prepare_statements = false;
    test::wiretap unprepared(config);
    const auto send = [&](connection& on) {
        CHECK(query_one<part>(on, "select $1::part", bolt) == bolt);
        CHECK(query_one<whole>(on, "select $1::whole", whole{{bolt}}) == whole{{bolt}});
        for (const auto& one : stream<part>(on, "select $1::part as streamed", bolt)) CHECK(one == bolt);
        pipeline batch(on);
        const auto first = batch.query_one<std::string>("select ($1::part).label", bolt);
        const auto second = batch.query_one<part>("select $1::part", bolt);
        batch.run();
        CHECK(first.get() == bolt.label);
        CHECK(second.get() == bolt);
    };
    for (const auto* type : {"int4", "int8", "int2", "int4"}) {
        alter(std::string("alter attribute number type ") + type);
        send(db);
        CHECK(tapped.formats() == "b");
        send(unprepared.db);
        CHECK(unprepared.formats() == "b");
    }
    // Has no binary form any more.
    alter("alter attribute number type text");
    CHECK(query_one<std::string>(db, "select ($1::part).number", bolt) == "7");
    CHECK(tapped.formats() == "t");
}

TEST_CASE_FIXTURE(stage, "each way alone meets the altered type") {
    const auto by_stream = [&] {
        for (const auto& one : stream<part>(db, "select $1::part as streamed", bolt)) CHECK(one == bolt);
    };
    const auto by_pipeline = [&] {
        pipeline batch(db);
        batch.execute("select 1");
        const auto second = batch.query_one<part>("select $1::part as piped", bolt);
        batch.run();
        CHECK(second.get() == bolt);
    };
    for (const auto* type : {"int4", "int8"}) {
        alter(std::string("alter attribute number type ") + type);
        by_stream();
        by_pipeline();
        alter("alter attribute number type int2");
        by_pipeline();
        by_stream();
    }
}

TEST_CASE_FIXTURE(stage, "inside a transaction an altered type is an error once") {
    CHECK(query_one<part>(db, "select $1::part", bolt) == bolt);
    alter("alter attribute number type int8");
    const auto inside = [&] {
        transaction on(db);
        (void)query_one<part>(on, "select $1::part", bolt);
    };
    CHECK(refused(inside) == "42804");
    CHECK(refused(inside) == "not refused");
}

TEST_CASE_FIXTURE(stage, "attributes that do not fit the struct any more are named") {
    const auto send = [&] { (void)query_one<part>(db, "select $1::part", bolt); };
    const auto send_otherwise = [&] { (void)query_one<part>(db, "select $1::part as again", bolt); };
    send();
    send_otherwise();
    alter("add attribute more int4");
    CHECK(refused(send).find("attribute \"more\" has no field") != std::string::npos);
    CHECK(refused(send_otherwise).find("attribute \"more\" has no field") != std::string::npos);
    alter("drop attribute more");
    CHECK(refused(send) == "not refused");
    CHECK(refused(send_otherwise) == "not refused");
    alter("drop attribute number");
    CHECK(refused(send).find("attribute 1 is \"label\"") != std::string::npos);
    CHECK(refused(send_otherwise).find("attribute 1 is \"label\"") != std::string::npos);
}

TEST_CASE_FIXTURE(stage, "a statement that fails so for reasons of its own is not run again") {
    db.run_script("create sequence calls; create function angry(part) returns int language plpgsql as "
                  "$$ begin perform nextval('calls'); raise datatype_mismatch; end $$");
    for (int i = 0; i < 2; ++i)
        CHECK(refused([&] { (void)query_one<std::int32_t>(db, "select angry($1)", bolt); }) == "42804");
    CHECK(query_one<std::int64_t>(db, "select last_value from calls") == 2);
}

TEST_CASE_FIXTURE(stage, "rows in bulk meet an altered type, and one that is new") {
    const std::vector<item> rows{{1, bolt}, {2, {0, ""}}};
    repository<item> items;
    const auto each_way = [&] {
        other.run_script("truncate items");
        CHECK(items.insert_many(db, rows).at(0).content == bolt);
        CHECK(items.upsert_many(db, rows).at(1).content == part{0, ""});
        const std::vector<changed_item> changes{{1, 1, {8, "x"}}, {2, 9, {9, "y"}}};
        const auto answers = items.update_many_if_version(db, changes);
        REQUIRE(answers.size() == 2);
        REQUIRE(answers[0]);
        CHECK(answers[0]->content == part{8, "x"});
        CHECK(answers[1].conflict());
        other.run_script("truncate items");
        CHECK(copy_in(db, rows) == 2);
        CHECK(items.get(db, std::int64_t{1}).content == bolt);
        CHECK(items.update_all_if_version(db, std::vector<changed_item>{{1, 1, {8, "x"}}}).applied);
    };
    const auto make = [&](const std::string& number) {
        other.run_script(
            "drop table if exists items; drop type whole; drop type part; create type part as (number " +
            number +
            ", label text); create type whole as (parts part[]); create table items (id int8 "
            "primary key, content part, version int4 default 1)");
    };
    make("int4");
    each_way();
    alter("add attribute gone int4");
    alter("drop attribute gone");
    each_way();
    alter("add attribute more int4");
    CHECK(refused([&] { (void)items.insert_many(db, rows); }).find("\"more\" has no field") !=
          std::string::npos);
    CHECK(refused([&] { (void)copy_in(db, rows); }).find("\"more\" has no field") != std::string::npos);
    alter("drop attribute more");
    each_way();
    make("int8");
    each_way();
    make("int2");
    CHECK(items.update_all_if_version(db, std::vector<changed_item>{{1, 1, {8, "x"}}})
              .outcomes.at(0)
              .not_found());
}

// SPDX-License-Identifier: BSL-1.0
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include <howdah/parameters.hpp>

#include "statement_cache.hpp"

namespace {

using howdah::parameters;
using howdah::detail::known_statement;
using howdah::detail::may_leave_session_state;
using howdah::detail::may_touch_prepared_statements;
using howdah::detail::statement_cache;

known_statement statement(const std::string& text, std::vector<howdah::oid> types, const std::string& name) {
    known_statement made;
    made.text = text;
    made.types = std::move(types);
    made.name = name;
    return made;
}

TEST_CASE("a statement is found by its text and the types of its values") {
    statement_cache cache(8);
    parameters none, number, text;
    number.add(1);
    text.add("x");
    cache.insert(statement("select $1", {howdah::oids::int4}, "one"));
    cache.insert(statement("select $1", {howdah::oids::inferred}, "two"));
    cache.insert(statement("select 1", {}, "three"));
    CHECK(cache.find("select $1", number.entries())->name == "one");
    CHECK(cache.find("select $1", text.entries())->name == "two");
    CHECK(cache.find("select 1", none.entries())->name == "three");
    CHECK(cache.find("select $1", none.entries()) == nullptr);
    CHECK(cache.find("SELECT $1", number.entries()) == nullptr);
    cache.erase(*cache.find("select 1", none.entries()));
    CHECK(cache.find("select 1", none.entries()) == nullptr);
    cache.clear();
    CHECK(cache.find("select $1", number.entries()) == nullptr);
}

TEST_CASE("a text without an address is the empty one") {
    statement_cache cache(8);
    const parameters none{};
    cache.insert(statement("", {}, "empty"));
    for (int i = 0; i < 2; ++i) CHECK(cache.find(std::string_view(), none.entries())->name == "empty");
}

TEST_CASE("two statements have no name in common, on whatever connections they are") {
    statement_cache one(8), other(8);
    const auto first = statement("select 1", {}, ""), second = statement("select 2", {}, ""),
               typed = statement("select 1", {howdah::oids::int4}, "");
    CHECK(one.next_name(first) == other.next_name(first));
    CHECK(one.next_name(first) != other.next_name(second));
    CHECK(one.next_name(first) != other.next_name(typed));
    CHECK(one.next_name(first).starts_with("howdah_"));
}

TEST_CASE("the statement that was used longest ago makes room") {
    statement_cache cache(3);
    const parameters none{};
    for (const auto* name : {"a", "b", "c"}) {
        CHECK(cache.make_room() == "");
        cache.insert(statement(name, {}, name));
    }
    (void)cache.find("a", none.entries());
    CHECK(cache.make_room() == "b");
    cache.insert(statement("d", {}, "d"));
    (void)cache.find("c", none.entries());
    CHECK(cache.make_room() == "a");
    CHECK(cache.find("a", none.entries()) == nullptr);
    CHECK(cache.find("c", none.entries()) != nullptr);
    CHECK(cache.find("d", none.entries()) != nullptr);
}

TEST_CASE("texts that share a beginning are not confused, whatever their length") {
    statement_cache cache(200);
    const parameters none{};
    std::string text;
    for (int i = 0; i < 100; ++i) cache.insert(statement(text += 'x', {}, std::to_string(i)));
    text.clear();
    for (int i = 0; i < 100; ++i) CHECK(cache.find(text += 'x', none.entries())->name == std::to_string(i));
}

TEST_CASE("no name is given twice") {
    statement_cache cache(2);
    const auto same = statement("select 1", {}, "");
    const auto first = cache.next_name(same);
    cache.clear();
    CHECK(cache.next_name(same) != first); // it may still be there on the server
}

TEST_CASE("what may leave something behind in the session is recognised by its words") {
    for (const auto* text : {"set search_path = app",
                             "SET TimeZone = 'UTC'",
                             "  set\nx = 1",
                             "set\tx = 1",
                             "set local x = 1",
                             "select set_config('a', 'b', false)",
                             "select pg_catalog.set_config('a', 'b', false)",
                             "reset all",
                             "listen news",
                             "create temp table t (n int)",
                             "CREATE TEMPORARY TABLE t (n int)",
                             "create table pg_temp.t ()",
                             "select pg_advisory_lock(1)",
                             "select pg_try_advisory_lock(1)",
                             "declare c cursor with hold for select 1",
                             "load 'auto_explain'",
                             "select 1; set x = 1",
                             "with a as (select set_config('a', 'b', false)) select 1",
                             "insert into t select pg_advisory_lock(1)",
                             "/* update t */ set x = 1",
                             "update t set a = 1; set x = 2"})
        CHECK_MESSAGE(may_leave_session_state(text), text);
}

TEST_CASE("the usual statements leave nothing behind") {
    for (const auto* text :
         {"", "select 1", "select * from users where id = $1", "update users set name = $1",
          "UPDATE t SET a = 1", "with written as (update t set a = 1 returning *) select * from written",
          "insert into t values (1) on conflict (a) do update set b = 2", "delete from t",
          "select offset_ from t", "select asset from t", "select attempt from t", "unlisten_me"})
        CHECK_MESSAGE(!may_leave_session_state(text), text);
}

TEST_CASE("what may touch prepared statements is recognised by its words") {
    for (const auto* text :
         {"prepare p as select 1", "DEALLOCATE ALL", "deallocate p", "discard all", "select 1; discard all"})
        CHECK_MESSAGE(may_touch_prepared_statements(text), text);
    for (const auto* text : {"select 1", "select unprepared from t", "update t set a = 1"})
        CHECK_MESSAGE(!may_touch_prepared_statements(text), text);
}

} // namespace

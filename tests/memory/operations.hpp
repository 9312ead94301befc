// SPDX-License-Identifier: BSL-1.0
//
// What howdah does with a server, as a table: every operation gives its right answer, or throws.
#pragma once

#include <span>
#include <string_view>

#include <howdah/connection.hpp>
#include <howdah/executor.hpp>

namespace howdah::test {

/// The tables that they work on, with the rows that they begin with.
inline constexpr std::string_view operation_schema = R"sql(
    create type mood as enum ('sad', 'content');
    create type spot as (x integer, label text);
    create table items (id integer primary key, title text not null unique, body text not null,
                        feeling mood not null default 'content', tags text[] not null default '{}',
                        version integer not null default 1);
    create table lines (id integer primary key, item integer not null, label text not null);
    create table marks (id integer);
    create table promises (id integer unique deferrable initially deferred);
    create function raise_version() returns trigger language plpgsql as
        $$ begin new.version = old.version + 1; return new; end $$;
    create trigger raise_version before update on items for each row execute function raise_version();
)sql";
inline constexpr std::string_view operation_rows = R"sql(
    delete from items; delete from lines; delete from promises;
    insert into items select n, 'the title of item number ' || n, 'a body that no short string holds, ' || n,
                             'content', array['one tag of some length', 'and another of such length'], 1
                      from generate_series(1, 8) n;
    insert into lines select n, 1 + n % 3, 'the label of a line, number ' || n from generate_series(1, 6) n;
    insert into promises values (1);
)sql";
/// All that they may change, as one text.
inline constexpr std::string_view operation_digest =
    "select pg_catalog.md5(pg_catalog.string_agg(r, '|' order by r)) from"
    " (select i::text from items i union all select l::text from lines l union all select 'p' || id from "
    "promises) t (r)";

struct operation {
    const char* name;
    /// Runs it. True if the answer was the right one; it is compared without memory.
    bool (*run)(executor& on);
    /// It gets an answer from the server that fails a transaction.
    bool fails_transaction = false;
};
/// The same for what only a connection does.
struct session_operation {
    const char* name;
    bool (*run)(connection& on);
    /// Nothing of it stays if it throws.
    bool undone_if_it_throws = false;
};

[[nodiscard]] std::span<const operation> reading_operations();
[[nodiscard]] std::span<const operation> writing_operations();
[[nodiscard]] std::span<const operation> failing_operations();
[[nodiscard]] std::span<const session_operation> session_operations();

} // namespace howdah::test

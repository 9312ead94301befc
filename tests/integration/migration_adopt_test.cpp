// SPDX-License-Identifier: BSL-1.0
//
// Taking over from other tools, and giving back. The tables are made by the statements that each tool makes them with.
#include <doctest/doctest.h>

#include <howdah/connection.hpp>
#include <howdah/migration_adopt.hpp>
#include <howdah/migration_commands.hpp>

#include "migration_directory.hpp"
#include "migration_support.hpp"
#include "tool_tables.hpp"

using howdah::adopt_migrations;
using howdah::hand_back_migrations;
using howdah::migration_failure;
using howdah::migration_tool;
using howdah::read_migrations;
using howdah::test::ask;
using howdah::test::check_mentions;
using howdah::test::fresh_database;
using howdah::test::migration_files_directory;
using howdah::test::named_texts;
using howdah::test::refusal;

using namespace howdah::test::tool_tables;

namespace {

std::string sqlx_row(const char* version, const std::string& text) {
    return "insert into _sqlx_migrations values (" + std::string(version) +
           ", 'x', '2026-01-02 03:04:05Z', true, "
           "sha384('" +
           text + "'::text::bytea), 5);";
}

/// Two migrations are applied by the tool, one is left: we take over, run that one alone, and give back.
void check_round_trip(const named_texts& files, const std::string& made_by_tool,
                      const std::string& what_tool_sees, const std::string& seen_before,
                      const std::string& seen_after) {
    const auto own = fresh_database();
    auto db = own.connect();
    db.run_script("create table a (); create table b ();" + made_by_tool);
    const migration_files_directory in(files);
    const auto read = read_migrations(in.path());
    CAPTURE(std::string(name_of(read.layout)));
    CHECK(ask<std::string>(db, what_tool_sees) == seen_before);

    const auto first = adopt_migrations(own.config(), read);
    CHECK(first.adopted.size() == 2);
    CHECK(first.pending.size() == 1);
    const auto second = adopt_migrations(own.config(), read);
    CHECK(second.adopted.empty());
    CHECK(second.known == 2);
    CHECK(ask<std::string>(db, what_tool_sees) == seen_before);

    const auto run = migrate(own.config(), read.files);
    CHECK(run.applied.size() == 1);
    CHECK(run.already_applied == 2);
    CHECK(migrate(own.config(), read.files).applied.empty());
    CHECK(verify_migrations(db, read.files).empty());

    const auto back = hand_back_migrations(own.config(), read);
    CHECK(back.written.size() == 1);
    CHECK(ask<std::string>(db, what_tool_sees) == seen_after);
    CHECK(ask<bool>(db, "select to_regclass('howdah_migrations') is null"));
    CHECK_FALSE(hand_back_migrations(own.config(), read).had_history);
    // What we wrote is what the tool would have written: taken over again, nothing is left.
    const auto again = adopt_migrations(own.config(), read);
    CHECK(again.adopted.size() == 3);
    CHECK(again.pending.empty());
}

const std::string a = "create table a ()", b = "create table b ()", c = "create table c ()";

} // namespace

TEST_CASE("sqlx: taken over by its checksums, and given back with them") {
    check_round_trip({{"1_a.up.sql", a}, {"2_b.sql", "-- no-transaction\n" + b}, {"3_c_d.sql", c + "\r\n"}},
                     sqlx_table + sqlx_row("1", a) + sqlx_row("2", "-- no-transaction\n" + b),
                     "select string_agg(version || description, ' ' order by version) from _sqlx_migrations",
                     "1x 2x", "1x 2x 3c d");
}

TEST_CASE("Diesel, dbmate, goose: taken over by their versions, and given back") {
    check_round_trip({{"2026-01-01-1_a/up.sql", a}, {"2026-1-2_b/up.sql", b}, {"20269_c/up.sql", c}},
                     std::string(diesel_table) +
                         "insert into __diesel_schema_migrations (version) values ('202601011'), ('202612');",
                     "select string_agg(version, ' ' order by version) from __diesel_schema_migrations",
                     "202601011 202612", "202601011 202612 20269");
    const std::string up = "-- migrate:up\n";
    check_round_trip({{"01_a.sql", up + a}, {"02_b.sql", up + b}, {"03_c.sql", up + c}},
                     std::string(dbmate_table) + "insert into schema_migrations values ('01'), ('02');",
                     "select string_agg(version, ' ' order by version) from schema_migrations", "01 02",
                     "01 02 03");
    const std::string goose_up = "-- +goose Up\n";
    check_round_trip(
        {{"00001_a.sql", goose_up + a}, {"00002_b.sql", goose_up + b}, {"00003_c.sql", goose_up + c}},
        std::string(goose_table) +
            "insert into goose_db_version (version_id, is_applied) values (1, true), (2, true), (3, true), "
            "(3, false);",
        "select string_agg(version_id || is_applied::text, ' ' order by id) from goose_db_version",
        "0true 1true 2true 3true 3false", "0true 1true 2true 3true 3false 3true");
}

TEST_CASE("golang-migrate: everything up to its one version, which moves when it is given back") {
    check_round_trip({{"1_a.up.sql", a}, {"2_b.up.sql", b}, {"3_c.up.sql", c}},
                     std::string(golang_table) + "insert into schema_migrations values (2, false);",
                     "select string_agg(version::text || dirty::text, ' ') from schema_migrations", "2false",
                     "3false");
}

TEST_CASE("drizzle: by the time of generation and the hash") {
    const std::string journal = R"({"entries": [{"when": 11, "tag": "0000_a"}, {"when": 12, "tag": "0001_b"},
        {"when": 13, "tag": "0002_c"}]})";
    const auto row = [](const std::string& text, const char* when) {
        return "insert into drizzle.__drizzle_migrations (hash, created_at) values (encode(sha256('" + text +
               "'::text::bytea), 'hex'), " + when + ");";
    };
    check_round_trip(
        {{"meta/_journal.json", journal}, {"0000_a.sql", a}, {"0001_b.sql", b}, {"0002_c.sql", c}},
        drizzle_table + row(a, "11") + row(b, "12"),
        "select string_agg(created_at::text, ' ' order by id) from drizzle.__drizzle_migrations", "11 12",
        "11 12 13");
}

TEST_CASE("drizzle 1.0: by the name, and where it has none by the second of the generation") {
    const named_texts files{{"20260101000001_a/migration.sql", a}, {"20260101000001_a/snapshot.json", ""},
                            {"20260101000002_b/migration.sql", b}, {"20260101000002_b/snapshot.json", ""},
                            {"20260101000003_c/migration.sql", c}, {"20260101000003_c/snapshot.json", ""}};
    const auto row = [](const std::string& text, const char* rest) {
        return "insert into drizzle.__drizzle_migrations select "
               "nextval('drizzle.__drizzle_migrations_id_seq'),"
               " encode(sha256('" +
               text + "'::text::bytea), 'hex'), " + rest + ";";
    };
    constexpr const char* seen =
        "select string_agg(created_at::text || coalesce(to_jsonb(t) ->> 'name', ''), ' '"
        " order by id) from drizzle.__drizzle_migrations t";
    // Its table as an older drizzle left it: with the parts of the second.
    check_round_trip(files, drizzle_table + row(a, "1767225601417") + row(b, "1767225602000"), seen,
                     "1767225601417 1767225602000", "1767225601417 1767225602000 1767225603000");
    check_round_trip(
        files,
        std::string(drizzle_table) +
            "alter table drizzle.__drizzle_migrations add name text, add applied_at timestamptz default "
            "now(), add version integer;" +
            row(a, "5, '20260101000001_a', null, 1") + row(b, "6, '20260101000002_b', now(), 1"),
        seen, "520260101000001_a 620260101000002_b",
        "520260101000001_a 620260101000002_b 176722560300020260101000003_c");
}

TEST_CASE("drizzle 1.0: a row of an older table is known by its second where the file was changed since") {
    const auto own = fresh_database();
    auto db = own.connect();
    db.run_script(std::string(drizzle_table) +
                  "insert into drizzle.__drizzle_migrations (hash, created_at) values ('00', 1767225601417)");
    const migration_files_directory in(
        named_texts{{"20260101000001_a/migration.sql", a}, {"20260101000001_a/snapshot.json", ""}});
    const auto read = read_migrations(in.path());
    const auto drift = refusal([&] { adopt_migrations(own.config(), read); });
    CHECK(drift.kind() == migration_failure::drift);
    check_mentions(drift, "applied as version 20260101000001");
    howdah::adoption_options how;
    how.accept_changed = true;
    CHECK(adopt_migrations(own.config(), read, how).adopted.size() == 1);
}

TEST_CASE("Flyway: by its CRC-32, with what was undone since") {
    // zlib.crc32 of the lines "create table a ()" and "create table b ()", as signed numbers.
    check_round_trip(
        {{"V1__a.sql", a}, {"V2__b.sql", b}, {"V3__c_d.sql", c}},
        std::string(flyway_table) + "insert into flyway_schema_history values"
                                    " (1, '1', 'a', 'SQL', 'V1__a.sql', -893445032, 'u', now(), 1, true),"
                                    " (2, '2', 'b', 'SQL', 'V2__b.sql', -670387274, 'u', now(), 1, true),"
                                    " (3, '3', 'c d', 'SQL', 'V3__c_d.sql', 1, 'u', now(), 1, true),"
                                    " (4, '3', 'c d', 'UNDO_SQL', 'U3__c_d.sql', 1, 'u', now(), 1, true);",
        "select string_agg(version || type, ' ' order by installed_rank) from flyway_schema_history",
        "1SQL 2SQL 3SQL 3UNDO_SQL", "1SQL 2SQL 3SQL 3UNDO_SQL 3SQL");
}

TEST_CASE("what stopped in the middle, was changed or has no file is refused, and nothing is written") {
    const auto own = fresh_database();
    auto db = own.connect();
    db.run_script(sqlx_table + sqlx_row("1", a));
    const migration_files_directory in(named_texts{{"1_a.sql", a + ";\n"}});
    const auto read = read_migrations(in.path());
    const auto drift = refusal([&] { adopt_migrations(own.config(), read); });
    CHECK(drift.kind() == migration_failure::drift);
    CHECK(ask<bool>(db, "select to_regclass('howdah_migrations') is null"));
    howdah::adoption_options how;
    how.accept_changed = true;
    db.run_script("update _sqlx_migrations set success = false");
    CHECK_THROWS_AS(adopt_migrations(own.config(), read, how), howdah::usage_error);
    db.run_script("update _sqlx_migrations set success = true;" + sqlx_row("2", b));
    const auto missing = refusal([&] { adopt_migrations(own.config(), read, how); });
    CHECK(missing.kind() == migration_failure::missing);
    check_mentions(missing, "version 2");
    db.run_script("delete from _sqlx_migrations where version = 2");
    CHECK(adopt_migrations(own.config(), read, how).adopted.size() == 1);
}

TEST_CASE("dirty, two tools, none, and a history of our own") {
    const auto own = fresh_database();
    auto db = own.connect();
    const migration_files_directory in(named_texts{{"1_a.up.sql", a}});
    const auto read = read_migrations(in.path());
    CHECK_THROWS_AS(adopt_migrations(own.config(), read), howdah::usage_error);
    db.run_script(std::string(golang_table) + "insert into schema_migrations values (1, true);");
    CHECK_THROWS_AS(adopt_migrations(own.config(), read), howdah::usage_error);
    db.run_script(std::string("update schema_migrations set dirty = false;") + sqlx_table);
    CHECK_THROWS_AS(adopt_migrations(own.config(), read), howdah::usage_error);
    migrate(own.config(), read.files);
    howdah::adoption_options how;
    how.tool = migration_tool::golang_migrate;
    CHECK(refusal([&] { adopt_migrations(own.config(), read, how); }).kind() ==
          migration_failure::history_begun);
}

TEST_CASE("alembic: its revision is a baseline that the caller names") {
    const auto own = fresh_database();
    auto db = own.connect();
    db.run_script(std::string(alembic_table) + "insert into alembic_version values ('a1b2c3');");
    const migration_files_directory in(named_texts{{"0001_base.sql", a}, {"0002_b.sql", b}});
    const auto read = read_migrations(in.path());
    check_mentions(refusal([&] { adopt_migrations(own.config(), read); }), "a1b2c3");
    howdah::adoption_options how;
    how.baseline = "1";
    CHECK(adopt_migrations(own.config(), read, how).pending.size() == 1);
    CHECK(migrate(own.config(), read.files).applied.size() == 1);
    CHECK_THROWS_AS(hand_back_migrations(own.config(), read, how), howdah::usage_error);
}

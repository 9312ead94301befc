// SPDX-License-Identifier: BSL-1.0
//
// The same migrations, drawn at random, in the layout of each tool: the schema after our run is the one after psql ran
// their texts in order, and a second run does nothing.
#include <doctest/doctest.h>

#include <random>

#include <howdah/connection.hpp>
#include <howdah/migration_commands.hpp>
#include <howdah/migration_layout.hpp>

#include "migration_directory.hpp"
#include "migration_support.hpp"
#include "schema_dump.hpp"

using howdah::migration_layout;
using howdah::test::ask;
using howdah::test::fresh_database;
using howdah::test::migration_files_directory;
using howdah::test::output_of;
using howdah::test::schema_dump;

namespace {

/// One migration of the model: what it does, and whether that needs to be outside a transaction.
struct step {
    std::string up, down;
    bool outside = false;
};

std::vector<step> draw_steps(std::mt19937& random, bool may_be_outside) {
    const auto pick = [&](int below) { return std::uniform_int_distribution<int>(0, below - 1)(random); };
    std::vector<step> out{{"create table t0 (id bigint primary key, note text);\n", "drop table t0;\n"}};
    for (int i = 1, tables = 1, count = 5 + pick(6); i < count; ++i) {
        const auto n = std::to_string(i), t = "t" + std::to_string(pick(tables));
        switch (pick(may_be_outside ? 6 : 5)) {
        case 0:
            out.push_back({"create table t" + std::to_string(tables) + " (id int, x text default 'a;b');\n",
                           "drop table t" + std::to_string(tables) + ";\n"});
            ++tables;
            break;
        case 1:
            out.push_back(
                {"alter table " + t + " add c" + n + " int;\n", "alter table " + t + " drop c" + n + ";\n"});
            break;
        case 2:
            out.push_back({"create function f" + n +
                               "() returns int language plpgsql as $b$\nbegin\n  -- one; two\n  return " + n +
                               ";\nend\n$b$;\ncomment on function f" + n + "() is 'it''s; fine';\n",
                           "drop function f" + n + "();\n"});
            break;
        case 3: out.push_back({"-- nothing to do\n", "\n"}); break;
        case 4:
            out.push_back(
                {"create view v" + n + " as select id from " + t + ";\n", "drop view v" + n + ";\n"});
            break;
        default:
            out.push_back({"create index concurrently i" + n + " on " + t + " (id);\n",
                           "drop index i" + n + ";\n", true});
        }
    }
    return out;
}

/// Versions that rise, as the layout compares them.
std::vector<std::string> draw_versions(std::mt19937& random, migration_layout layout, std::size_t count) {
    std::vector<std::string> out;
    unsigned at = 0;
    for (std::size_t i = 0; i < count; ++i) {
        at += 1 + static_cast<unsigned>(random() % 3);
        const auto n = std::to_string(at);
        const auto padded = std::string(4 - std::min<std::size_t>(4, n.size()), '0') + n;
        const bool odd = random() % 2 == 0;
        if (layout == migration_layout::flyway) out.push_back("1" + std::string(odd ? "." : "_") + n);
        else if (layout == migration_layout::diesel)
            out.push_back(odd ? "2026-01-24-" + padded : "20260124" + padded);
        else if (layout == migration_layout::dbmate || layout == migration_layout::drizzle)
            out.push_back(padded);
        else out.push_back(odd ? padded : n);
    }
    return out;
}

/// Writes the migrations as one tool has them.
void write(const migration_files_directory& to, migration_layout layout, const std::vector<step>& steps,
           const std::vector<std::string>& versions, std::mt19937& random) {
    std::string entries;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const auto& [up, down, outside] = steps[i];
        const auto name = versions[i] + "_s" + std::to_string(i);
        const bool pair = random() % 2 == 0;
        switch (layout) {
        case migration_layout::sqlx:
            to.write(name + (pair ? ".up.sql" : ".sql"), (outside ? "-- no-transaction\n" : "") + up);
            if (pair) to.write(name + ".down.sql", down);
            break;
        case migration_layout::golang_migrate:
            to.write(name + ".up.sql", outside || pair ? up : "begin;\n" + up + "commit;\n");
            to.write(name + ".down.sql", down);
            break;
        case migration_layout::diesel:
            to.write(name + "/up.sql", up);
            if (pair) to.write(name + "/down.sql", down);
            if (outside) to.write(name + "/metadata.toml", "run_in_transaction = false\n");
            break;
        case migration_layout::flyway: {
            const auto place = pair ? "sub/V" : "V";
            to.write(place + versions[i] + "__s" + std::to_string(i) + ".sql", up);
            break;
        }
        case migration_layout::dbmate:
            to.write(name + ".sql", std::string("-- why\n-- migrate:up") +
                                        (outside ? " transaction:false\n" : "\n") + up +
                                        "\n-- migrate:down\n" + down);
            break;
        case migration_layout::goose:
            to.write(name + ".sql", std::string(outside ? "-- +goose NO TRANSACTION\n" : "") +
                                        "-- +goose Up\n-- +goose StatementBegin\n" + up +
                                        "-- +goose StatementEnd\n\n-- +goose Down\n" + down);
            break;
        case migration_layout::numbered: to.write(versions[i] + (pair ? "-a.sql" : " a b.sql"), up); break;
        case migration_layout::drizzle:
            to.write(name + ".sql", up + "--> statement-breakpoint\nselect 1");
            entries += (i ? "," : "") + std::string(R"({"idx":)") + std::to_string(i) + R"(,"when":)" +
                       std::to_string(1700000000000 + i) + R"(,"tag":")" + name + R"("})";
            break;
        default:
            to.write(name + ".sql", (outside ? "-- howdah: transaction=off\n" : "") + up + "select 1;\n");
        }
    }
    if (layout == migration_layout::drizzle)
        to.write("meta/_journal.json",
                 R"({"version":"7","dialect":"postgresql","entries":[)" + entries + "]}");
}

void check_layout(migration_layout layout, std::mt19937& random) {
    const auto steps = draw_steps(random, layout != migration_layout::drizzle);
    const migration_files_directory ours, theirs;
    write(ours, layout, steps, draw_versions(random, layout, steps.size()), random);

    const auto by_psql = fresh_database(), by_us = fresh_database();
    std::string command = "psql -X -q -v ON_ERROR_STOP=1 '" + by_psql.config().url + "'";
    for (std::size_t i = 0; i < steps.size(); ++i) {
        theirs.write(std::to_string(i), steps[i].up);
        command += " -f " + theirs.path() + '/' + std::to_string(i);
    }
    (void)output_of(command);

    const auto read = howdah::read_migrations(ours.path());
    CHECK(read.layout == layout);
    const auto first = migrate(by_us.config(), read.files);
    CHECK(first.applied.size() == steps.size());
    CHECK(schema_dump(by_us.config().url) == schema_dump(by_psql.config().url));
    const auto second = migrate(by_us.config(), howdah::read_migrations(ours.path(), layout).files);
    CHECK(second.applied.empty());
    CHECK(second.already_applied == steps.size());
}

} // namespace

TEST_CASE("in the layout of every tool our run ends in the schema that psql ends in") {
    if (!howdah::test::has_psql_and_pg_dump()) {
        MESSAGE("no psql and no pg_dump here");
        return;
    }
    const auto seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random(seed);
    for (int layout = 1; layout < 10; ++layout)
        for (int round = 0; round < 2; ++round) {
            const auto which = static_cast<migration_layout>(layout);
            CAPTURE(std::string(name_of(which)));
            check_layout(which, random);
        }
}

TEST_CASE("a failing statement of a section names the line of the file") {
    const auto own = fresh_database();
    const migration_files_directory in(howdah::test::named_texts{
        {"1_a.sql",
         "-- why\n\n-- migrate:up\ncreate table a ();\n  create table b (x nothing);\n-- migrate:down\n"}});
    const auto failure =
        howdah::test::refusal([&] { migrate(own.config(), howdah::read_migrations(in.path()).files); });
    CHECK(failure.line() == 5);
    CHECK(failure.column() == 21);
}

TEST_CASE("down sections take back what the up sections did") {
    const auto own = fresh_database();
    const migration_files_directory in(howdah::test::named_texts{
        {"1_a.sql", "-- +goose Up\ncreate table a ();\n-- +goose Down\ndrop table a;\n"}});
    const auto read = howdah::read_migrations(in.path());
    migrate(own.config(), read.files);
    howdah::undo_migrations(own.config(), read.files, {.to = "0"});
    auto db = own.connect();
    CHECK(ask<bool>(db, "select to_regclass('a') is null"));
}

TEST_CASE("goose: variables are placeholders, and their defaults stand where they have no value") {
    const migration_files_directory in(howdah::test::named_texts{
        {"1_a.sql",
         "-- +goose Up\n-- +goose ENVSUB ON\n"
         "create table a as select '${A:-x;y}' as a, '${B-z}' as b, '${C:-c}' as c, '${D-d}' as d,\n"
         "  '${E?must be set}' as e;\n"
         "-- +goose ENVSUB OFF\ncomment on table a is '$A';\n"}});
    const auto read = howdah::read_migrations(in.path());
    const auto own = fresh_database();
    const auto failure = howdah::test::refusal([&] { migrate(own.config(), read.files); });
    CHECK(failure.line() == 4);
    CHECK(failure.column() == 4);
    howdah::test::check_mentions(failure, "the placeholder ${E} has no value");
    howdah::migration_options options;
    options.placeholders = {{"C", ""}, {"D", ""}, {"E", "e"}};
    migrate(own.config(), read.files, options);
    auto db = own.connect();
    CHECK(ask<std::string>(db, "select concat_ws(' ', a, b, c, d, e) from a") == "x;y z c  e");
}

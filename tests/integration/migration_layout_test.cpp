// SPDX-License-Identifier: BSL-1.0
//
// The same migrations, drawn at random, in the layout of each tool: the schema after our run is the one after psql ran
// their texts in order, and a second run does nothing.
#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include <howdah/connection.hpp>
#include <howdah/migration_commands.hpp>
#include <howdah/migration_layout.hpp>

#include "migration_directory.hpp"
#include "migration_draw.hpp"
#include "migration_support.hpp"
#include "schema_dump.hpp"

using howdah::migration_layout;
using howdah::test::ask;
using howdah::test::fresh_database;
using howdah::test::migration_files_directory;
using howdah::test::output_of;
using howdah::test::schema_dump;

namespace {

void check_layout(const howdah::test::drawn_form& form, std::mt19937& random) {
    const auto layout = form.layout;
    const auto steps = howdah::test::draw_steps(random, layout != migration_layout::drizzle);
    const migration_files_directory ours, theirs;
    (void)write_drawn(ours, form, steps, draw_versions(random, form, steps.size()), random);

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
    for (int layout = 1; layout < 11; ++layout)
        for (int round = 0; round < 2; ++round) {
            const auto which = static_cast<migration_layout>(std::min(layout, 9)); // the last has two forms
            CAPTURE(std::string(name_of(which)));
            check_layout({which, layout == 10}, random);
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

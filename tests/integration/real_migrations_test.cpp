// SPDX-License-Identifier: BSL-1.0
//
// Migrations of real projects, in the layouts of their tools: our run ends in the schema that psql ends in, with as
// many rows in every table. Where they were not fetched (tests/real_migrations/fetch) the test is skipped, visibly.
#include <doctest/doctest.h>

#include <string>
#include <tuple>

#include <howdah/connection.hpp>
#include <howdah/migration_layout.hpp>

#include "migration_directory.hpp"
#include "migration_support.hpp"
#include "real_migrations.hpp"
#include "schema_dump.hpp"

using namespace howdah::test;
using howdah::migration_layout;

namespace {

/// "schema.table rows" of every table that is not the server's or our history.
std::string row_counts(const howdah::testing::database& of) {
    auto db = of.connect();
    return ask<std::string>(
        db,
        "select coalesce(string_agg(name || ' ' || (xpath('/row/n/text()', query_to_xml('select count(*) as n"
        " from ' || name, false, true, '')))[1]::text, E'\\n' order by name), '') from (select"
        " format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in"
        " ('pg_catalog', 'information_schema') and tablename <> 'howdah_migrations') as tables");
}

void run_by_psql(const std::string& url, const std::string& file, bool in_transaction) {
    (void)output_of("psql -X -q -v ON_ERROR_STOP=1 -o /dev/null " + std::string(in_transaction ? "-1 " : "") +
                    "-f '" + file + "' '" + url + "' 2>&1");
}

/// sqlx and golang-migrate name their files alike, and plain files of sqlx are named like ours.
bool may_be_taken_for(migration_layout found, migration_layout is) {
    if (found == is) return true;
    return is == migration_layout::sqlx &&
           (found == migration_layout::howdah || found == migration_layout::golang_migrate);
}

void check_project(const real_project& project) {
    const auto layout = howdah::layout_named(project.layout).value();
    const auto by_psql = fresh_database(), by_us = fresh_database();
    const auto before = project.directory.string() + ".before.sql"; // what the project takes for granted
    if (std::filesystem::exists(before))
        for (const auto* database : {&by_psql, &by_us}) run_by_psql(database->config().url, before, false);

    const migration_files_directory texts;
    const auto files = judged_files(project);
    for (std::size_t i = 0; i < files.size(); ++i) {
        texts.write(std::to_string(i), files[i].text);
        run_by_psql(by_psql.config().url, texts.path() + '/' + std::to_string(i), !files[i].outside);
    }

    const auto found = howdah::read_migrations(project.directory.string());
    CHECK_MESSAGE(may_be_taken_for(found.layout, layout), std::string(name_of(found.layout)));
    const auto read = howdah::read_migrations(project.directory.string(), layout);
    CHECK(found.files.size() == read.files.size());
    CHECK(migrate(by_us.config(), read.files).applied.size() == files.size());
    const auto schema = schema_dump(by_us.config().url);
    CHECK(schema == schema_dump(by_psql.config().url));
    CHECK(row_counts(by_us) == row_counts(by_psql));
    CHECK(migrate(by_us.config(), read.files).applied.empty());
    MESSAGE(project.layout, "/", project.directory.filename().string(), ": ", files.size(), " files, ",
            schema.size(), " bytes of schema");
}

} // namespace

TEST_CASE("real: migrations of real projects end in the schema that psql ends in") {
    const auto projects = real_projects();
    if (projects.empty() || !has_psql_and_pg_dump()) {
        std::printf("SKIPPED: real migrations are not there (HOWDAH_REAL_MIGRATIONS names their directory; "
                    "tests/real_migrations/fetch fills it)\n");
        return;
    }
    for (const auto& project : projects) {
        CAPTURE(project.directory.string());
        try {
            check_project(project);
        } catch (const howdah::error& failure) {
            FAIL_CHECK(std::string(failure.what()));
        }
    }
}

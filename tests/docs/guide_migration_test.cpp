// SPDX-License-Identifier: BSL-1.0
//
// The code of docs/migrations.md.
#include <doctest/doctest.h>

#include <filesystem>
#include <stop_token>
#include <string>

#include <howdah/connection.hpp>
#include <howdah/migration_commands.hpp>

#include "test_database.hpp"

namespace {

std::string beside(const char* name) {
    return (std::filesystem::path(__FILE__).parent_path() / name).string();
}

} // namespace

TEST_CASE("guide: options of a migration run") {
    const auto own = howdah::test::fresh_database();
    const auto server = own.config();
    const std::string database(own.connect().database()), directory = beside("migration_files");
    // [migration_options]
    const howdah::migration_set files = howdah::migrations_in(directory);
    howdah::migration_options options;
    options.placeholders = {{"reader", "pg_read_all_stats"}}; // ${reader} in the files
    options.table_lock_timeout = std::chrono::seconds{2};     // how long a statement may wait for a table
    options.table_lock_retries = 10;                          // and how often the file is then tried again
    options.protected_databases = {"prod*", database};        // changed only if their name is confirmed
    options.confirmed = database;
    options.build_id = "shop 1.4.2"; // stands in the history
    const howdah::migration_report report = howdah::migrate(server, files, options);
    // [migration_options-end]
    CHECK(report.applied.size() == 3);
    std::string log;
    const auto print = [&](const std::string& text) { log += text; };

    // [migration_verify]
    howdah::connection db{server};
    for (const auto& fault : howdah::verify_migrations(db, files, options)) print(fault.what);
    for (const auto& next : howdah::plan_migrations(db, files, options).files) print(next.file);
    // [migration_verify-end]
    CHECK(log.empty());

    // [migration_undo]
    howdah::undo_migrations(server, files, {.to = "0001"}, options); // takes 0002 back
    howdah::undo_migrations(server, files, {}, options);             // takes the newest back
    // [migration_undo-end]
    CHECK(howdah::migrate(server, files, options).applied.size() == 2);
}

TEST_CASE("guide: a run that is stopped") {
    const auto own = howdah::test::fresh_database();
    const auto files = howdah::migrations_in(beside("migration_files"));
    howdah::migration_options options;
    options.placeholders = {{"reader", "pg_read_all_stats"}};
    // [migration_stop]
    std::stop_source shutdown;
    options.stop = shutdown.get_token();
    // [migration_stop-end]
    shutdown.request_stop();
    CHECK_THROWS_AS(howdah::migrate(own.config(), files, options), howdah::migration_error);
}

TEST_CASE("guide: a history that begins late, and one that is mended") {
    const auto own = howdah::test::fresh_database();
    const auto server = own.config();
    own.connect().run_script("create table users (id bigint, email text)");
    const auto files = howdah::migrations_in(beside("migration_files"));
    howdah::migration_options options;
    options.placeholders = {{"reader", "pg_read_all_stats"}};
    // [migration_repair]
    howdah::baseline_migrations(server, files, "0001"); // everything up to 0001 is there already
    howdah::migrate(server, files, options);
    howdah::repair_migrations(server, files, howdah::migration_repair::accept,
                              "0002"); // take the file as it is
    // [migration_repair-end]
    CHECK(howdah::migrate(server, files, options).applied.empty());

    // [migration_wait]
    const bool there = howdah::wait_for_migrations(server, files, std::chrono::seconds{30}, options);
    const std::string script = howdah::migration_script(files, {.from = "0001", .to = "0002"}, options);
    // [migration_wait-end]
    CHECK(there);
    CHECK(script.find("create index concurrently") != script.npos);
}

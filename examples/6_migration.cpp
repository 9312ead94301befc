// SPDX-License-Identifier: BSL-1.0
//
// Shows: a program that brings its own schema: migrations embedded by howdah_embed_migrations(), run at start, checked.
// Run:   6_migration          (starts a PostgreSQL of its own)
//        DATABASE_URL=postgresql://localhost/app 6_migration
#include <future>
#include <iostream>

#include <howdah/howdah.hpp>

#include <app_migrations.hpp> // made at build time from the .sql files of migrations/
#include <scratch.hpp>

namespace {

std::string_view text(howdah::migration_state state) {
    switch (state) {
    case howdah::migration_state::applied: return "applied";
    case howdah::migration_state::pending: return "pending";
    case howdah::migration_state::drifted: return "drifted";
    case howdah::migration_state::missing: return "missing";
    case howdah::migration_state::failed: return "failed";
    case howdah::migration_state::baseline: return "baseline";
    }
    return "unknown";
}

void migrate_at_start(const example::scratch& place) {
    howdah::pool db{{.connection = place.config()}};
    const howdah::migration_options options{.schema = place.schema()}; // public, if you say nothing

    // Every replica of a service may do this at once: one works, the others wait, each file is applied once.
    const auto replica = [&] { return howdah::migrate(db, app::migrations, options).applied.size(); };
    auto other = std::async(std::launch::async, replica);
    std::cout << replica() + other.get() << " files applied by two replicas together\n";

    // Again: nothing to do. The history knows each file by its checksum.
    const auto again = howdah::migrate(db, app::migrations, options);
    std::cout << again.applied.size() << " applied, " << again.already_applied << " already there\n";
    for (const auto& entry : howdah::migration_status(db, app::migrations, options))
        std::cout << "  " << entry.version << ' ' << entry.name << ": " << text(entry.state) << '\n';

    // A file that is wrong stops the run, with its place, and leaves nothing half done.
    std::vector<howdah::migration> files;
    for (const auto& applied : howdah::migration_set(app::migrations)) files.push_back(applied);
    files.push_back(howdah::read_migration("20260301000000_add_phone.sql",
                                           "create table phones (number text);\n"
                                           "alter table userz add phone text;\n"));
    try {
        howdah::migrate(db, howdah::migration_set(files), options);
    } catch (const howdah::migration_error& failure) {
        std::cout << failure.file() << ':' << failure.line() << ':' << failure.column() << " SQLSTATE "
                  << failure.cause()->sqlstate().text() << '\n';
    }
    const auto phones = howdah::query_one<bool>(db, "select to_regclass('phones') is not null");
    std::cout << "the table phones is " << (phones ? "there" : "not there") << '\n';

    // So does an applied file that somebody changed afterwards.
    files.back() = howdah::read_migration("20260101090000_create_users.sql", "create table users (id int);");
    files.erase(files.begin());
    try {
        howdah::migrate(db, howdah::migration_set(files), options);
    } catch (const howdah::migration_error& failure) {
        std::cout << failure.what() << '\n';
    }
}

} // namespace

int main() {
    return example::run(migrate_at_start);
}

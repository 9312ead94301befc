// SPDX-License-Identifier: BSL-1.0
//
// Databases for howdah's own integration tests.
#pragma once

#include <string>

#include <howdah/migration.hpp>
#include <howdah/testing/database.hpp>

#include <app_migrations.hpp> // the files of migrations/, embedded

namespace howdah::test {

/// A new database without anything in it.
inline testing::database fresh_database() {
    static const testing::template_database empty{"empty", std::vector<std::string>{}};
    return testing::database{empty};
}

/// A new database with the users table of migrations/.
inline testing::database users_database() {
    static const testing::template_database users = [] {
        std::string content;
        for (const auto& file : migration_set(app::migrations)) content += file.checksum;
        return testing::template_database{"users", content,
                                          [](connection& db) { migrate(db.config(), app::migrations); }};
    }();
    return testing::database{users};
}

} // namespace howdah::test

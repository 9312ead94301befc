// SPDX-License-Identifier: BSL-1.0
//
// A database with the Pagila data set (https://github.com/devrimgunduz/pagila) in it. The data set is no part of
// howdah: HOWDAH_PAGILA_DIR says where it is, else it is looked for in ../shared/data/pagila beside the repository.
#pragma once

#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

#include <sys/wait.h>
#include <unistd.h>

#include <howdah/howdah.hpp>
#include <howdah/testing/cluster.hpp>
#include <howdah/testing/database.hpp>

namespace pagila {

inline std::filesystem::path directory() {
    const char* const given = std::getenv("HOWDAH_PAGILA_DIR");
    if (given && *given) return given;
    const auto repository = std::filesystem::path(__FILE__).parent_path().parent_path().parent_path();
    return repository.parent_path() / "shared" / "data" / "pagila";
}

/// What is missing, or nothing.
inline std::optional<std::string> unavailable_reason() {
    std::error_code ignored;
    for (const auto* file : {"schema.sql", "data.sql"})
        if (!std::filesystem::is_regular_file(directory() / file, ignored))
            return "pagila is not there: no " + (directory() / file).string() +
                   " (HOWDAH_PAGILA_DIR names another)";
    if (std::system("psql --version > /dev/null 2>&1") != 0) return "psql is not installed";
    return howdah::testing::cluster::
        unavailable_reason(); // its owner is postgres, so the server has to be ours
}

/// True if the test cannot be made: says so where ctest sees a skip, or fails where HOWDAH_REQUIRE_PAGILA=1 promises
/// the data.
inline bool is_skipped() {
    const auto reason = unavailable_reason();
    if (!reason) return false;
    const char* const required = std::getenv("HOWDAH_REQUIRE_PAGILA");
    if (required && std::string(required) == "1") FAIL(*reason);
    std::printf("SKIPPED: %s\n", reason->c_str());
    return true;
}

/// Runs a file with psql; any error in it fails the test.
inline void run_psql(const std::string& url, const std::filesystem::path& file) {
    const auto child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        ::execlp("psql", "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-o", "/dev/null", "-d", url.c_str(),
                 "-f", file.c_str(), nullptr);
        ::_exit(127);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status));
    REQUIRE(WEXITSTATUS(status) == 0);
}

/// A new database with everything in it.
inline howdah::testing::database loaded() {
    static const howdah::testing::server throw_away{howdah::testing::shared_cluster()};
    static const howdah::testing::template_database empty{"empty", std::vector<std::string>{}, throw_away};
    howdah::testing::database own{empty};
    for (const auto* file : {"schema.sql", "data.sql"}) run_psql(own.url(), directory() / file);
    auto db = own.connect();
    howdah::execute(db, "refresh materialized view rental_by_category"); // the dump leaves it without data
    howdah::execute(
        db, "create index on film_category (category_id)"); // the view actor_info takes seconds without
    howdah::execute(db, "analyze");
    return own;
}

} // namespace pagila

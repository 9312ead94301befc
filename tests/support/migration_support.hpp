// SPDX-License-Identifier: BSL-1.0
//
// What the tests of the migration runner share: sets made of texts, and answers of one value.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <howdah/migration.hpp>

#include "test_database.hpp"

namespace howdah::test {

/// A set of files, given as name and text; down files go with their migrations.
inline migration_set files(const std::vector<std::pair<std::string, std::string>>& named) {
    std::vector<embedded_migration> all;
    for (const auto& [name, text] : named) all.push_back({name, text});
    return migration_set(embedded_migrations{all});
}

/// The one value that a query answers with.
template <class T> T ask(executor& on, const std::string& text) {
    return on.run(text).template value<T>(0, 0);
}

/// The migration_error that `run` throws.
template <class Function> migration_error refusal(Function&& run) {
    try {
        run();
    } catch (const migration_error& failure) {
        return failure;
    }
    FAIL("nothing was refused");
    throw 0; // not reached
}

inline void check_mentions(const migration_error& failure, std::string_view words) {
    INFO("what(): ", std::string(failure.what()), "\nexpected in it: ", std::string(words));
    CHECK(std::string_view(failure.what()).find(words) != std::string_view::npos);
}

} // namespace howdah::test

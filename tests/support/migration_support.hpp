// SPDX-License-Identifier: BSL-1.0
//
// What the tests of the migration runner share: sets made of texts, and answers of one value.
#pragma once

#include <doctest/doctest.h>

#include <chrono>
#include <optional>
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

/// Migrates, and returns after how long the first file was begun; without one, how long it took.
inline std::chrono::nanoseconds waited_for_lock(const connection_config& config, const migration_set& set) {
    using clock = std::chrono::steady_clock;
    std::optional<clock::time_point> begun;
    migration_options options;
    options.on_event = [&](const migration_event& event) {
        if (event.what != migration_event::kind::waiting && !begun) begun = clock::now();
    };
    const auto start = clock::now();
    migrate(config, set, options);
    return begun.value_or(clock::now()) - start;
}

inline void check_mentions(const migration_error& failure, std::string_view words) {
    INFO("what(): ", std::string(failure.what()), "\nexpected in it: ", std::string(words));
    CHECK(std::string_view(failure.what()).find(words) != std::string_view::npos);
}

} // namespace howdah::test

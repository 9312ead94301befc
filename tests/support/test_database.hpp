// SPDX-License-Identifier: BSL-1.0
//
// Databases for howdah's own integration tests.
#pragma once

#include <howdah/testing/database.hpp>

namespace howdah::test {

/// A new database without anything in it.
inline testing::database fresh_database() {
    static const testing::template_database empty{"empty", std::vector<std::string>{}};
    return testing::database{empty};
}

} // namespace howdah::test

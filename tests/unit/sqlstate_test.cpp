// SPDX-License-Identifier: BSL-1.0
#include <doctest/doctest.h>

#include <howdah/sqlstate.hpp>

TEST_CASE("a sqlstate made of anything but five characters is the successful one") {
    CHECK(howdah::sqlstate_code("4000") == howdah::sqlstate_code());
    CHECK(howdah::sqlstate_code("40001") == howdah::sqlstates::serialization_failure);
}

// SPDX-License-Identifier: BSL-1.0
#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <type_traits>

#include <howdah/update_result.hpp>

namespace {

struct row {
    std::string name;
};
using result = howdah::update_result<row>;
using howdah::update_outcome;

static_assert(!std::is_default_constructible_v<result>);
static_assert(!std::is_convertible_v<result, bool>); // only where a condition is asked for

TEST_CASE("an update that was written holds the row as stored") {
    auto done = result::updated({"Ada"});
    CHECK(done);
    CHECK(done.outcome() == update_outcome::updated);
    CHECK(done->name == "Ada");
    CHECK((*done).name == "Ada");
    CHECK(done.value().name == "Ada");
    CHECK(done.conflict() == nullptr);
    CHECK_FALSE(done.not_found());
    CHECK_FALSE(done.denied());
    done->name = "Bob";
    CHECK(std::move(done).value().name == "Bob");
}

TEST_CASE("a conflict holds the row as it is now, and is no success") {
    const auto stale = result::conflicting({"theirs"});
    CHECK_FALSE(static_cast<bool>(stale));
    CHECK(stale.outcome() == update_outcome::conflict);
    REQUIRE(stale.conflict() != nullptr);
    CHECK(stale.conflict()->current.name == "theirs");
    CHECK_FALSE(stale.not_found());
    CHECK_FALSE(stale.denied());
    CHECK_THROWS_AS((void)stale.value(), howdah::usage_error);
    CHECK_THROWS_AS((void)result::conflicting({"x"}).value(), howdah::usage_error);
}

TEST_CASE("not found and denied are told apart and hold nothing") {
    const auto missing = result::missing(), refused = result::refused();
    CHECK(missing.not_found());
    CHECK_FALSE(missing.denied());
    CHECK(refused.denied());
    CHECK_FALSE(refused.not_found());
    for (const auto* one : {&missing, &refused}) {
        CHECK_FALSE(static_cast<bool>(*one));
        CHECK(one->conflict() == nullptr);
        CHECK_THROWS_AS((void)one->value(), howdah::usage_error);
    }
}

TEST_CASE("a row that can only be moved is held and given on") {
    auto done = howdah::update_result<std::unique_ptr<int>>::updated(std::make_unique<int>(7));
    CHECK(**done == 7);
    const auto taken = *std::move(done);
    CHECK(*taken == 7);
}

} // namespace

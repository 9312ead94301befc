// SPDX-License-Identifier: BSL-1.0
#include <doctest/doctest.h>

#include <memory>
#include <stdexcept>
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

TEST_CASE("an update result is copied, moved and assigned with the row that it holds") {
    const auto with = [](update_outcome outcome) {
        switch (outcome) {
        case update_outcome::updated: return result::updated({"a name too long for the string itself"});
        case update_outcome::conflict: return result::conflicting({"theirs"});
        case update_outcome::not_found: return result::missing();
        default: return result::refused();
        }
    };
    const auto name_in = [](const result& one) -> std::string {
        return one ? one->name : one.conflict() ? one.conflict()->current.name : "";
    };
    for (const auto from : {update_outcome::updated, update_outcome::conflict, update_outcome::not_found,
                            update_outcome::denied})
        for (const auto to : {update_outcome::updated, update_outcome::conflict, update_outcome::not_found,
                              update_outcome::denied}) {
            const auto source = with(from);
            const auto copy = source;
            CHECK(name_in(copy) == name_in(source));
            auto assigned = with(to);
            assigned = source;
            CHECK(assigned.outcome() == from);
            CHECK(name_in(assigned) == name_in(source));
            auto moved_to = with(to);
            moved_to = std::move(assigned);
            CHECK(moved_to.outcome() == from);
            CHECK(name_in(moved_to) == name_in(source));
        }
}

static_assert(!std::is_copy_constructible_v<howdah::update_result<std::unique_ptr<int>>>);
static_assert(std::is_nothrow_move_constructible_v<howdah::update_result<std::unique_ptr<int>>>);

TEST_CASE("a row whose copy throws leaves an assigned result without a row") {
    struct brittle {
        int value = 0;
        brittle() = default;
        explicit brittle(int of) : value(of) {}
        brittle(brittle&& other) : value(other.value) {
            if (value < 0) throw std::runtime_error("a move that throws");
        }
    };
    auto held = howdah::update_result<brittle>::updated(brittle(1));
    auto bad = howdah::update_result<brittle>::updated(brittle(2));
    bad->value = -1;
    CHECK_THROWS_AS(held = std::move(bad), std::runtime_error);
    CHECK(held.not_found());
}

} // namespace

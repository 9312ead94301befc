// SPDX-License-Identifier: BSL-1.0
#include <doctest/doctest.h>

#include <memory>
#include <stdexcept>
#include <string>

#include <howdah/callback.hpp>

namespace {

using howdah::callback;

TEST_CASE("callback: an empty one says so, however it was made") {
    const callback<int> never, null = nullptr;
    CHECK_FALSE(static_cast<bool>(never));
    CHECK_FALSE(static_cast<bool>(null));
    callback<int> cleared = [](int) {};
    REQUIRE(static_cast<bool>(cleared));
    cleared = nullptr;
    CHECK_FALSE(static_cast<bool>(cleared));
}

TEST_CASE("callback: calls its function with the very argument") {
    const std::string* seen = nullptr;
    const callback<const std::string&> look = [&](const std::string& text) { seen = &text; };
    const std::string text = "notice";
    look(text);
    CHECK(seen == &text);
}

TEST_CASE("callback: copies share one function, and the last one deletes it") {
    const auto alive = std::make_shared<int>(0);
    {
        callback<int> first = [alive](int more) mutable { *alive += more; };
        const callback<int> second = first;
        first(1);
        second(2);
        first = nullptr;
        second(4);
        CHECK(alive.use_count() == 2);
    }
    CHECK(*alive == 7);
    CHECK(alive.use_count() == 1);
}

TEST_CASE("callback: what the function throws reaches the caller") {
    const callback<int> refuse = [](int) -> int { throw std::runtime_error("no"); };
    CHECK_THROWS_WITH_AS(refuse(1), "no", std::runtime_error);
}

} // namespace

// SPDX-License-Identifier: BSL-1.0
#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <thread>
#include <utility>

#include <howdah/detail/owner.hpp>

namespace {

using howdah::detail::make_shared_object;
using howdah::detail::owned;
using howdah::detail::shared;

int ended = 0;
void end(int* number) noexcept {
    ended += *number;
    delete number;
}
using number = owned<int, &end>;

TEST_CASE("an owned object ends once, with its last owner or when another takes its place") {
    ended = 0;
    {
        number first(new int(1));
        number second(std::move(first));
        CHECK_FALSE(first);
        CHECK(*second == 1);
        first = number(new int(10));
        CHECK(ended == 0);
        first = std::move(second);
        CHECK(ended == 10);
        number& same = first;
        first = std::move(same);
        CHECK(*first == 1);
        CHECK(*number(new int(100)).get() == 100);
        CHECK(ended == 110);
    }
    CHECK(ended == 111);
}

TEST_CASE("a shared object lives as long as one of its owners") {
    const auto alive = std::make_shared<int>(7);
    shared<const void> last;
    {
        auto first = make_shared_object<std::shared_ptr<int>>(alive);
        const shared<const std::shared_ptr<int>> second = first; // of a const one
        const auto third = std::move(first);
        CHECK(first == nullptr);
        CHECK(**second == 7);
        CHECK(third.get() == second.get());
        last = third;
        last = shared<const void>(last);
    }
    CHECK(alive.use_count() == 2);
    last = nullptr;
    CHECK(alive.use_count() == 1);
}

TEST_CASE("shared: what is kept may be another object than the one that is pointed at") {
    auto alive = std::make_shared<std::pair<int, int>>(1, 2);
    const std::weak_ptr<std::pair<int, int>> seen = alive;
    int* const part = &alive->second;
    shared<int> second(std::move(alive), part);
    CHECK(*second == 2);
    CHECK_FALSE(seen.expired());
    second = {};
    CHECK(seen.expired());
}

TEST_CASE("shared: from a std::shared_ptr, and into one") {
    auto made = std::make_shared<const std::string>("Ada");
    const std::weak_ptr<const std::string> seen = made;
    std::shared_ptr<const std::string> back;
    {
        const shared<const std::string> own = std::move(made);
        CHECK(*own == "Ada");
        back = own;
    }
    CHECK(back.get() == seen.lock().get());
    back.reset();
    CHECK(seen.expired());
    const shared<int> none = std::shared_ptr<int>();
    CHECK_FALSE(none);
    CHECK(std::shared_ptr<int>(none) == nullptr);
}

TEST_CASE("shared: copies may be made and dropped by several threads at once") {
    const auto alive = std::make_shared<int>(0);
    {
        const auto own = make_shared_object<std::shared_ptr<int>>(alive);
        const auto work = [&own] {
            for (int i = 0; i < 10'000; ++i) auto copied = own;
        };
        std::jthread one(work), two(work);
    }
    CHECK(alive.use_count() == 1);
}

} // namespace

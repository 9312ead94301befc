// SPDX-License-Identifier: BSL-1.0
#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include <howdah/describe.hpp>
#include <howdah/domain.hpp>
#include <howdah/table.hpp>

namespace {

struct stamped {
    std::int32_t version = 0;
};
struct account : stamped {
    std::int64_t id = 0;
    std::string owner_;
};
BOOST_DESCRIBE_STRUCT(stamped, (), (version))
BOOST_DESCRIBE_STRUCT(account, (stamped), (id, owner_))

/// With a constructor: no aggregate, and described all the same.
class point {
public:
    point() = default;
    int x = 1, y = 2;

private:
    int secret_ = 3;
    BOOST_DESCRIBE_CLASS(point, (), (x, y), (), (secret_))
};

struct plain_account {
    std::int32_t version = 0;
    std::int64_t id = 0;
    std::string owner;
};

using howdah::detail::fields;
static_assert(fields<account>::why_not == howdah::detail::refusal::none);
static_assert(fields<account>::count == 3 && fields<point>::count == 2);
static_assert(std::is_same_v<fields<account>::type<1>, std::int64_t>);
static_assert(howdah::detail::is_row<account>());

TEST_CASE("a described struct has the fields of its bases first, then its own") {
    const std::vector<std::string_view> names(fields<account>::names.begin(), fields<account>::names.end());
    CHECK(names == std::vector<std::string_view>{"version", "id", "owner"});
    account one;
    void* all[3];
    fields<account>::addresses(&one, all);
    CHECK(all[0] == &one.version);
    CHECK(all[1] == &one.id);
    CHECK(all[2] == &one.owner_);
    fields<account>::get<2>(one) = "Ada";
    CHECK(one.owner_ == "Ada");
}

TEST_CASE("a described class shows its public members alone") {
    point one;
    CHECK(fields<point>::names[0] == "x");
    CHECK(fields<point>::get<1>(one) == 2);
}

TEST_CASE("a described row converts to a domain type") {
    account row;
    row.version = 4;
    row.id = 5;
    row.owner_ = "Ada";
    const auto domain = howdah::to_domain<plain_account>(row);
    CHECK(domain.version == 4);
    CHECK(domain.id == 5);
    CHECK(domain.owner == "Ada");
    CHECK(howdah::to_row<account>(domain).owner_ == "Ada");
}

} // namespace

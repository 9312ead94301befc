// SPDX-License-Identifier: BSL-1.0
//
// Structs of composite types, and what creates those on the server.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <howdah/composite.hpp>

namespace howdah::tests {

enum class mood { sad, ok, odd };

struct point {
    std::int32_t x = 0;
    std::optional<std::int64_t> y{};
    friend bool operator==(const point&, const point&) = default;
};
struct address {
    std::string street;
    std::optional<std::string> zip{};
    point at{};
    std::vector<std::string> notes{};
    mood class_ = mood::sad;
    friend bool operator==(const address&, const address&) = default;
};
struct customer {
    std::int64_t id = 0;
    address home{};
    std::optional<address> office{};
    std::vector<std::optional<address>> others{};
    friend bool operator==(const customer&, const customer&) = default;
};

inline constexpr auto create_address_types =
    "create type mood as enum ('sad', 'ok', 'fairly, \"odd\"');"
    "create type point_2 as (x int4, y int8);"
    "create domain zip as text check (length(value) < 20);"
    "create type address as (street text, zip zip, at point_2, notes varchar[], class mood);"
    "create table customers (id int8, home address, office address, others address[])";

} // namespace howdah::tests

template <> struct howdah::enum_labels<howdah::tests::mood> {
    using mood = howdah::tests::mood;
    static constexpr std::array<std::pair<mood, std::string_view>, 3> values{
        {{mood::sad, "sad"}, {mood::ok, "ok"}, {mood::odd, "fairly, \"odd\""}}};
};
template <> struct howdah::composite<howdah::tests::point> {
    static constexpr auto name = "point_2";
};
template <> struct howdah::composite<howdah::tests::address> {
    static constexpr auto name = "public.address";
};

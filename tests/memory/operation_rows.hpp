// SPDX-License-Identifier: BSL-1.0
//
// The structs of the operations.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <howdah/composite.hpp>
#include <howdah/table.hpp>

namespace howdah::test {

enum class mood { sad, content };

struct item {
    std::int32_t id = 0;
    std::string title, body;
    std::vector<std::string> tags;
    std::int32_t version = 0;
};
struct item_view {
    std::int32_t id = 0;
    std::string_view title, body;
};
struct line {
    std::int32_t id = 0, item = 0;
    std::string label;
};
struct new_item {
    std::int32_t id = 0;
    std::string title, body;
    std::vector<std::string> tags;
};
struct item_change {
    std::int32_t id = 0, version = 0;
    std::string body;
};
struct spot {
    std::int32_t x = 0;
    std::string label;
};
struct spotted {
    mood feeling = mood::sad;
    spot place;
    std::vector<spot> places;
};

inline constexpr std::string_view long_text = "a text that is too long for the inside of a string";

} // namespace howdah::test

template <> struct howdah::enum_labels<howdah::test::mood> {
    static constexpr std::array<std::pair<howdah::test::mood, std::string_view>, 2> values{
        {{howdah::test::mood::sad, "sad"}, {howdah::test::mood::content, "content"}}};
};
template <> struct howdah::composite<howdah::test::spot> {
    static constexpr auto name = "spot";
};
template <> struct howdah::table<howdah::test::item> {
    static constexpr auto name = "items", key = "id", version = "version";
};
template <> struct howdah::table<howdah::test::line> {
    static constexpr auto name = "lines", key = "id";
};
template <> struct howdah::table<howdah::test::new_item> {
    static constexpr auto name = "items", key = "id";
};

// SPDX-License-Identifier: BSL-1.0
//
// Random arrays of any shape, and how the server prints them. Include this before value_judge.hpp.
#pragma once

#include <optional>
#include <string>

#include <howdah/array.hpp>

#include "printed.hpp"
#include "value_draw.hpp"

namespace howdah {

template <class T>
std::string printed_level(const array<std::optional<T>>& value, std::size_t depth, std::size_t& next) {
    std::string out;
    for (std::int32_t i = 0; i < value.dimensions[depth].size; ++i) {
        out += out.empty() ? "{" : ",";
        if (depth + 1 < value.dimensions.size()) out += printed_level(value, depth + 1, next);
        else if (const auto& each = value.elements[next++])
            out += tests::array_element(tests::printed(*each));
        else out += "NULL";
    }
    return out + '}';
}
/// array_out() of the server.
template <class T> std::string printed(const array<std::optional<T>>& value) {
    if (value.elements.empty()) return "{}";
    std::string bounds;
    bool usual = true;
    for (const auto& [size, lower] : value.dimensions) {
        bounds += '[' + std::to_string(lower) + ':' + std::to_string(lower + size - 1) + ']';
        usual = usual && lower == 1;
    }
    std::size_t next = 0;
    return (usual ? "" : bounds + '=') + printed_level(value, 0, next);
}

} // namespace howdah

namespace howdah::tests {

template <auto Draw> auto draw_array(seeded& random) {
    using T = std::remove_cvref_t<decltype(Draw(random))>;
    array<std::optional<T>> out;
    std::size_t count = 1;
    for (auto left = random.below(7); left > 0; --left) {
        const auto size = static_cast<std::int32_t>(1 + random.below(3));
        out.dimensions.push_back({size, random.coin() ? 1 : static_cast<std::int32_t>(random.below(9)) - 4});
        count *= static_cast<std::size_t>(size);
    }
    if (out.dimensions.empty()) return out;
    while (out.elements.size() < count)
        out.elements.push_back(random.below(4) == 0 ? std::nullopt : std::optional<T>(Draw(random)));
    return out;
}

} // namespace howdah::tests

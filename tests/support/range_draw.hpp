// SPDX-License-Identifier: BSL-1.0
//
// Random ranges and multiranges in the form in which the server keeps them, and how it prints them. Include this before
// value_judge.hpp.
#pragma once

#include <algorithm>
#include <charconv>
#include <concepts>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include <howdah/range.hpp>

#include "printed.hpp"
#include "value_draw.hpp"

// In the namespace of the types, where the judge's templates find them.
namespace howdah {

/// range_out() of the server.
inline std::string printed_bound(const std::string& text) {
    if (!text.empty() && text.find_first_of("()[],\"\\ \n\t\r\v\f") == text.npos) return text;
    std::string out = "\"";
    for (const char c : text) out.append(c == '"' || c == '\\' ? 2 : 1, c);
    return out + '"';
}
template <class T> std::string printed_end(const T& value) {
    if constexpr (std::floating_point<T>) {
        char digits[32];
        return {digits, std::to_chars(digits, std::end(digits), value, std::chars_format::fixed).ptr};
    } else {
        return tests::printed(value);
    }
}
template <class T> std::string printed(const range<T>& value) {
    if (value.empty()) return "empty";
    std::string out(1, value.lower_inclusive() ? '[' : '(');
    if (value.lower()) out += printed_bound(printed_end(*value.lower()));
    out += ',';
    if (value.upper()) out += printed_bound(printed_end(*value.upper()));
    return out + (value.upper_inclusive() ? ']' : ')');
}
template <class T> std::string printed(const multirange<T>& value) {
    std::string out;
    for (const auto& each : value.ranges) out += (out.empty() ? "{" : ",") + printed(each);
    return (out.empty() ? "{" : out) + '}';
}

} // namespace howdah

namespace howdah::tests {

/// The order of the server, for the types that have another one here.
template <class T> bool before(const T& one, const T& other) {
    return one < other;
}
template <class T> bool before(const or_infinity<T>& one, const or_infinity<T>& other) {
    using kind = typename or_infinity<T>::kind;
    const auto place = [](kind is) { return is == kind::minus_infinity ? 0 : is == kind::finite ? 1 : 2; };
    if (one.is != other.is) return place(one.is) < place(other.is);
    return one.finite() && one.value < other.value;
}

/// Ordered, no two alike.
template <auto Draw> auto draw_ordered(seeded& random, std::size_t count) {
    std::vector<std::remove_cvref_t<decltype(Draw(random))>> out;
    while (out.size() < count) {
        while (out.size() < count) out.push_back(Draw(random));
        std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return before(a, b); });
        out.erase(std::unique(out.begin(), out.end()), out.end());
    }
    return out;
}

/// Any form that the server keeps. Discrete: only [a,b).
template <auto Draw, bool Discrete> auto draw_range(seeded& random) {
    using T = std::remove_cvref_t<decltype(Draw(random))>;
    if (random.below(12) == 0) return range<T>();
    const auto ends = draw_ordered<Draw>(random, 2);
    const auto bound = [&](const T& value) {
        return random.below(6) == 0 ? std::nullopt : std::optional<T>(value);
    };
    const auto which = Discrete ? bounds::half_open : static_cast<bounds>(random.below(4));
    if (!Discrete && random.below(12) == 0) return range<T>(ends[0], ends[0], bounds::closed);
    return range<T>(bound(ends[0]), bound(ends[1]), which);
}

/// With gaps between the ranges.
template <auto Draw, bool Discrete> auto draw_multirange(seeded& random) {
    using T = std::remove_cvref_t<decltype(Draw(random))>;
    multirange<T> out;
    const auto count = random.below(5);
    const auto ends = draw_ordered<Draw>(random, 2 * count);
    for (std::size_t i = 0; i < count; ++i) {
        std::optional<T> lower = ends[2 * i], upper = ends[2 * i + 1];
        if (i == 0 && random.below(6) == 0) lower.reset();
        if (i + 1 == count && random.below(6) == 0) upper.reset();
        const auto which = Discrete ? bounds::half_open : static_cast<bounds>(random.below(4));
        out.ranges.emplace_back(lower, upper, which);
    }
    return out;
}

} // namespace howdah::tests

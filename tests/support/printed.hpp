// SPDX-License-Identifier: BSL-1.0
//
// How the server prints values of the built-in types, as its output functions do (format('%s', value) shows it), said
// independently of the codecs.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <howdah/howdah.hpp>

#include "value_draw_more.hpp"

namespace howdah::tests {

using blob = std::vector<std::byte>;

inline std::string printed(bool value) {
    return value ? "t" : "f";
}
template <std::integral T> std::string printed(T value) {
    return std::to_string(value);
}
inline std::string printed(const std::string& value) {
    return value;
}
inline std::string printed(const blob& value) {
    std::string out = "\\x";
    for (const auto each : value) {
        constexpr auto* digits = "0123456789abcdef";
        out += {digits[std::to_integer<int>(each) >> 4], digits[std::to_integer<int>(each) & 15]};
    }
    return out;
}
inline std::string printed(timestamp value) {
    return format_timestamp(value);
}
inline std::string printed(local_timestamp value) {
    return format_timestamp(value);
}
inline std::string printed(date value) {
    return format_date(value);
}
template <detail::labelled_enum E> std::string printed(E value) {
    return std::string(label_of(value));
}
template <class T> std::string printed(const or_infinity<T>& value) {
    if (value.finite()) return printed(value.value);
    return value.is == or_infinity<T>::kind::infinity ? "infinity" : "-infinity";
}

inline std::string printed(time_of_day value) {
    return format_time_of_day(value);
}
inline std::string printed(const offset_time& value) {
    return format_offset_time(value);
}
inline std::string printed(const interval& value) {
    return format_interval(value);
}
inline std::string printed(internal_char value) {
    return value.value == '\0' ? "" : std::string(1, value.value);
}
/// Types whose text() is what the server prints.
template <class T>
    requires requires(const T& value) {
        { value.text() } -> std::convertible_to<std::string>;
    }
std::string printed(const T& value) {
    return value.text();
}
/// hstore_out() of the server: short keys before longer ones.
inline std::string printed(const hstore& value) {
    std::vector<hstore::map::const_pointer> pairs;
    for (const auto& each : value.pairs) pairs.push_back(&each);
    std::sort(pairs.begin(), pairs.end(), [](const auto* a, const auto* b) {
        return std::pair(a->first.size(), a->first) < std::pair(b->first.size(), b->first);
    });
    const auto quoted = [](const std::string& text) {
        std::string out = "\"";
        for (const char c : text) out.append(c == '"' || c == '\\' ? "\\" : "").push_back(c);
        return out + '"';
    };
    std::string out;
    for (const auto* each : pairs)
        out += (out.empty() ? "" : ", ") + quoted(each->first) + "=>" +
               (each->second ? quoted(*each->second) : "NULL");
    return out;
}

/// array_out() of the server; a bool is one letter inside an array.
inline std::string array_element(const std::string& text) {
    std::string upper = text;
    for (char& c : upper)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (!text.empty() && upper != "NULL" && text.find_first_of("{},\"\\ \n\t\r\v\f") == text.npos)
        return text;
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}
template <class T>
    requires(!std::floating_point<T>)
std::string printed(const std::vector<std::optional<T>>& values) {
    std::string out;
    for (const auto& each : values) {
        if (!out.empty()) out += ',';
        if (!each) out += "NULL";
        else out += array_element(printed(*each));
    }
    return '{' + out + '}';
}
template <class T>
    requires(!std::floating_point<T> && !detail::is_optional<T>)
std::string printed(const std::vector<T>& values) {
    return printed(std::vector<std::optional<T>>(values.begin(), values.end()));
}

} // namespace howdah::tests

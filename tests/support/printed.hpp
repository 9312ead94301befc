// SPDX-License-Identifier: BSL-1.0
//
// How the server prints values of the built-in types, as its output functions do (format('%s', value) shows it), said
// independently of the codecs.
#pragma once

#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <howdah/howdah.hpp>

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
inline std::string printed(const uuid& value) {
    return value.text();
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
inline std::string printed(const numeric& value) {
    return value.text();
}
inline std::string printed(const json& value) {
    return value.text();
}
template <detail::labelled_enum E> std::string printed(E value) {
    return std::string(label_of(value));
}
template <class T> std::string printed(const or_infinity<T>& value) {
    if (value.finite()) return printed(value.value);
    return value.is == or_infinity<T>::kind::infinity ? "infinity" : "-infinity";
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

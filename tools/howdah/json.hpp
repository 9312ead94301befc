// SPDX-License-Identifier: BSL-1.0
//
// What the command prints with --json, as a tree.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace howdah::cli {

/// A value of JSON. Members keep their order.
struct json_value {
    using array = std::vector<json_value>;
    using object = std::vector<std::pair<std::string, json_value>>;
    std::variant<std::nullptr_t, bool, std::int64_t, std::string, array, object> held = nullptr;

    json_value() = default;
    json_value(bool value) : held(value) {}
    json_value(std::int64_t value) : held(value) {}
    json_value(std::string value) : held(std::move(value)) {}
    json_value(std::string_view value) : held(std::string(value)) {}
    json_value(const char* value) : held(std::string(value)) {}
    json_value(array value) : held(std::move(value)) {}
    json_value(object value) : held(std::move(value)) {}
    template <class T> json_value(const std::optional<T>& value) {
        if (value) *this = json_value(*value);
    }
};

/// The text, indented by two, with a line end. Bytes that are no UTF-8 become U+FFFD.
[[nodiscard]] std::string to_text(const json_value& value);

} // namespace howdah::cli

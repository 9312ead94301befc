// SPDX-License-Identifier: BSL-1.0
//
// change<T>: one field of a patch: leave it, or set it. With an optional inside it has three states: leave,
// NULL, a value.
//
//     struct user_patch {
//         howdah::change<std::string> name;                         // leave, or a name
//         howdah::change<std::optional<std::string>> picture;       // leave, or NULL, or a picture
//     };
//     users.patch(db, id, user_patch{.name = "Ada", .picture = std::nullopt});
#pragma once

#include <optional>
#include <utility>

namespace howdah {

/// A field of a patch. By default it leaves the column as it is.
template <class T> class change {
public:
    change() = default;
    /// Sets the column to `value`; std::nullopt sets NULL where T is an optional.
    template <class Value>
        requires(std::constructible_from<T, Value &&> && !std::same_as<std::remove_cvref_t<Value>, change>)
    change(Value&& value) : value_(std::in_place, std::forward<Value>(value)) {}

    /// True if the column is to be left as it is.
    [[nodiscard]] bool leaves() const noexcept { return !value_.has_value(); }
    /// The value to set. Undefined if leaves().
    [[nodiscard]] const T& value() const noexcept { return *value_; }

private:
    std::optional<T> value_;
};

} // namespace howdah

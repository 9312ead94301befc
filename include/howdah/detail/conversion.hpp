// SPDX-License-Identifier: BSL-1.0
//
// How one field's value becomes another's, without loss: the conversions between rows and domain types that
// domain.hpp lists.
#pragma once

#include <concepts>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <howdah/codec.hpp>
#include <howdah/json.hpp>
#include <howdah/numeric.hpp>
#include <howdah/time.hpp>
#include <howdah/uuid.hpp>

namespace howdah::detail {

/// Types with a text form of their own.
template <class T> struct text_form {};
template <> struct text_form<timestamp> {
    static timestamp parse(std::string_view text) { return parse_timestamp(text); }
    static std::string format(timestamp value) { return format_rfc3339(value); }
};
template <> struct text_form<local_timestamp> {
    static local_timestamp parse(std::string_view text) { return parse_local_timestamp(text); }
    static std::string format(local_timestamp value) { return format_timestamp(value); }
};
template <> struct text_form<date> {
    static date parse(std::string_view text) { return parse_date(text); }
    static std::string format(date value) { return format_date(value); }
};
template <> struct text_form<uuid> {
    static uuid parse(std::string_view text) { return uuid::parse(text); }
    static std::string format(const uuid& value) { return value.text(); }
};
template <> struct text_form<numeric> {
    static numeric parse(std::string_view text) { return numeric(text); }
    static std::string format(const numeric& value) { return value.text(); }
};
template <> struct text_form<json> {
    static json parse(std::string_view text) { return json(std::string(text)); }
    static std::string format(const json& value) { return value.text(); }
};
template <labelled_enum E> struct text_form<E> {
    static E parse(std::string_view text) { return enumerator_of<E>(text); }
    static std::string format(E value) { return std::string(label_of(value)); }
};

template <class T>
concept has_text_form = requires(const T& value) { text_form<T>::format(value); };

template <class T>
concept has_wire_type = requires { typename codec<T>::wire_type; };

template <class T> inline constexpr bool is_vector = false;
template <class T> inline constexpr bool is_vector<std::vector<T>> = true;

enum class way {
    none,
    same,
    widen,
    both_optional,
    into_optional,
    wrap,
    unwrap,
    from_wire,
    to_wire,
    parse,
    format,
    elements
};

template <value_object T> using member_type = std::remove_cvref_t<decltype(member_of(std::declval<T&>()))>;

template <class To, class From> consteval bool widens() {
    if constexpr (std::integral<To> && std::integral<From> && !std::same_as<To, bool> &&
                  !std::same_as<From, bool>)
        return std::in_range<To>(std::numeric_limits<From>::min()) &&
               std::in_range<To>(std::numeric_limits<From>::max());
    else return std::same_as<To, double> && std::same_as<From, float>;
}

/// How a From becomes a To; none if it cannot without loss.
template <class To, class From> consteval way how() {
    if constexpr (std::same_as<To, From>) return way::same;
    else if constexpr (is_optional<To> && is_optional<From>)
        return how<typename To::value_type, typename From::value_type>() == way::none ? way::none
                                                                                      : way::both_optional;
    else if constexpr (is_optional<From>) return way::none;
    else if constexpr (is_optional<To>)
        return how<typename To::value_type, From>() == way::none ? way::none : way::into_optional;
    else if constexpr (is_vector<To> && is_vector<From>)
        return how<typename To::value_type, typename From::value_type>() == way::none ? way::none
                                                                                      : way::elements;
    else if constexpr (widens<To, From>()) return way::widen;
    else if constexpr (std::same_as<From, std::string> && has_text_form<To>) return way::parse;
    else if constexpr (std::same_as<To, std::string> && has_text_form<From>) return way::format;
    else if constexpr (value_object<To>)
        return how<member_type<To>, From>() == way::none ? way::none : way::wrap;
    else if constexpr (value_object<From>)
        return how<To, member_type<From>>() == way::none ? way::none : way::unwrap;
    else if constexpr (has_wire_type<To>)
        return how<typename codec<To>::wire_type, From>() == way::none ? way::none : way::from_wire;
    else if constexpr (has_wire_type<From>)
        return how<To, typename codec<From>::wire_type>() == way::none ? way::none : way::to_wire;
    else return way::none;
}

template <class To, class Wire> To construct(Wire&& wire) {
    try {
        return codec<To>::from_wire(std::forward<Wire>(wire));
    } catch (...) {
        rethrow_as_refusal(pretty_name<To>());
    }
}

template <class To, class From> To convert(From&& from) {
    using source = std::remove_cvref_t<From>;
    constexpr way is = how<To, source>();
    if constexpr (is == way::same) return std::forward<From>(from);
    else if constexpr (is == way::widen) return static_cast<To>(from);
    else if constexpr (is == way::both_optional) {
        if (!from) return std::nullopt;
        return To(convert<typename To::value_type>(*std::forward<From>(from)));
    } else if constexpr (is == way::into_optional)
        return To(convert<typename To::value_type>(std::forward<From>(from)));
    else if constexpr (is == way::elements) {
        To all;
        all.reserve(from.size());
        for (auto&& one : from) all.push_back(convert<typename To::value_type>(std::move(one)));
        return all;
    } else if constexpr (is == way::parse) return text_form<To>::parse(from);
    else if constexpr (is == way::format) return text_form<source>::format(from);
    else if constexpr (is == way::wrap) return To{convert<member_type<To>>(std::forward<From>(from))};
    else if constexpr (is == way::unwrap) return convert<To>(member_of(from));
    else if constexpr (is == way::from_wire)
        return construct<To>(convert<typename codec<To>::wire_type>(std::forward<From>(from)));
    else return convert<To>(codec<source>::to_wire(from));
}

} // namespace howdah::detail

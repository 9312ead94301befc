// SPDX-License-Identifier: BSL-1.0
//
// Row struct <-> domain type, by field name, both ways, with no hand-written code but the value types themselves.
//
//     struct user_row { howdah::uuid id; std::string email; std::string created_at; };          // what the database returns
//     struct user     { user_id id; email_address email; howdah::timestamp created_at; };       // what the program works with
//     user ada = howdah::to_domain<user>(row);
//
// Checked when compiling: every field of the domain type comes from a field of the row, and no field of the row is dropped unless
// `unmapped` names it. Conversions that can lose something (an optional into a value, a wide integer into a narrow one) do not compile.
//
// Conversions: same type; one-member structs and classes with value() to and from what they hold; text to and from timestamp,
// local_timestamp, date, uuid, numeric, json and enums with labels; integers that widen; optionals and vectors of these; types
// with a codec_via. What a constructor or parser throws becomes a decode_error that names the field.
#pragma once

#include <array>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <howdah/codec.hpp>
#include <howdah/json.hpp>
#include <howdah/numeric.hpp>
#include <howdah/table.hpp>
#include <howdah/time.hpp>
#include <howdah/uuid.hpp>

namespace howdah {

/// The fields of Row that Domain does without, on purpose:
///
///     template <> inline constexpr std::array<std::string_view, 1> howdah::unmapped<user, user_row>{"password_hash"};
template <class Domain, class Row> inline constexpr std::array<std::string_view, 0> unmapped{};

namespace detail {

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

/// The two checks of one pair of fields, each in one sentence; the compiler's note names the types.
template <class Domain, class Row, std::size_t I> consteval bool domain_field_has_source() {
    constexpr auto from = index_of<Row>(fields<Domain>::names[I]);
    static_assert(from < fields<Row>::count,
                  "howdah: the domain type has a field that the row struct does not have");
    if constexpr (from < fields<Row>::count) {
        constexpr bool possible =
            how<typename fields<Domain>::template type<I>, typename fields<Row>::template type<from>>() !=
            way::none;
        static_assert(possible, "howdah: a field of the row struct does not convert to the field of the same "
                                "name in the domain type "
                                "without loss; see domain.hpp for the conversions");
        return possible;
    } else return false;
}
template <class Domain, class Row, std::size_t I> consteval bool row_field_is_used() {
    constexpr auto name = fields<Row>::names[I];
    constexpr bool used = index_of<Domain>(name) < fields<Domain>::count || [&] {
        for (const auto& left_out : unmapped<Domain, Row>)
            if (left_out == name) return true;
        return false;
    }();
    static_assert(
        used,
        "howdah: a field of the row struct is dropped by the domain type; add the field there, or name it in "
        "howdah::unmapped<Domain, Row>");
    return used;
}
template <class Domain, class Row> consteval bool is_domain_of() {
    if constexpr (!require_fields<Domain>::value || !require_fields<Row>::value) return false;
    else
        return []<std::size_t... D, std::size_t... R>(std::index_sequence<D...>, std::index_sequence<R...>) {
            const bool sources = (domain_field_has_source<Domain, Row, D>() & ... & true);
            const bool uses = (row_field_is_used<Domain, Row, R>() & ... & true);
            return sources && uses;
        }(std::make_index_sequence<fields<Domain>::count>{}, std::make_index_sequence<fields<Row>::count>{});
}

/// Adds the name of the field to whatever a conversion threw.
[[noreturn]] void rethrow_at_field(std::string_view field);

template <class To, class From, std::size_t I>
decltype(auto) convert_field(From&& from, std::string_view& current) {
    current = fields<To>::names[I];
    using target = typename fields<To>::template type<I>;
    auto& source = fields<std::remove_cvref_t<From>>::template get<index_of<std::remove_cvref_t<From>>(
        fields<To>::names[I])>(from);
    if constexpr (std::is_lvalue_reference_v<From>) return convert<target>(source);
    else return convert<target>(std::move(source));
}

template <class To, class From, std::size_t... I> To convert_all(From&& from, std::index_sequence<I...>) {
    std::string_view current;
    try {
        return To{convert_field<To, From, I>(std::forward<From>(from), current)...};
    } catch (...) {
        rethrow_at_field(current);
    }
}

} // namespace detail

/// The domain object of a row. Throws decode_error naming the field when a value does not convert (a text that is no timestamp, a class
/// whose constructor refuses).
template <class Domain, class Row> [[nodiscard]] Domain to_domain(Row&& row) {
    using row_type = std::remove_cvref_t<Row>;
    if constexpr (std::same_as<Domain, row_type>) return std::forward<Row>(row);
    else if constexpr (detail::is_domain_of<Domain, row_type>())
        return detail::convert_all<Domain>(std::forward<Row>(row),
                                           std::make_index_sequence<detail::fields<Domain>::count>{});
}

/// The row of a domain object. Fields of the row that `unmapped` names keep their default value.
template <class Row, class Domain> [[nodiscard]] Row to_row(const Domain& object) {
    if constexpr (std::same_as<Domain, Row>) return object;
    else if constexpr (detail::is_domain_of<Domain, Row>()) {
        Row row{};
        std::string_view current;
        try {
            [&]<std::size_t... I>(std::index_sequence<I...>) {
                ((detail::fields<Row>::template get<detail::index_of<Row>(detail::fields<Domain>::names[I])>(
                      row) = detail::convert_field<Row, const Domain&,
                                                   detail::index_of<Row>(detail::fields<Domain>::names[I])>(
                      object, current)),
                 ...);
            }(std::make_index_sequence<detail::fields<Domain>::count>{});
        } catch (...) {
            detail::rethrow_at_field(current);
        }
        return row;
    }
}

} // namespace howdah

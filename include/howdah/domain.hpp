// SPDX-License-Identifier: BSL-1.0
//
// Row struct <-> domain type, by field name, both ways, with no hand-written code but the value types
// themselves.
//
//     struct user_row { howdah::uuid id; std::string email; std::string created_at; }; // what the database returns
//     struct user { user_id id; email_address email; howdah::timestamp created_at; }; // what the program works with
//     user ada = howdah::to_domain<user>(row);
//
// Checked when compiling: every field of the domain type comes from a field of the row, and no field of the
// row is dropped unless `unmapped` names it. Conversions that can lose something (an optional into a value, a
// wide integer into a narrow one) do not compile.
//
// Conversions: same type; one-member structs and classes with value() to and from what they hold; text to and
// from timestamp, local_timestamp, date, uuid, numeric, json and enums with labels; integers that widen;
// optionals and vectors of these; types with a codec_via. What a constructor or parser throws becomes a
// decode_error that names the field.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

#include <howdah/detail/conversion.hpp>
#include <howdah/detail/fields.hpp>

namespace howdah {

/// The fields of Row that Domain does without, on purpose:
///
///     template <>
///     inline constexpr std::array<std::string_view, 1> howdah::unmapped<user, user_row>{"password_hash"};
template <class Domain, class Row> inline constexpr std::array<std::string_view, 0> unmapped{};

namespace detail {

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

/// The domain object of a row. Throws decode_error naming the field when a value does not convert (a text
/// that is no timestamp, a class whose constructor refuses).
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

// SPDX-License-Identifier: BSL-1.0
//
// The fields of an aggregate: how many, their names, types and addresses. The only file that knows Boost.PFR.
// Names come from the compiler's own spelling of a pointer to each member, so that Boost 1.75 to 1.83, whose
// PFR has no names, will do.
//
// `fields<T>` is the one door; include <howdah/describe.hpp> to fill it from Boost.Describe for types that
// PFR refuses.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>

#include <boost/pfr/core.hpp>

namespace howdah::detail {

// What cannot be a row, found out before PFR is asked: its own answer would be pages long. -------------

/// Converts to the bases of T alone: it can initialise the first element of an aggregate only if that is a
/// base.
template <class T> struct converts_to_base_of {
    template <class Base>
        requires(std::is_base_of_v<Base, T> && !std::same_as<Base, T>)
    operator Base() const noexcept;
};

struct converts_to_any {
    // Never called; defined because clang wants that of types that have no linkage.
    template <class Other> operator Other() const noexcept { __builtin_unreachable(); }
};

template <class T>
concept has_base_class = requires { T{converts_to_base_of<T>{}}; };

template <class T, std::size_t... I> consteval bool takes(std::index_sequence<I...>) {
    return requires { T{(static_cast<void>(I), converts_to_any{})...}; };
}

inline constexpr std::size_t most_fields = 100;

/// The most initialisers that T takes, one more than most_fields if there are more; 0 for a type that takes
/// none, because it is empty or holds a reference. A C array counts once per element, because the braces
/// around its elements may be left out. PFR's own count goes through thousands of candidates for a type that
/// is not default-constructible.
template <class T, std::size_t N = 0, bool Begun = false> consteval std::size_t count_initialisers() {
    if constexpr (N > most_fields + 1) return Begun ? most_fields + 1 : 0;
    else if constexpr (takes<T>(std::make_index_sequence<N>{})) return count_initialisers<T, N + 1, true>();
    else if constexpr (Begun) return N - 1;
    else
        return count_initialisers<T, N + 1, false>(); // members without default constructor are still to come
}

template <class T, std::size_t... Before, std::size_t... After>
consteval bool takes_empty_braces_at(std::index_sequence<Before...>, std::index_sequence<After...>) {
    return requires {
        T{(static_cast<void>(Before), converts_to_any{})...,
          {},
          (static_cast<void>(After), converts_to_any{})...};
    };
}
template <class T, std::size_t... Before>
consteval bool takes_two_in_braces_at(std::index_sequence<Before...>) {
    return requires {
        T{(static_cast<void>(Before), converts_to_any{})..., {converts_to_any{}, converts_to_any{}}};
    };
}

/// Empty braces stand for a whole array, so that one initialiser for each remaining element is then too many.
/// They are also refused by a class without default constructor, but that takes no two values in braces where
/// an array does.
template <class T, std::size_t Count, std::size_t I> consteval bool has_array_at() {
    if constexpr (takes_empty_braces_at<T>(std::make_index_sequence<I>{},
                                           std::make_index_sequence<Count - I - 1>{}))
        return false;
    else return takes_two_in_braces_at<T>(std::make_index_sequence<I>{});
}

template <class T, std::size_t... I> consteval bool has_array(std::index_sequence<I...>) {
    return (has_array_at<T, sizeof...(I), I>() || ...);
}

enum class refusal { none, no_aggregate, base_class, reference, too_many_fields, c_array };

template <class T> consteval refusal why_not_fields() {
    if constexpr (!std::is_class_v<T> || !std::is_aggregate_v<T>) return refusal::no_aggregate;
    else if constexpr (has_base_class<T>) return refusal::base_class;
    else {
        constexpr auto count = count_initialisers<T>();
        if constexpr (count == 0 && !std::is_empty_v<T>) return refusal::reference;
        else if constexpr (count > most_fields) return refusal::too_many_fields;
        else if constexpr (has_array<T>(std::make_index_sequence<count>{})) return refusal::c_array;
        else return refusal::none;
    }
}

// Access -----------------------------------------------------------------------------------------------

/// References to all fields, without PFR's count.
template <class T> constexpr auto tie(T& object) noexcept {
    using count = std::integral_constant<std::size_t, count_initialisers<std::remove_const_t<T>>()>;
    return boost::pfr::detail::tie_as_tuple(object, count{});
}
template <std::size_t I, class T> constexpr auto& field_at(T& object) noexcept {
    return boost::pfr::detail::sequence_tuple::get<I>(tie(object));
}

// Names ------------------------------------------------------------------------------------------------

#if defined(__clang__)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wundefined-var-template"
#pragma clang diagnostic ignored "-Wundefined-internal"
#endif

template <class T> struct holder {
    const T value;
};
template <class T> extern const holder<T> never_defined; // only its address is ever asked for

template <class Pointer> struct pointer_box {
    Pointer pointer;
};
template <class Pointer> pointer_box(Pointer) -> pointer_box<Pointer>;

// `auto`: a declared string_view would be spelled out in the text that is cut below.
template <class Owner, auto Box> consteval auto spelled() {
    return std::string_view(__PRETTY_FUNCTION__);
}

constexpr bool in_identifier(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           (c & 0x80) != 0;
}

/// The last identifier of a text, as its begin and end.
constexpr std::pair<std::size_t, std::size_t> last_identifier(std::string_view text) noexcept {
    auto end = text.size();
    while (end > 0 && !in_identifier(text[end - 1])) --end;
    auto begin = end;
    while (begin > 0 && in_identifier(text[begin - 1])) --begin;
    return {begin, end};
}

/// A field may not be called `class`: one underscore at its end is not part of the column's name.
constexpr std::size_t column_length(std::string_view identifier) noexcept {
    return identifier.size() > 1 && identifier.back() == '_' ? identifier.size() - 1 : identifier.size();
}

/// The column's name for a field's.
constexpr std::string_view column_name(std::string_view field) noexcept {
    return field.substr(0, column_length(field));
}
/// Only the name itself reaches the binary, not the whole spelling.
template <class Owner, auto Box> consteval auto cut_name() {
    constexpr std::string_view text = spelled<Owner, Box>();
    constexpr auto range = last_identifier(text);
    constexpr auto length = column_length(text.substr(range.first, range.second - range.first));
    std::array<char, length> name{};
    for (std::size_t i = 0; i < length; ++i) name[i] = text[range.first + i];
    return name;
}

template <class T, std::size_t I>
inline constexpr auto name_characters =
    cut_name<T, pointer_box{std::addressof(field_at<I>(never_defined<T>.value))}>();

#if defined(__clang__)
#pragma clang diagnostic pop
#endif

template <auto Member> inline constexpr auto member_characters = cut_name<void, Member>();

/// The column's name for a pointer to member: &user::name -> "name".
template <auto Member>
inline constexpr std::string_view member_name{member_characters<Member>.data(),
                                              member_characters<Member>.size()};

// The door ---------------------------------------------------------------------------------------------

/// A type described by Boost.Describe's macros, found without including Boost.Describe: describe.hpp does the
/// rest.
template <class T>
concept described = requires(T** type) { boost_public_member_descriptor_fn(type); };

/// A type that has no fields for us.
template <class T> struct fields {
    static constexpr refusal why_not = why_not_fields<T>();
    static constexpr std::size_t count = 0;
};

/// Fields by Boost.PFR.
template <class T>
    requires(!described<T> && why_not_fields<T>() == refusal::none)
struct fields<T> {
    static constexpr refusal why_not = refusal::none;
    static constexpr std::size_t count = count_initialisers<T>();
    template <std::size_t I> using type = std::remove_reference_t<decltype(field_at<I>(std::declval<T&>()))>;

    static constexpr auto names = []<std::size_t... I>(std::index_sequence<I...>) {
        return std::array<std::string_view, count>{
            std::string_view(name_characters<T, I>.data(), name_characters<T, I>.size())...};
    }(std::make_index_sequence<count>{});

    template <std::size_t I, class Object> static constexpr auto& get(Object& object) noexcept {
        return field_at<I>(object);
    }
    /// Writes the address of every field to `out`.
    static void addresses(T& object, void** out) noexcept {
        const auto all = tie(object);
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            ((out[I] = std::addressof(boost::pfr::detail::sequence_tuple::get<I>(all))), ...);
        }(std::make_index_sequence<count>{});
    }
};

/// Which field of T has this name; fields<T>::count if none has.
template <class T> consteval std::size_t index_of(std::string_view name) {
    std::size_t i = 0;
    while (i < fields<T>::count && fields<T>::names[i] != name) ++i;
    return i;
}

/// Says in one sentence what keeps T from being a row.
template <class T> struct require_fields {
    static constexpr refusal why = fields<T>::why_not;
    static_assert(
        why != refusal::no_aggregate,
        "howdah: a row must be a plain struct: no constructor, no private member, no virtual function");
    static_assert(
        why != refusal::base_class,
        "howdah: a row struct cannot have a base class; write its fields out, or describe it (describe.hpp)");
    static_assert(
        why != refusal::reference,
        "howdah: a row struct cannot hold a reference; use a value, or a pointer in the domain type");
    static_assert(why != refusal::too_many_fields,
                  "howdah: a row struct can have 100 fields at most (a C array counts once per element)");
    static_assert(why != refusal::c_array,
                  "howdah: a row struct cannot have a C array as a field; use std::string or std::vector");
    static constexpr bool value = why == refusal::none;
};

} // namespace howdah::detail

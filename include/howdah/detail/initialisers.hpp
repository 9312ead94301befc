// SPDX-License-Identifier: BSL-1.0
//
// How many initialisers an aggregate takes, and what keeps it from being a row: found out with few questions to
// the compiler, because each of them is asked of every row struct of a program.
#pragma once

#include <concepts>
#include <cstddef>
#include <type_traits>
#include <utility>

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

/// Does T take N initialisers?
template <class T, std::size_t N>
concept initialised_by = takes<T>(std::make_index_sequence<N>{});

/// The most initialisers that a T takes which takes Low of them, and not High: found by halving, since a type
/// that is default-constructible takes every number up to the most.
template <class T, std::size_t Low, std::size_t High> consteval std::size_t most_between() {
    if constexpr (High - Low == 1) return Low;
    else if constexpr (initialised_by<T, (Low + High) / 2>) return most_between<T, (Low + High) / 2, High>();
    else return most_between<T, Low, (Low + High) / 2>();
}
template <class T, std::size_t Low = 0, std::size_t High = 16> consteval std::size_t most_initialisers() {
    if constexpr (High > most_fields) return most_between<T, Low, most_fields + 2>();
    else if constexpr (initialised_by<T, High>) return most_initialisers<T, High, 2 * High>();
    else return most_between<T, Low, High>();
}
/// The same one by one, for a type with members that must be initialised.
template <class T, std::size_t N = 0, bool Begun = false> consteval std::size_t first_most_initialisers() {
    if constexpr (N > most_fields + 1) return Begun ? most_fields + 1 : 0;
    else if constexpr (initialised_by<T, N>) return first_most_initialisers<T, N + 1, true>();
    else if constexpr (Begun) return N - 1;
    else return first_most_initialisers<T, N + 1, false>();
}

/// The most initialisers that T takes, one more than most_fields if there are more; 0 for a type that takes
/// none, because it is empty or holds a reference. A C array counts once per element, because the braces
/// around its elements may be left out. PFR's own count goes through thousands of candidates for a type that
/// is not default-constructible.
template <class T> consteval std::size_t count_initialisers() {
    if constexpr (initialised_by<T, 0>) return most_initialisers<T>();
    else return first_most_initialisers<T>();
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

template <class T, std::size_t... I> consteval bool has_array_somewhere(std::index_sequence<I...>) {
    return (has_array_at<T, sizeof...(I), I>() || ...);
}

/// Does T, which takes Count initialisers, take that many empty braces? Then there is no array among its
/// members. False for more than 20 as well.
template <class T, std::size_t Count> consteval bool takes_empty_braces() {
#define HOWDAH_4                                                                                             \
    {}, {}, {}, {}
#define HOWDAH_TAKES(count, ...)                                                                             \
    if constexpr (Count == count) return requires { T{__VA_ARGS__}; };                                       \
    else
    HOWDAH_TAKES(1, {})
    HOWDAH_TAKES(2, {}, {})
    HOWDAH_TAKES(3, {}, {}, {})
    HOWDAH_TAKES(4, HOWDAH_4)
    HOWDAH_TAKES(5, HOWDAH_4, {})
    HOWDAH_TAKES(6, HOWDAH_4, {}, {})
    HOWDAH_TAKES(7, HOWDAH_4, {}, {}, {})
    HOWDAH_TAKES(8, HOWDAH_4, HOWDAH_4)
    HOWDAH_TAKES(9, HOWDAH_4, HOWDAH_4, {})
    HOWDAH_TAKES(10, HOWDAH_4, HOWDAH_4, {}, {})
    HOWDAH_TAKES(11, HOWDAH_4, HOWDAH_4, {}, {}, {})
    HOWDAH_TAKES(12, HOWDAH_4, HOWDAH_4, HOWDAH_4)
    HOWDAH_TAKES(13, HOWDAH_4, HOWDAH_4, HOWDAH_4, {})
    HOWDAH_TAKES(14, HOWDAH_4, HOWDAH_4, HOWDAH_4, {}, {})
    HOWDAH_TAKES(15, HOWDAH_4, HOWDAH_4, HOWDAH_4, {}, {}, {})
    HOWDAH_TAKES(16, HOWDAH_4, HOWDAH_4, HOWDAH_4, HOWDAH_4)
    HOWDAH_TAKES(17, HOWDAH_4, HOWDAH_4, HOWDAH_4, HOWDAH_4, {})
    HOWDAH_TAKES(18, HOWDAH_4, HOWDAH_4, HOWDAH_4, HOWDAH_4, {}, {})
    HOWDAH_TAKES(19, HOWDAH_4, HOWDAH_4, HOWDAH_4, HOWDAH_4, {}, {}, {})
    HOWDAH_TAKES(20, HOWDAH_4, HOWDAH_4, HOWDAH_4, HOWDAH_4, HOWDAH_4)
    return false;
#undef HOWDAH_TAKES
#undef HOWDAH_4
}

template <class T, std::size_t Count> consteval bool has_array() {
    if constexpr (takes_empty_braces<T, Count>()) return false;
    else return has_array_somewhere<T>(std::make_index_sequence<Count>{});
}

enum class refusal { none, no_aggregate, base_class, reference, too_many_fields, c_array };

template <class T> consteval refusal why_not_fields() {
    if constexpr (!std::is_class_v<T> || !std::is_aggregate_v<T>) return refusal::no_aggregate;
    else if constexpr (has_base_class<T>) return refusal::base_class;
    else {
        constexpr auto count = count_initialisers<T>();
        if constexpr (count == 0 && !std::is_empty_v<T>) return refusal::reference;
        else if constexpr (count > most_fields) return refusal::too_many_fields;
        else if constexpr (has_array<T, count>()) return refusal::c_array;
        else return refusal::none;
    }
}

} // namespace howdah::detail

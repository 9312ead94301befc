// SPDX-License-Identifier: BSL-1.0
//
// The fields of an aggregate: how many, their names, types and addresses. The only file that knows Boost.PFR,
// and of that only the table that binds the members of an aggregate: its own count costs too much.
//
// `fields<T>` is the one door; include <howdah/describe.hpp> to fill it from Boost.Describe for types that
// PFR refuses.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

#include <boost/pfr/detail/core17_generated.hpp>

#include <howdah/detail/field_names.hpp>
#include <howdah/detail/initialisers.hpp>

namespace howdah::detail {

// Access -----------------------------------------------------------------------------------------------

/// Types as a value.
template <class... Types> struct type_list {};

namespace tuples = boost::pfr::detail::sequence_tuple;

/// References to all fields, for a count of ours: PFR's own is left out.
using boost::pfr::detail::tie_as_tuple;
template <std::size_t Count> inline constexpr std::integral_constant<std::size_t, Count> field_count{};

template <class... Fields> type_list<Fields...> types_of(const tuples::tuple<Fields&...>&);

/// Writes where the references refer to; in one function for all, rather than with a get<I>() for each.
template <class Address, std::size_t... I, class... Fields>
constexpr void write_addresses(const tuples::tuple_base<std::index_sequence<I...>, Fields...>& all,
                               [[maybe_unused]] Address* out) noexcept {
    ((out[I] = __builtin_addressof(static_cast<const tuples::base_from_member<I, Fields>&>(all).value)), ...);
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
template <class T> extern const holder<T> never_defined; // only addresses of its members are ever asked for

template <class T, std::size_t... I> consteval auto spelled_fields(std::index_sequence<I...>) {
    constexpr auto addresses = [] {
        address_list<sizeof...(I)> all{};
        write_addresses(tie_as_tuple(never_defined<T>.value, field_count<sizeof...(I)>), all.at);
        return all;
    }();
    return spelled_members<marked_address{addresses.at[I]}...>();
}

#if defined(__clang__)
#pragma clang diagnostic pop
#endif

template <class T, std::size_t Count> struct field_names {
    static constexpr auto spelling = spelled_fields<T>(std::make_index_sequence<Count>{});
    static constexpr auto ranges = find_names<Count>(spelling.data(), spelling.size());
    static constexpr auto copied = copy_names<ranges.length>(spelling.data(), ranges);
    static constexpr auto all = split_names(copied.text, ranges);
};
template <class T> struct field_names<T, 0> {
    static constexpr std::array<std::string_view, 0> all{};
};

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
    using tied = decltype(tie_as_tuple(std::declval<T&>(), field_count<count>));
    using types = decltype(types_of(std::declval<tied>()));
    template <std::size_t I>
    using type = std::remove_reference_t<decltype(tuples::get_impl<I>(std::declval<tied&>()))>;

    static constexpr const auto& names = field_names<T, count>::all;

    template <std::size_t I, class Object> static constexpr auto& get(Object& object) noexcept {
        return tuples::get<I>(tie_as_tuple(object, field_count<count>));
    }
    /// Writes the address of every field of an object, whose type is erased, to `out`.
    static void addresses(void* object, void** out) {
        write_addresses(tie_as_tuple(*static_cast<T*>(object), field_count<count>), out);
    }
    static void addresses(const void* object, const void** out) {
        write_addresses(tie_as_tuple(*static_cast<const T*>(object), field_count<count>), out);
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

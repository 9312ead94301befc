// SPDX-License-Identifier: BSL-1.0
//
// Row structs described by Boost.Describe, for types whose fields Boost.PFR cannot find: structs with base
// classes or constructors.
//
//     #include <howdah/describe.hpp>
//     struct stamped { std::int32_t version = 0; };
//     struct account : stamped { std::int64_t id = 0; std::string owner; };
//     BOOST_DESCRIBE_STRUCT(stamped, (), (version))
//     BOOST_DESCRIBE_STRUCT(account, (stamped), (id, owner))
//
// Include it wherever such a type is mapped. Fields of base classes come first. Boost.Describe lists 52
// members at most.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>

#include <boost/describe/class.hpp>
#include <boost/describe/members.hpp>
#include <boost/describe/modifiers.hpp>
#include <boost/mp11/algorithm.hpp>
#include <boost/mp11/list.hpp>

#include <howdah/detail/fields.hpp>

namespace howdah::detail {

/// Fields by Boost.Describe: the public data members, those of bases included.
template <described T> struct fields<T> {
    using members =
        boost::describe::describe_members<T, boost::describe::mod_public | boost::describe::mod_inherited>;
    static constexpr refusal why_not = refusal::none;
    static constexpr std::size_t count = boost::mp11::mp_size<members>::value;

    // Spelled out where it is used: clang does not deduce a variable template inside decltype.
    template <std::size_t I> using member = boost::mp11::mp_at_c<members, I>;
    template <std::size_t I>
    using type = std::remove_reference_t<decltype(std::declval<T&>().*member<I>::pointer)>;

    template <class... Members>
    static auto types_of(boost::mp11::mp_list<Members...>)
        -> type_list<std::remove_reference_t<decltype(std::declval<T&>().*Members::pointer)>...>;
    using types = decltype(types_of(std::declval<boost::mp11::mp_rename<members, boost::mp11::mp_list>>()));

    static constexpr std::array<std::string_view, count> names =
        []<std::size_t... I>(std::index_sequence<I...>) {
            return std::array<std::string_view, count>{column_name(member<I>::name)...};
        }(std::make_index_sequence<count>{});

    template <std::size_t I, class Object> static constexpr auto& get(Object& object) noexcept {
        return object.*member<I>::pointer;
    }
    static void addresses(void* object, void** out) { write(*static_cast<T*>(object), out); }
    static void addresses(const void* object, const void** out) {
        write(*static_cast<const T*>(object), out);
    }

private:
    template <class Object, class Address> static void write(Object& object, Address* out) noexcept {
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            ((out[I] = std::addressof(get<I>(object))), ...);
        }(std::make_index_sequence<count>{});
    }
};

} // namespace howdah::detail

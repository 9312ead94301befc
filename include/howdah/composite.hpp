// SPDX-License-Identifier: BSL-1.0
//
// Composite types as structs: a field, an array element or a parameter of a type that is a struct itself.
//
//     struct address { std::string street; std::optional<std::string> zip; };  // create type address as (street
//     template <> struct howdah::composite<address> {                          //   text, zip text)
//         static constexpr auto name = "address";    // "app.address" where the schema counts, "" for any type
//     };
//     struct customer { std::int64_t id; address home; std::vector<address> others; };
//
// Attributes are read by position, since that is how the server sends them, and their names and types are
// checked against the server's catalogue when a statement is first read: a difference is a decode_error that
// names the attribute. A field's trailing underscore is not part of the attribute's name. An attribute that
// may be NULL needs a std::optional. Structs nest; arrays of them are std::vector. As a parameter the struct has
// an inferred type: `insert into customers (home) values ($1)`, `$1::address`. If that type's attributes have other
// names than the fields, it is a usage_error before anything is sent. It goes in binary where the fields have the
// types of the attributes, and as the text of a row where the server has to convert one.
// Anonymous records (`row(1, 'a')`) are read as well, in binary by the types that they bring along.
//
// Source: PostgreSQL manual, section 8.16.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include <howdah/codec.hpp>
#include <howdah/detail/codec_composite.hpp>
#include <howdah/detail/fields.hpp>

namespace howdah {

/// Says that T travels as a composite type. Specialize it with `name`; see the top of this file.
template <class T> struct composite {};

namespace detail {

template <class T>
concept composite_struct = requires { std::string_view(composite<T>::name); };

/// Says in one sentence what keeps a field from being an attribute; the compiler's note names the types.
template <class T, class Field> struct require_attribute {
    static_assert(readable<Field>,
                  "howdah: a field of the composite has a type that no codec reads; use one of the "
                  "types listed in codec.hpp, or specialize howdah::codec or howdah::composite for it");
    static constexpr bool value = readable<Field>;
};

template <class T> struct composite_fields {
    static_assert(require_fields<T>::value);
    static constexpr auto all = []<std::size_t... I>(std::index_sequence<I...>) {
        static_assert((require_attribute<T, typename fields<T>::template type<I>>::value && ...));
        return std::array<composite_field, sizeof...(I)>{
            composite_field{fields<T>::names[I], &codec_for<typename fields<T>::template type<I>>}...};
    }(std::make_index_sequence<fields<T>::count>{});
    static_assert(all.size() <= most_attributes);
};

template <class T>
inline constexpr composite_description composite_of{pretty_name<T>(), composite<T>::name,
                                                    composite_fields<T>::all, &fields<T>::addresses};

/// A function, since a struct may hold a vector of itself.
template <class T> const composite_description& attributes_of() {
    return composite_of<T>;
}

} // namespace detail

template <detail::composite_struct T> struct codec<T> {
    static constexpr oid type = oids::inferred, parameter_type = oids::inferred;
    static constexpr format parameter_format = format::text;
    static std::string name() { return std::string(detail::pretty_name<T>()); }
    static decode_function decoder(wire from) noexcept {
        if (!detail::can_hold_composite(from, detail::composite_of<T>)) return nullptr;
        return [](std::string_view bytes, wire source, void* value) {
            detail::decode_composite(bytes, source, detail::composite_of<T>, value);
        };
    }
    static std::string refusal(wire from) { return detail::composite_refusal(from, detail::composite_of<T>); }
    static constexpr detail::value_parts parts() { return {&detail::attributes_of<T>}; }
    static void encode(const T& value, format encoding, byte_writer& to) {
        detail::encode_composite(detail::composite_of<T>, &value, encoding, to);
    }
};

} // namespace howdah

// SPDX-License-Identifier: BSL-1.0
//
// Types that travel as another type, and classes that validate. See codec.hpp.
#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <howdah/detail/codec_trait.hpp>

namespace howdah {

namespace detail {

/// Calls the constructor or conversion of a user's type; what it throws becomes a decode_error that quotes it
/// in full_message() only.
[[noreturn]] void rethrow_as_refusal(std::string_view type);

} // namespace detail

/// The base of a codec for a T that travels as a Wire: codec<T> then needs only from_wire() and to_wire().
/// Whatever from_wire() throws becomes a decode_error; whatever to_wire() throws passes through.
template <class T, class Wire> struct codec_via {
    static_assert(!detail::holds_null<Wire>(),
                  "a codec_via carries values: write std::optional around its T");
    using wire_type = Wire;
    static constexpr oid type = codec<detail::leaf_t<Wire>>::type;
    static constexpr oid parameter_type = codec<detail::leaf_t<Wire>>::parameter_type;
    static constexpr format parameter_format = codec<detail::leaf_t<Wire>>::parameter_format;
    static constexpr bool text_only = detail::sent_as_text_only<detail::leaf_t<Wire>>;
    static constexpr detail::value_parts parts() { return detail::parts_of<detail::leaf_t<Wire>>(); }
    static std::string name() { return std::string(detail::pretty_name<T>()); }
    static decode_function decoder(wire from) noexcept {
        if (codec<detail::leaf_t<Wire>>::decoder(from) == nullptr) return nullptr;
        return [](std::string_view bytes, wire source, void* value) {
            *static_cast<T*>(value) = read(bytes, source);
        };
    }
    /// One cell that is not NULL, as an object of T.
    static T read(std::string_view bytes, wire source) {
        Wire carried{};
        codec<detail::leaf_t<Wire>>::decoder(source)(bytes, source, detail::engage(carried));
        try {
            return codec<T>::from_wire(std::move(carried));
        } catch (...) {
            detail::rethrow_as_refusal(detail::pretty_name<T>());
        }
    }
    static void encode(const T& value, format encoding, byte_writer& to) {
        const Wire carried = codec<T>::to_wire(value);
        codec<detail::leaf_t<Wire>>::encode(*static_cast<const detail::leaf_t<Wire>*>(detail::look(carried)),
                                            encoding, to);
    }
};

namespace detail {

template <class T> using value_of = std::remove_cvref_t<decltype(std::declval<const T&>().value())>;

/// A class, not an aggregate, with value() and a constructor from what value() returns. A value() that may be
/// empty is not one: NULL is what std::optional<T> says.
template <class T>
concept validating_class =
    std::is_class_v<T> && !std::is_aggregate_v<T> && !is_optional<T> && requires { typename value_of<T>; } &&
    !std::same_as<value_of<T>, T> && std::constructible_from<T, value_of<T>> && readable<value_of<T>> &&
    !holds_null<value_of<T>>();

} // namespace detail

template <detail::validating_class T> struct codec<T> : codec_via<T, detail::value_of<T>> {
    static T from_wire(detail::value_of<T> value) { return T(std::move(value)); }
    static detail::value_of<T> to_wire(const T& object) { return object.value(); }
};

/// An optional of a class that cannot be made empty and filled afterwards: it is made when its value is
/// there.
template <class T>
    requires(!std::default_initializable<T> && requires { typename codec<T>::wire_type; })
struct codec<std::optional<T>> {
    static constexpr oid type = codec<T>::type, parameter_type = codec<T>::parameter_type;
    static constexpr format parameter_format = codec<T>::parameter_format;
    static constexpr bool text_only = detail::sent_as_text_only<T>;
    static constexpr detail::value_parts parts() { return detail::parts_of<T>(); }
    static std::string name() { return codec<T>::name(); }
    static decode_function decoder(wire from) noexcept {
        if (codec<T>::decoder(from) == nullptr) return nullptr;
        return [](std::string_view bytes, wire source, void* value) {
            static_cast<std::optional<T>*>(value)->emplace(codec<T>::read(bytes, source));
        };
    }
    static void encode(const std::optional<T>& value, format encoding, byte_writer& to) {
        codec<T>::encode(*value, encoding, to);
    }
};

} // namespace howdah

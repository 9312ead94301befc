// SPDX-License-Identifier: BSL-1.0
//
// The trait behind every codec, and its erased form: what the compiled core works on. See codec.hpp.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <howdah/bytes.hpp>
#include <howdah/error.hpp>
#include <howdah/oid.hpp>

namespace howdah {

/// Decodes the bytes of one cell that is not NULL into the object at `value`. Throws decode_error, without
/// place.
using decode_function = void (*)(std::string_view bytes, wire from, void* value);

/// The customization point. A full specialization has these static members; codec_via writes them for you.
///
///     std::string name()                             the C++ type, for messages
///     constexpr oid type                             its own type; what an array of it holds
///     constexpr oid parameter_type                   as a parameter; oids::inferred: the server decides (text only)
///     constexpr format parameter_format
///     decode_function decoder(wire) noexcept         reads a cell that arrives so; null: such a column is refused
///     void encode(const T&, format, byte_writer&)    appends the value; throws usage_error if it cannot be sent
///     constexpr bool text_only = true                optional: there is no binary form, so its arrays have none either
template <class T> struct codec;

namespace detail {

template <class T>
concept has_own_codec = requires(wire from) {
    { codec<T>::decoder(from) } -> std::same_as<decode_function>;
};

/// Has an encode() but perhaps no decoder: a view can be sent, not read.
template <class T>
concept has_own_encoder =
    requires(const T& value, byte_writer& out) { codec<T>::encode(value, format::binary, out); };

/// A type without a binary form, such as tsvector.
template <class T>
concept sent_as_text_only = requires { requires codec<T>::text_only; };

struct convertible_to_anything {
    // For questions about initialisation only; defined because clang wants that of types that have no linkage.
    template <class T> operator T() const noexcept { __builtin_unreachable(); }
};

template <class T>
concept value_object = std::is_aggregate_v<T> && std::is_class_v<T> && !std::is_empty_v<T> &&
                       !has_own_codec<T> && requires { T{convertible_to_anything{}}; } &&
                       !requires { T{convertible_to_anything{}, convertible_to_anything{}}; };

template <class T> inline constexpr bool is_optional = false;
template <class T> inline constexpr bool is_optional<std::optional<T>> = true;

/// The member of a value object.
template <value_object T> constexpr auto& member_of(T& object) noexcept {
    auto& [member] = object;
    return member;
}
template <value_object T> constexpr const auto& member_of(const T& object) noexcept {
    const auto& [member] = object;
    return member;
}

/// The type whose codec really runs: under optionals and value objects.
template <class T> struct leaf {
    using type = T;
};
template <class T>
    requires std::default_initializable<T>
struct leaf<std::optional<T>> : leaf<T> {};
template <value_object T>
struct leaf<T> : leaf<std::remove_cvref_t<decltype(member_of(std::declval<T&>()))>> {};
template <class T> using leaf_t = typename leaf<T>::type;

/// The leaf inside `value`, created where an optional is empty.
template <class T> void* engage(T& value) {
    if constexpr (std::same_as<T, leaf_t<T>>) return __builtin_addressof(value);
    else if constexpr (is_optional<T>) return engage(value.emplace());
    else if constexpr (value_object<T>) return engage(member_of(value));
    else return __builtin_addressof(value);
}
/// The leaf inside `value`, or null where an optional is empty.
template <class T> const void* look(const T& value) noexcept {
    if constexpr (is_optional<T> && std::same_as<T, leaf_t<T>>)
        return value ? __builtin_addressof(value) : nullptr;
    else if constexpr (is_optional<T>) return value ? look(*value) : nullptr;
    else if constexpr (value_object<T>) return look(member_of(value));
    else return __builtin_addressof(value);
}
/// Can the type hold NULL? True for an optional, and for a value object whose member is one.
template <class T> consteval bool holds_null() {
    if constexpr (is_optional<T>) return true;
    else if constexpr (value_object<T>)
        return holds_null<std::remove_cvref_t<decltype(member_of(std::declval<T&>()))>>();
    else return false;
}
template <class T> void set_null(T& value) noexcept {
    if constexpr (is_optional<T>) value.reset();
    else set_null(member_of(value));
}

/// What to do instead, for a type that is refused on purpose: a clause to append to a message, or nothing.
std::string_view advice_on(oid type) noexcept;

/// The name of a type as the compiler writes it: for messages only.
template <class T> consteval std::string_view pretty_name() {
    constexpr const char* text = __PRETTY_FUNCTION__;
    constexpr auto size = sizeof(__PRETTY_FUNCTION__) - 1;
    std::size_t begin = 4; // by hand and by sizeof: the compiler runs it, for every struct
    while (text[begin - 4] != 'T' || text[begin - 3] != ' ' || text[begin - 2] != '=') ++begin;
    auto end = begin;
    while (end < size && text[end] != ';' && text[end] != ']') ++end;
    return {text + begin, end - begin};
}

} // namespace detail

/// A type that a column can be read into.
template <class T>
concept readable = detail::has_own_codec<detail::leaf_t<std::remove_cvref_t<T>>>;

/// A type that can be the value of a parameter.
template <class T>
concept bindable = detail::has_own_encoder<detail::leaf_t<std::remove_cvref_t<T>>>;

struct erased_codec;

namespace detail {

struct composite_description;

/// What structs and arrays are made of; for every other type nothing.
struct value_parts {
    const composite_description& (*attributes)() = nullptr; ///< of the struct, or of the structs in the array
    const erased_codec* element = nullptr;                  ///< of the array
};

template <class T> constexpr value_parts parts_of() {
    if constexpr (requires { codec<T>::parts(); }) return codec<T>::parts();
    else return {};
}

} // namespace detail

/// A codec with its type erased: what the compiled core works on. All functions are thread safe.
struct erased_codec {
    std::string (*name)();
    oid type; ///< own type, what an array of it holds; 0: none fixed
    oid parameter_type;
    format parameter_format;
    decode_function (*decoder)(wire) noexcept; ///< for the leaf; null if the type can only be sent
    void* (*engage)(void* value);              ///< the leaf inside the value; null: the value is its own leaf
    void (*set_null)(void* value);             ///< null: the type cannot hold NULL
    const void* (*look)(
        const void* value); ///< the leaf inside the value, null if that is NULL; null: the value itself
    void (*encode)(const void* leaf, format, byte_writer&); ///< null if the type can only be read
    std::string (*refusal)(wire); ///< why decoder() is null, for messages; null: there is no more to say
    detail::value_parts parts;    ///< with attributes: its type is looked at before it is sent
};

namespace detail {

template <class T> std::string codec_name() {
    if constexpr (is_optional<T>) return "std::optional<" + codec_name<typename T::value_type>() + ">";
    else if constexpr (value_object<T>) return std::string(pretty_name<T>());
    else return codec<T>::name();
}

template <class T> constexpr erased_codec make_erased() {
    using leaf_type = leaf_t<T>;
    erased_codec out{};
    out.name = &codec_name<T>;
    out.type = codec<leaf_type>::type;
    out.parameter_type = codec<leaf_type>::parameter_type;
    out.parameter_format = codec<leaf_type>::parameter_format;
    if constexpr (has_own_codec<leaf_type>) out.decoder = &codec<leaf_type>::decoder;
    if constexpr (!std::same_as<T, leaf_type>)
        out.engage = [](void* value) -> void* { return detail::engage(*static_cast<T*>(value)); };
    if constexpr (!std::same_as<T, leaf_type> || is_optional<T>)
        out.look = [](const void* value) -> const void* {
            return detail::look(*static_cast<const T*>(value));
        };
    if constexpr (holds_null<T>())
        out.set_null = [](void* value) { detail::set_null(*static_cast<T*>(value)); };
    if constexpr (has_own_encoder<leaf_type>)
        out.encode = [](const void* value, format encoding, byte_writer& to) {
            codec<leaf_type>::encode(*static_cast<const leaf_type*>(value), encoding, to);
        };
    if constexpr (requires(wire from) { codec<leaf_type>::refusal(from); })
        out.refusal = &codec<leaf_type>::refusal;
    out.parts = parts_of<leaf_type>();
    return out;
}

} // namespace detail

/// The erased codec of T: one constant per type.
template <class T>
    requires(readable<T> || bindable<T>)
inline constexpr erased_codec codec_for = detail::make_erased<T>();

/// What keeps `codec` from reading values that arrive so: "mood, which std::int32_t cannot hold".
std::string refusal_of(const erased_codec& codec, wire from);

/// Decodes one cell into `value` (of the type that `with` was made for). Throws decode_error without place.
void decode_value(const erased_codec& with, wire from, std::optional<std::string_view> bytes, void* value);

} // namespace howdah

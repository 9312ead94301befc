// SPDX-License-Identifier: BSL-1.0
//
// codec<T>: how a C++ type travels to and from the server, in text and in binary. Built in: bool, int16/32/64
// (and every other integer type, by range check), float, double, std::string, std::vector<std::byte>, uuid,
// timestamp, local_timestamp, date, numeric, json, std::vector of all of these, enums with labels,
// std::optional of all of these. Without any glue:
//
//     struct user_id { howdah::uuid value; };                  // one member: travels as that member
//     class email_address {                       // validates: value(), and a constructor from what it returns
//     public:
//         explicit email_address(std::string text);   // may throw: a decode_error that names the column
//         const std::string& value() const;
//     };
//
// Everything else, through the type that it travels as:
//
//     template <> struct howdah::codec<celsius> : howdah::codec_via<celsius, double> {
//         static celsius from_wire(double degrees) { return celsius{degrees}; }
//         static double to_wire(const celsius& value) { return value.degrees; }
//     };
//
// Codecs are stateless; using them from several threads is safe.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
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
template <class T> struct codec;

/// A C++ enumeration that travels as the labels of an SQL enum (or as text):
///
///     template <> struct howdah::enum_labels<mood> {
///         static constexpr std::array<std::pair<mood, std::string_view>, 2> values{{{mood::sad, "sad"},
///         {mood::ok, "ok"}}};
///     };
template <class E> struct enum_labels;

namespace detail {

template <class T>
concept has_own_codec = requires(wire from) {
    { codec<T>::decoder(from) } -> std::same_as<decode_function>;
};

/// Has an encode() but perhaps no decoder: a view can be sent, not read.
template <class T>
concept has_own_encoder =
    requires(const T& value, byte_writer& out) { codec<T>::encode(value, format::binary, out); };

struct convertible_to_anything {
    template <class T> operator T() const noexcept; // never defined: for questions about initialisation only
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
    if constexpr (std::same_as<T, leaf_t<T>>) return std::addressof(value);
    else if constexpr (is_optional<T>) return engage(value.emplace());
    else if constexpr (value_object<T>) return engage(member_of(value));
    else return std::addressof(value);
}
/// The leaf inside `value`, or null where an optional is empty.
template <class T> const void* look(const T& value) noexcept {
    if constexpr (is_optional<T> && std::same_as<T, leaf_t<T>>)
        return value ? std::addressof(value) : nullptr;
    else if constexpr (is_optional<T>) return value ? look(*value) : nullptr;
    else if constexpr (value_object<T>) return look(member_of(value));
    else return std::addressof(value);
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

/// The name of a type as the compiler writes it: for messages only.
template <class T> consteval std::string_view pretty_name() {
    std::string_view text = __PRETTY_FUNCTION__;
    const auto begin = text.find("T = ") + 4;
    const auto end = text.find_first_of(";]", begin);
    return text.substr(begin, end - begin);
}

} // namespace detail

/// A type that a column can be read into.
template <class T>
concept readable = detail::has_own_codec<detail::leaf_t<std::remove_cvref_t<T>>>;

/// A type that can be the value of a parameter.
template <class T>
concept bindable = detail::has_own_encoder<detail::leaf_t<std::remove_cvref_t<T>>>;

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
    return out;
}

} // namespace detail

/// The erased codec of T: one constant per type.
template <class T>
    requires(readable<T> || bindable<T>)
inline constexpr erased_codec codec_for = detail::make_erased<T>();

/// Decodes one cell into `value` (of the type that `with` was made for). Throws decode_error without place.
void decode_value(const erased_codec& with, wire from, std::optional<std::string_view> bytes, void* value);

// ---------------------------------------------------------------------------------------------------------------------
// Built-in codecs. Bodies are in src/codec*.cpp; each type here is decoded from every column type that can
// hold its values: an integer field reads any integer column, by range check; a double reads float4, float8.

namespace detail {

/// Declares the members of a codec whose bodies are compiled once.
template <class T, oid Type, oid ParameterType = Type, format ParameterFormat = format::binary>
struct compiled_codec {
    static constexpr oid type = Type;
    static constexpr oid parameter_type = ParameterType;
    static constexpr format parameter_format = ParameterFormat;
    static std::string name();
    static decode_function decoder(wire from) noexcept;
    static void encode(const T& value, format encoding, byte_writer& to);
};

/// Integers, whatever their C++ name: int and long of the same size share one compiled codec.
template <class T>
concept plain_integer =
    std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char> && !std::same_as<T, wchar_t> &&
    !std::same_as<T, char8_t> && !std::same_as<T, char16_t> && !std::same_as<T, char32_t>;

std::string integer_name(std::size_t size, bool is_signed);
/// The decoder for an integer of `size` bytes at `value`.
decode_function integer_decoder(wire from, std::size_t size, bool is_signed) noexcept;
void encode_integer(std::int64_t value, oid type, format encoding, byte_writer& to);
[[noreturn]] void refuse_integer(std::uint64_t value);

/// The integer type of PostgreSQL that holds every value of T, or the widest.
template <class T>
inline constexpr oid integer_oid = (sizeof(T) < 2 || (sizeof(T) == 2 && std::is_signed_v<T>))   ? oids::int2
                                   : (sizeof(T) < 4 || (sizeof(T) == 4 && std::is_signed_v<T>)) ? oids::int4
                                                                                                : oids::int8;

} // namespace detail

template <> struct codec<bool> : detail::compiled_codec<bool, oids::boolean> {};
template <> struct codec<float> : detail::compiled_codec<float, oids::float4> {};
template <> struct codec<double> : detail::compiled_codec<double, oids::float8> {};
/// Text goes with an inferred type, so that it fits varchar, enum, json and every other type with a text
/// form.
template <>
struct codec<std::string> : detail::compiled_codec<std::string, oids::text, oids::inferred, format::text> {};
template <>
struct codec<std::vector<std::byte>> : detail::compiled_codec<std::vector<std::byte>, oids::bytea> {};

/// Can be sent, not read: a view would outlive its result unnoticed.
template <> struct codec<std::string_view> {
    static constexpr oid type = oids::text, parameter_type = oids::inferred;
    static constexpr format parameter_format = format::text;
    static std::string name() { return "std::string_view"; }
    static void encode(std::string_view value, format encoding, byte_writer& to);
};

/// Text up to the first NUL byte. Can be sent, not read.
template <> struct codec<const char*> : codec<std::string_view> {
    static std::string name() { return "const char*"; }
};
template <> struct codec<char*> : codec<const char*> {};
template <std::size_t N> struct codec<char[N]> : codec<const char*> {};

template <detail::plain_integer T> struct codec<T> {
    static constexpr oid type = detail::integer_oid<T>, parameter_type = type;
    static constexpr format parameter_format = format::binary;
    static std::string name() { return detail::integer_name(sizeof(T), std::is_signed_v<T>); }
    static decode_function decoder(wire from) noexcept {
        return detail::integer_decoder(from, sizeof(T), std::is_signed_v<T>);
    }
    static void encode(T value, format encoding, byte_writer& to) {
        if constexpr (std::is_unsigned_v<T> && sizeof(T) == 8)
            if (value > static_cast<std::uint64_t>(INT64_MAX)) detail::refuse_integer(value);
        detail::encode_integer(static_cast<std::int64_t>(value), type, encoding, to);
    }
};

// ---------------------------------------------------------------------------------------------------------------------
// Enums with labels

namespace detail {

template <class E>
concept labelled_enum = std::is_enum_v<E> && requires { enum_labels<E>::values.size(); };

/// Throws decode_error for a label that is not in the list.
[[noreturn]] void refuse_label(std::string_view label, const std::string& type);
[[noreturn]] void refuse_enumerator(const std::string& type);
/// Labels arrive as text in both encodings, from text columns and from types created by users.
bool can_hold_labels(wire from) noexcept;
/// Appends text after checking that it can be sent.
void encode_text(std::string_view text, byte_writer& to);

} // namespace detail

/// The label of an enumerator. Throws usage_error for a value that has none.
template <detail::labelled_enum E> [[nodiscard]] std::string_view label_of(E value) {
    for (const auto& [enumerator, label] : enum_labels<E>::values)
        if (enumerator == value) return label;
    detail::refuse_enumerator(std::string(detail::pretty_name<E>()));
}
/// The enumerator with this label. Throws decode_error if there is none.
template <detail::labelled_enum E> [[nodiscard]] E enumerator_of(std::string_view label) {
    for (const auto& [enumerator, text] : enum_labels<E>::values)
        if (text == label) return enumerator;
    detail::refuse_label(label, std::string(detail::pretty_name<E>()));
}

template <detail::labelled_enum E> struct codec<E> {
    static constexpr oid type = oids::inferred, parameter_type = oids::inferred;
    static constexpr format parameter_format = format::text;
    static std::string name() { return std::string(detail::pretty_name<E>()); }
    static decode_function decoder(wire from) noexcept {
        if (!detail::can_hold_labels(from)) return nullptr;
        return [](std::string_view bytes, wire, void* value) {
            *static_cast<E*>(value) = enumerator_of<E>(bytes);
        };
    }
    static void encode(E value, format, byte_writer& to) { detail::encode_text(label_of(value), to); }
};

// ---------------------------------------------------------------------------------------------------------------------
// Through another type, and classes that validate

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

template <class T> inline constexpr bool is_array = false;
template <class T> inline constexpr bool is_array<std::vector<T>> = !std::same_as<T, std::byte>;

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

// ---------------------------------------------------------------------------------------------------------------------
// Arrays of one dimension. NULL elements need std::optional elements. Arrays of more dimensions, and arrays
// whose first index is not 1, are refused with decode_error: a std::vector cannot hold what they say.

namespace detail {

/// What an array is decoded into: append() adds an element and returns its address.
struct array_target {
    const erased_codec* element;
    void* container;
    void* (*append)(void* container);
    void (*clear)(void* container);
    void (*reserve)(void* container, std::size_t elements);
};
/// What an array is encoded from.
struct array_source {
    const erased_codec* element;
    const void* container;
    std::size_t size;
    const void* (*at)(const void* container, std::size_t index);
};
void decode_array(std::string_view bytes, wire from, const array_target& into);
void encode_array(const array_source& from, format encoding, byte_writer& to);
/// True if arrays that arrive so may hold elements that `element` reads.
bool can_hold_array(wire from, const erased_codec& element) noexcept;

} // namespace detail

template <class T>
    requires(readable<T> && !detail::is_array<detail::leaf_t<T>> && !std::same_as<T, std::byte> &&
             !std::same_as<T, bool>)
struct codec<std::vector<T>> {
    static constexpr oid element = codec<detail::leaf_t<T>>::type;
    static constexpr oid type = oids::inferred; // arrays of arrays are refused: no array holds one
    // An enum's array type has no number known here: such arrays go as text and the server infers their type.
    static constexpr oid parameter_type = [] {
        switch (element) {
        case oids::boolean: return oid{1000};
        case oids::bytea: return oid{1001};
        case oids::int2: return oid{1005};
        case oids::int4: return oid{1007};
        case oids::text: return oid{1009};
        case oids::int8: return oid{1016};
        case oids::float4: return oid{1021};
        case oids::float8: return oid{1022};
        case oids::timestamp: return oid{1115};
        case oids::date: return oid{1182};
        case oids::timestamptz: return oid{1185};
        case oids::numeric: return oid{1231};
        case oids::uuid: return oid{2951};
        case oids::json: return oid{199};
        case oids::jsonb: return oid{3807};
        default: return oids::inferred;
        }
    }();
    static constexpr format parameter_format =
        parameter_type == oids::inferred ? format::text : format::binary;

    static std::string name() { return "std::vector<" + detail::codec_name<T>() + ">"; }
    static decode_function decoder(wire from) noexcept {
        if constexpr (!std::default_initializable<T>) return nullptr; // can be sent, not filled in place
        else if (!detail::can_hold_array(from, codec_for<T>)) return nullptr;
        else
            return [](std::string_view bytes, wire source, void* value) {
                using vector = std::vector<T>;
                detail::decode_array(
                    bytes, source,
                    {&codec_for<T>, value,
                     [](void* to) -> void* { return &static_cast<vector*>(to)->emplace_back(); },
                     [](void* to) { static_cast<vector*>(to)->clear(); },
                     [](void* to, std::size_t elements) { static_cast<vector*>(to)->reserve(elements); }});
            };
    }
    static void encode(const std::vector<T>& values, format encoding, byte_writer& to) {
        detail::encode_array({&codec_for<T>, &values, values.size(),
                              [](const void* of, std::size_t index) -> const void* {
                                  return &(*static_cast<const std::vector<T>*>(of))[index];
                              }},
                             encoding, to);
    }
};

/// std::vector<bool> has no addressable elements: it goes through a vector of one-member structs.
template <> struct codec<std::vector<bool>> {
    struct flag {
        bool value = false;
    };
    using carrier = codec<std::vector<flag>>;
    static constexpr oid type = oids::inferred, parameter_type = 1000;
    static constexpr format parameter_format = format::binary;
    static std::string name() { return "std::vector<bool>"; }
    static decode_function decoder(wire from) noexcept;
    static void encode(const std::vector<bool>& values, format encoding, byte_writer& to);
};

} // namespace howdah

// SPDX-License-Identifier: BSL-1.0
//
// Built-in codecs. Bodies are in src/codec*.cpp; each type here is decoded from every column type that can
// hold its values: an integer field reads any integer column, by range check; a double reads float4, float8.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <howdah/detail/codec_trait.hpp>

namespace howdah {

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

/// Integers, whatever their C++ name: int and long of the same size share one compiled codec. Those of 128 bits, which
/// some compilers count as integers, have no type of the server to hold them.
template <class T>
concept plain_integer = std::integral<T> && sizeof(T) <= 8 && !std::same_as<T, bool> &&
                        !std::same_as<T, char> && !std::same_as<T, wchar_t> && !std::same_as<T, char8_t> &&
                        !std::same_as<T, char16_t> && !std::same_as<T, char32_t>;

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

} // namespace howdah

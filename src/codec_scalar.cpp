// SPDX-License-Identifier: BSL-1.0
//
// bool, integers, floating point and bytes, and the entry that decodes one value. A decoder is chosen once
// per column, for exactly that column type and C++ type, so that a cell costs a length check, a load and a
// range check.
#include <howdah/codec.hpp>
#include <howdah/type_details.hpp>

#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

namespace howdah {

namespace {

// ---- refusals, out of line: the path of a good cell stays short

[[noreturn, gnu::cold, gnu::noinline]] void refuse_length(std::string_view bytes, wire from,
                                                          std::size_t expected) {
    throw decode_error("a cell of " + std::to_string(bytes.size()) + " bytes where " + type_name(from.type) +
                       " has " + std::to_string(expected));
}

template <class Wire>
[[noreturn, gnu::cold, gnu::noinline]] void refuse_range(Wire value, std::size_t size, bool is_signed) {
    throw decode_error("value does not fit " + detail::integer_name(size, is_signed), std::to_string(value));
}

[[noreturn, gnu::cold, gnu::noinline]] void refuse_range(std::string_view text, wire from) {
    throw decode_error("value does not fit " + type_name(from.type), std::string(text));
}

[[noreturn, gnu::cold, gnu::noinline]] void refuse_text(std::string_view text, wire from,
                                                        std::size_t offset) {
    throw decode_error("not the text of a value of type " + type_name(from.type), std::string(text), offset);
}

/// Loads a value in network byte order from a cell of exactly its size.
template <class T> T load(std::string_view bytes, wire from) {
    if (bytes.size() != sizeof(T)) [[unlikely]]
        refuse_length(bytes, from, sizeof(T));
    return load_big_endian<T>(bytes.data());
}

/// Reads the whole of a text as a number.
template <class T> T parse_number(std::string_view text, wire from) {
    T value{};
    const char* const end = text.data() + text.size();
    const auto [stop, failure] = std::from_chars(text.data(), end, value);
    if (failure == std::errc::result_out_of_range) refuse_range(text, from);
    if (failure != std::errc{} || stop != end)
        refuse_text(text, from, static_cast<std::size_t>(stop - text.data()));
    return value;
}

template <class T> void append_number(T value, byte_writer& to) {
    char digits[32];
    const auto [end, failure] = std::to_chars(std::begin(digits), std::end(digits), value);
    to.write(std::string_view(digits, static_cast<std::size_t>(end - digits)));
}

// ---- integers

/// memcpy, because `value` may be a long or a long long: the same bytes, another type.
template <class T, class Wire> void store_integer(Wire read, void* value) {
    if (!std::in_range<T>(read)) [[unlikely]]
        refuse_range(read, sizeof(T), std::is_signed_v<T>);
    const T fitting = static_cast<T>(read);
    std::memcpy(value, &fitting, sizeof fitting);
}

template <class T, class Wire> void decode_binary_integer(std::string_view bytes, wire from, void* value) {
    store_integer<T>(load<Wire>(bytes, from), value);
}

template <class T, class Wire = std::int64_t>
void decode_text_integer(std::string_view text, wire from, void* value) {
    store_integer<T>(parse_number<Wire>(text, from), value);
}

template <class T> decode_function decoder_into(wire from) noexcept {
    const bool binary = from.encoding == format::binary;
    switch (from.type) {
    case oids::int2: return binary ? &decode_binary_integer<T, std::int16_t> : &decode_text_integer<T>;
    case oids::int4: return binary ? &decode_binary_integer<T, std::int32_t> : &decode_text_integer<T>;
    case oids::int8: return binary ? &decode_binary_integer<T, std::int64_t> : &decode_text_integer<T>;
    case oids::oid_type:
    case oids::xid:
    case oids::cid: return binary ? &decode_binary_integer<T, std::uint32_t> : &decode_text_integer<T>;
    case oids::xid8:
        return binary ? &decode_binary_integer<T, std::uint64_t> : &decode_text_integer<T, std::uint64_t>;
    default: return nullptr;
    }
}

// ---- bool

void decode_binary_bool(std::string_view bytes, wire from, void* value) {
    const auto read = load<std::uint8_t>(bytes, from);
    if (read > 1) [[unlikely]]
        throw decode_error("a boolean that is neither 0 nor 1", std::to_string(read));
    *static_cast<bool*>(value) = read == 1;
}

void decode_text_bool(std::string_view text, wire from, void* value) {
    if (text != "t" && text != "f") refuse_text(text, from, 0);
    *static_cast<bool*>(value) = text == "t";
}

// ---- floating point

template <class Float>
using bits_of = std::conditional_t<sizeof(Float) == sizeof(std::uint32_t), std::uint32_t, std::uint64_t>;

template <class Float> Float parse_float(std::string_view text, wire from) {
    using limits = std::numeric_limits<Float>;
    if (text == "NaN") return limits::quiet_NaN();
    if (text == "Infinity") return limits::infinity();
    if (text == "-Infinity") return -limits::infinity();
    // from_chars also takes "inf" and "nan(...)", which the server never writes: they begin with a letter.
    const std::size_t first = text.starts_with('-') ? 1 : 0;
    if (first < text.size() && (text[first] < '0' || text[first] > '9') && text[first] != '.')
        refuse_text(text, from, first);
    return parse_number<Float>(text, from);
}

/// A real widened in one step in both encodings, so that both give the same double.
template <class T, class Wire> void decode_binary_float(std::string_view bytes, wire from, void* value) {
    *static_cast<T*>(value) = std::bit_cast<Wire>(load<bits_of<Wire>>(bytes, from));
}
template <class T, class Wire> void decode_text_float(std::string_view text, wire from, void* value) {
    *static_cast<T*>(value) = parse_float<Wire>(text, from);
}

template <class Float> void encode_float(Float value, format encoding, byte_writer& to) {
    if (encoding == format::binary) to.write(std::bit_cast<bits_of<Float>>(value));
    else if (std::isnan(value)) to.write(std::string_view("NaN"));
    else if (std::isinf(value)) to.write(std::string_view(value < 0 ? "-Infinity" : "Infinity"));
    else append_number(value, to);
}

// ---- bytea

using bytes_value = std::vector<std::byte>;

void decode_binary_bytes(std::string_view bytes, wire, void* value) {
    const auto* const first = reinterpret_cast<const std::byte*>(bytes.data());
    static_cast<bytes_value*>(value)->assign(first, first + bytes.size());
}

int digit_of(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return 255;
}

/// bytea_output = hex: two digits a byte after "\x".
void decode_hex(std::string_view text, wire from, bytes_value& out) {
    for (std::size_t at = 2; at < text.size(); at += 2) {
        const int high = digit_of(text[at]), low = at + 1 < text.size() ? digit_of(text[at + 1]) : 255;
        if (high > 15 || low > 15) refuse_text(text, from, high > 15 ? at : at + 1);
        out.push_back(static_cast<std::byte>(high << 4 | low));
    }
}

/// bytea_output = escape: bytes as they are, "\\" for a backslash, "\ooo" in octal for the rest.
void decode_escape(std::string_view text, wire from, bytes_value& out) {
    for (std::size_t at = 0; at < text.size();) {
        const std::string_view rest = text.substr(at);
        if (rest[0] != '\\') {
            out.push_back(static_cast<std::byte>(rest[0]));
            at += 1;
        } else if (rest.starts_with("\\\\")) {
            out.push_back(std::byte{'\\'});
            at += 2;
        } else {
            if (rest.size() < 4 || digit_of(rest[1]) > 3 || digit_of(rest[2]) > 7 || digit_of(rest[3]) > 7)
                refuse_text(text, from, at);
            out.push_back(
                static_cast<std::byte>(digit_of(rest[1]) << 6 | digit_of(rest[2]) << 3 | digit_of(rest[3])));
            at += 4;
        }
    }
}

void decode_text_bytes(std::string_view text, wire from, void* value) {
    auto& out = *static_cast<bytes_value*>(value);
    out.clear();
    out.reserve(text.size());
    if (text.starts_with("\\x")) decode_hex(text, from, out);
    else decode_escape(text, from, out);
}

} // namespace

// ----------------------------------------------------------------------------------------------------

namespace detail {

std::string integer_name(std::size_t size, bool is_signed) {
    return (is_signed ? "std::int" : "std::uint") + std::to_string(size * 8) + "_t";
}

decode_function integer_decoder(wire from, std::size_t size, bool is_signed) noexcept {
    switch (size) {
    case 1: return is_signed ? decoder_into<std::int8_t>(from) : decoder_into<std::uint8_t>(from);
    case 2: return is_signed ? decoder_into<std::int16_t>(from) : decoder_into<std::uint16_t>(from);
    case 4: return is_signed ? decoder_into<std::int32_t>(from) : decoder_into<std::uint32_t>(from);
    case 8: return is_signed ? decoder_into<std::int64_t>(from) : decoder_into<std::uint64_t>(from);
    default: return nullptr;
    }
}

void encode_integer(std::int64_t value, oid type, format encoding, byte_writer& to) {
    if (encoding == format::text) return append_number(value, to);
    switch (type) {
    case oids::int2: return to.write(static_cast<std::int16_t>(value));
    case oids::int4: return to.write(static_cast<std::int32_t>(value));
    default: return to.write(value);
    }
}

void refuse_integer(std::uint64_t) {
    throw usage_error(
        "an unsigned integer above 9223372036854775807 does not fit bigint: use howdah::numeric");
}

template <> std::string compiled_codec<bool, oids::boolean>::name() {
    return "bool";
}
template <> decode_function compiled_codec<bool, oids::boolean>::decoder(wire from) noexcept {
    if (from.type != oids::boolean) return nullptr;
    return from.encoding == format::binary ? &decode_binary_bool : &decode_text_bool;
}
template <>
void compiled_codec<bool, oids::boolean>::encode(const bool& value, format encoding, byte_writer& to) {
    if (encoding == format::binary) to.write(static_cast<std::uint8_t>(value));
    else to.write(std::string_view(value ? "t" : "f"));
}

template <> std::string compiled_codec<float, oids::float4>::name() {
    return "float";
}
template <> decode_function compiled_codec<float, oids::float4>::decoder(wire from) noexcept {
    if (from.type != oids::float4) return nullptr;
    return from.encoding == format::binary ? &decode_binary_float<float, float>
                                           : &decode_text_float<float, float>;
}
template <>
void compiled_codec<float, oids::float4>::encode(const float& value, format encoding, byte_writer& to) {
    encode_float(value, encoding, to);
}

template <> std::string compiled_codec<double, oids::float8>::name() {
    return "double";
}
template <> decode_function compiled_codec<double, oids::float8>::decoder(wire from) noexcept {
    const bool binary = from.encoding == format::binary;
    if (from.type == oids::float8)
        return binary ? &decode_binary_float<double, double> : &decode_text_float<double, double>;
    if (from.type == oids::float4)
        return binary ? &decode_binary_float<double, float> : &decode_text_float<double, float>;
    return nullptr;
}
template <>
void compiled_codec<double, oids::float8>::encode(const double& value, format encoding, byte_writer& to) {
    encode_float(value, encoding, to);
}

template <> std::string compiled_codec<bytes_value, oids::bytea>::name() {
    return "std::vector<std::byte>";
}
template <> decode_function compiled_codec<bytes_value, oids::bytea>::decoder(wire from) noexcept {
    if (from.type != oids::bytea) return nullptr;
    return from.encoding == format::binary ? &decode_binary_bytes : &decode_text_bytes;
}
template <>
void compiled_codec<bytes_value, oids::bytea>::encode(const bytes_value& value, format encoding,
                                                      byte_writer& to) {
    const std::string_view bytes(reinterpret_cast<const char*>(value.data()), value.size());
    if (encoding == format::binary) return to.write(bytes);
    constexpr std::string_view digits = "0123456789abcdef";
    to.write(std::string_view("\\x"));
    for (const std::byte byte : value) {
        to.write(digits[std::to_integer<std::size_t>(byte >> 4)]);
        to.write(digits[std::to_integer<std::size_t>(byte & std::byte{15})]);
    }
}

} // namespace detail

namespace {

std::string reason_of(const erased_codec& codec, wire from) {
    const auto why = codec.refusal ? codec.refusal(from) : std::string();
    return why.empty() ? std::string(detail::advice_on(from.type)) : ": " + why;
}

} // namespace

std::string refusal_of(const erased_codec& codec, wire from) {
    return type_name(from) + ", which " + codec.name() + " cannot hold" + reason_of(codec, from);
}

void decode_value(const erased_codec& with, wire from, std::optional<std::string_view> bytes, void* value) {
    const auto decode = with.decoder ? with.decoder(from) : nullptr;
    if (!decode)
        throw decode_error(type_name(from) + " cannot be read into " + with.name() + reason_of(with, from));
    if (!bytes && !with.set_null)
        throw decode_error("NULL cannot be read into " + with.name() + ": use std::optional");
    if (!bytes) return with.set_null(value);
    decode(*bytes, from, with.engage ? with.engage(value) : value);
}

} // namespace howdah

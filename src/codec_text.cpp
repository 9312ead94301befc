// SPDX-License-Identifier: BSL-1.0
//
// std::string, std::string_view, json and the labels of enums, and what users' own types refuse.
#include <howdah/codec.hpp>
#include <howdah/json.hpp>
#include <howdah/type_details.hpp>

#include <new>

#include "codec_support.hpp"
#include "utf8.hpp"

namespace howdah {

namespace {

/// Types whose binary form is their text.
bool is_text_like(oid type) noexcept {
    switch (type) {
    case oids::text:
    case oids::varchar:
    case oids::bpchar:
    case oids::name:
    case oids::unknown:
    case oids::json:
    case oids::xml: return true;
    default: return false;
    }
}

/// Types with a C++ type of their own: as text they would hide a mistaken field. And money, of which the server's
/// lc_monetary decides what it means.
bool has_plain_type(oid type) noexcept {
    switch (type) {
    case oids::boolean:
    case oids::int2:
    case oids::int4:
    case oids::int8:
    case oids::oid_type:
    case oids::float4:
    case oids::float8:
    case oids::money:
    case array_of(oids::money):
    case oids::bytea: return true;
    default: return false;
    }
}

bool is_enum(wire from) noexcept {
    return from.details && from.details->kind == type_kind::enumeration;
}

void decode_string(std::string_view bytes, wire, void* value) {
    static_cast<std::string*>(value)->assign(bytes);
}

void decode_json(std::string_view bytes, wire, void* value) {
    *static_cast<json*>(value) = json(std::string(bytes));
}

/// jsonb_recv in the server: one byte of version, then the text.
constexpr char jsonb_version = 1;

void decode_binary_jsonb(std::string_view bytes, wire from, void* value) {
    decode_json(detail::text_of_jsonb(bytes), from, value);
}

} // namespace

namespace detail {

std::string_view advice_on(oid type) noexcept {
    if (type != oids::money && type != array_of(oids::money)) return {};
    return " (how a money reads depends on the server's lc_monetary: cast it to numeric)";
}

std::string_view text_of_jsonb(std::string_view bytes) {
    if (bytes.empty()) throw decode_error("a jsonb value without its version byte");
    if (bytes[0] != jsonb_version) throw decode_error("a jsonb value of an unknown version", {}, 0);
    return bytes.substr(1);
}

void encode_text(std::string_view text, byte_writer& to) {
    const std::size_t bad = first_bad_byte(text);
    if (bad != text.size() && text[bad] == '\0')
        throw usage_error("the text holds a NUL byte at offset " + std::to_string(bad) +
                          ": PostgreSQL cannot store it in a text; send std::vector<std::byte> to a bytea");
    if (bad != text.size())
        throw usage_error("the text is not valid UTF-8 at offset " + std::to_string(bad) +
                          ": convert it first, or send std::vector<std::byte> to a bytea");
    to.write(text);
}

template <> std::string compiled_codec<std::string, oids::text, oids::inferred, format::text>::name() {
    return "std::string";
}
template <>
decode_function
compiled_codec<std::string, oids::text, oids::inferred, format::text>::decoder(wire from) noexcept {
    if (from.encoding == format::binary)
        return is_text_like(from.type) || is_enum(from) ? &decode_string : nullptr;
    return has_plain_type(from.type) ? nullptr : &decode_string;
}
template <>
void compiled_codec<std::string, oids::text, oids::inferred, format::text>::encode(const std::string& value,
                                                                                   format, byte_writer& to) {
    encode_text(value, to);
}

template <> std::string compiled_codec<json, oids::jsonb, oids::inferred, format::text>::name() {
    return "howdah::json";
}
template <>
decode_function compiled_codec<json, oids::jsonb, oids::inferred, format::text>::decoder(wire from) noexcept {
    if (from.type == oids::jsonb && from.encoding == format::binary) return &decode_binary_jsonb;
    return from.type == oids::json || from.type == oids::jsonb ? &decode_json : nullptr;
}
template <>
void compiled_codec<json, oids::jsonb, oids::inferred, format::text>::encode(const json& value,
                                                                             format encoding,
                                                                             byte_writer& to) {
    if (encoding == format::binary) to.write(static_cast<std::int8_t>(jsonb_version));
    encode_text(value.text(), to);
}

bool can_hold_labels(wire from) noexcept {
    if (from.details) return is_enum(from);
    return is_text_like(from.type) || from.type >= oids::first_user_defined;
}

void refuse_label(std::string_view label, const std::string& type) {
    throw decode_error("a label that howdah::enum_labels<" + type + "> does not list", std::string(label));
}

void refuse_enumerator(const std::string& type) {
    throw usage_error("a value of " + type + " that howdah::enum_labels<" + type + "> does not list");
}

void rethrow_as_refusal(std::string_view type) {
    const std::string reason = "refused by " + std::string(type);
    try {
        throw;
    } catch (const decode_error&) {
        throw;
    } catch (const std::bad_alloc&) {
        throw; // says nothing about the value
    } catch (const std::exception& refusal) {
        throw decode_error(reason, refusal.what());
    } catch (...) {
        throw decode_error(reason);
    }
}

} // namespace detail

void codec<std::string_view>::encode(std::string_view value, format, byte_writer& to) {
    detail::encode_text(value, to);
}

} // namespace howdah

// SPDX-License-Identifier: BSL-1.0
//
// Binary: record_recv in the server's src/backend/utils/adt/rowtypes.c and array_recv in arrayfuncs.c.
#include "open_form.hpp"

#include <cstdint>
#include <utility>

#include <howdah/detail/codec_composite.hpp>

namespace howdah::detail {

namespace {

using reference = type_details::reference;

constexpr std::int8_t text_version = 1; // jsonb_recv(), jsonpath_recv()

/// How a value without parts becomes one of another type.
enum class way : unsigned char { none, same, integer, text, versioned_text };

/// The type in whose binary form an attribute stands in an open form.
oid type_in_struct(const erased_codec& codec) noexcept {
    if (codec.parameter_format == format::text) return oids::text;
    return codec.type != oids::inferred ? codec.type : codec.parameter_type;
}
/// The same for an element of an array.
oid type_in_array(const erased_codec& codec) noexcept {
    return codec.type != oids::inferred ? codec.type : oids::text;
}

bool is_integer(oid type) noexcept {
    return type == oids::int2 || type == oids::int4 || type == oids::int8;
}

/// What the server reads from a text in binary exactly as from a text. Not of these: name, whose text is cut off where
/// its binary form is refused, and xml, whose text may speak of an encoding.
way from_text(const erased_codec& codec, wire to) noexcept {
    if (to.details) return to.details->kind == type_kind::enumeration ? way::text : way::none;
    switch (to.type) {
    case oids::text:
    case oids::varchar:
    case oids::bpchar:
    case oids::json: return way::text;
    case oids::jsonb:
    case oids::jsonpath: return way::versioned_text;
    default: return to.type == oids::xml && codec.type == oids::xml ? way::text : way::none;
    }
}

way way_of(const erased_codec& codec, oid held, wire to) noexcept {
    if (held == to.type) return way::same;
    if (is_integer(held) && is_integer(to.type)) return way::integer;
    return held == oids::text || held == oids::jsonb ? from_text(codec, to) : way::none;
}

/// Of an array type; type 0: it is none.
reference element_type_of(wire array) noexcept {
    if (!array.details) return {element_of(array.type)};
    return array.details->kind == type_kind::array ? array.details->element : reference{};
}

/// A struct of as many attributes.
bool has_these_attributes(wire type, const composite_description& from) noexcept {
    return type.details && type.details->kind == type_kind::composite &&
           type.details->attributes.size() == from.fields.size();
}

bool can_close(const erased_codec& codec, oid held, const reference& to) noexcept {
    const wire base = wire_of(to, format::binary);
    if (!has_open_parts(codec)) return way_of(codec, held, base) != way::none;
    if (const auto* const element = codec.parts.element) {
        const auto type = element_type_of(base);
        return type.type != 0 && can_close(*element, type_in_array(*element), type);
    }
    if (!has_these_attributes(base, codec.parts.attributes())) return false;
    for (std::size_t i = 0; const auto& field : codec.parts.attributes().fields)
        if (!can_close(*field.codec, type_in_struct(*field.codec), base.details->attributes[i++].type))
            return false;
    return true;
}

template <class Integer> bool write_integer(std::int64_t value, byte_writer& out) {
    if (!std::in_range<Integer>(value)) return false;
    out.write(static_cast<Integer>(value));
    return true;
}

bool close_integer(std::string_view from, oid to, byte_writer& out) {
    const auto value = from.size() == 2   ? load_big_endian<std::int16_t>(from.data())
                       : from.size() == 4 ? load_big_endian<std::int32_t>(from.data())
                                          : load_big_endian<std::int64_t>(from.data());
    switch (to) {
    case oids::int2: return write_integer<std::int16_t>(value, out);
    case oids::int4: return write_integer<std::int32_t>(value, out);
    default: return write_integer<std::int64_t>(value, out);
    }
}

bool close_value(const erased_codec& codec, oid held, std::string_view open, wire to, byte_writer& out) {
    const auto text = held == oids::jsonb ? open.substr(1) : open;
    switch (way_of(codec, held, to)) {
    case way::same: out.write(open); return true;
    case way::integer: return close_integer(open, to.type, out);
    case way::versioned_text: out.write(text_version); [[fallthrough]];
    case way::text: out.write(text); return true;
    case way::none: break;
    }
    return false;
}

bool close(const erased_codec& codec, oid held, std::string_view open, const reference& to, byte_writer& out);

/// A value with its length before it, or NULL.
bool close_cell(const erased_codec& codec, oid held, byte_reader& from, const reference& to,
                byte_writer& out) {
    const auto size = from.read<std::int32_t>();
    const auto length = out.size();
    out.write(std::int32_t{-1});
    if (size < 0) return true;
    if (!close(codec, held, from.bytes(static_cast<std::size_t>(size)), to, out)) return false;
    out.patch(length, static_cast<std::int32_t>(out.size() - length - 4));
    return true;
}

bool close_struct(const composite_description& from, std::string_view open, wire to, byte_writer& out) {
    if (!has_these_attributes(to, from)) return false;
    byte_reader in(open);
    out.write(in.read<std::int32_t>());
    for (std::size_t i = 0; const auto& field : from.fields) {
        const auto& attribute = to.details->attributes[i++].type;
        (void)in.read<oid>();
        out.write(attribute.type);
        if (!close_cell(*field.codec, type_in_struct(*field.codec), in, attribute, out)) return false;
    }
    return true;
}

bool close_array(const erased_codec& element, std::string_view open, wire to, byte_writer& out) {
    const auto type = element_type_of(to);
    if (type.type == 0) return false;
    byte_reader in(open);
    const auto depth = in.read<std::int32_t>();
    out.write(depth);
    out.write(in.read<std::int32_t>()); // are there NULLs?
    (void)in.read<oid>();
    out.write(type.type);
    out.write(in.bytes(8 * static_cast<std::size_t>(depth)));
    while (in.left() > 0)
        if (!close_cell(element, type_in_array(element), in, type, out)) return false;
    return true;
}

bool close(const erased_codec& codec, oid held, std::string_view open, const reference& to,
           byte_writer& out) {
    const wire base = wire_of(to, format::binary);
    if (!has_open_parts(codec)) return close_value(codec, held, open, base, out);
    if (codec.parts.element) return close_array(*codec.parts.element, open, base, out);
    return close_struct(codec.parts.attributes(), open, base, out);
}

} // namespace

bool has_binary_form(const erased_codec& sent, const reference& to) noexcept {
    return can_close(sent, type_in_struct(sent), to);
}

std::string binary_obstacle(const erased_codec& sent, const reference& to) {
    const wire base = wire_of(to, format::binary);
    if (!has_open_parts(sent)) return {};
    if (sent.parts.element) return binary_obstacle(*sent.parts.element, element_type_of(base));
    const auto& from = sent.parts.attributes();
    if (!has_these_attributes(base, from)) return {};
    for (std::size_t i = 0; const auto& [name, codec] : from.fields) {
        const auto& type = base.details->attributes[i++].type;
        if (can_close(*codec, type_in_struct(*codec), type)) continue;
        const auto attribute = "attribute \"" + std::string(name) + '"';
        const auto inner = binary_obstacle(*codec, type);
        if (!inner.empty()) return attribute + ": " + inner;
        return attribute + " is " + type_name({type.type, format::binary, type.details}) + ", the field is " +
               codec->name();
    }
    return {};
}

bool close_form(const erased_codec& sent, std::string_view open, const reference& to, byte_writer& out) {
    const auto before = out.size();
    if (close(sent, type_in_struct(sent), open, to, out)) return true;
    out.shrink(before);
    return false;
}

} // namespace howdah::detail

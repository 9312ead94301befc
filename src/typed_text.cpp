// SPDX-License-Identifier: BSL-1.0
//
// Server types that travel as text. In binary an xml is its text, and a jsonpath its text behind one byte of version
// (jsonpath_send() in src/backend/utils/adt/jsonpath.c of PostgreSQL).
#include <howdah/typed_text.hpp>

#include "codec_support.hpp"

namespace howdah::detail {

namespace {

constexpr char jsonpath_version = 1;

} // namespace

bool can_hold_typed_text(wire from, oid type) noexcept {
    return from.type == type && (from.encoding == format::text || has_binary_text(type));
}

std::string_view text_in_cell(std::string_view bytes, wire from) {
    if (from.encoding == format::text || from.type != oids::jsonpath) return bytes;
    if (bytes.empty()) throw decode_error("a jsonpath without its version byte");
    if (bytes[0] != jsonpath_version) throw decode_error("a jsonpath of an unknown version", {}, 0);
    return bytes.substr(1);
}

void encode_typed_text(std::string_view text, oid type, format encoding, byte_writer& to) {
    if (encoding == format::binary && !has_binary_text(type))
        throw usage_error(type_name(type) + " has no binary form here: it travels as text");
    if (encoding == format::binary && type == oids::jsonpath)
        to.write(static_cast<std::int8_t>(jsonpath_version));
    encode_text(text, to);
}

} // namespace howdah::detail

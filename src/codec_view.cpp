// SPDX-License-Identifier: BSL-1.0
#include <howdah/detail/codec_view.hpp>

#include <vector>

#include "codec_support.hpp"

namespace howdah {

namespace {

void decode_text_view(std::string_view bytes, wire, void* value) {
    *static_cast<std::string_view*>(value) = bytes;
}

void decode_jsonb_view(std::string_view bytes, wire, void* value) {
    *static_cast<std::string_view*>(value) = detail::text_of_jsonb(bytes);
}

void decode_bytes_view(std::string_view bytes, wire, void* value) {
    *static_cast<std::span<const std::byte>*>(value) = std::as_bytes(std::span(bytes));
}

} // namespace

void codec<std::span<const std::byte>>::encode(std::span<const std::byte> value, format encoding,
                                               byte_writer& to) {
    if (encoding == format::binary)
        return to.write(std::string_view(reinterpret_cast<const char*>(value.data()), value.size()));
    codec<std::vector<std::byte>>::encode({value.begin(), value.end()}, encoding, to);
}

namespace detail {

decode_function text_view_decoder(wire from) noexcept {
    if (from.type == oids::jsonb && from.encoding == format::binary) return &decode_jsonb_view;
    // A type that std::string reads from its own text, or from a binary form that is its text.
    return codec<std::string>::decoder(from) ? &decode_text_view : nullptr;
}

decode_function bytes_view_decoder(wire from) noexcept {
    return from.type == oids::bytea && from.encoding == format::binary ? &decode_bytes_view : nullptr;
}

} // namespace detail

} // namespace howdah

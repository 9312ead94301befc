// SPDX-License-Identifier: BSL-1.0
//
// Fields that view into their result instead of owning their bytes. Only howdah/views.hpp reads them: the codecs of
// these types can send and not read, so that no other query takes them.
#pragma once

#include <concepts>
#include <cstddef>
#include <span>
#include <string_view>

#include <howdah/detail/codec_scalar.hpp>
#include <howdah/detail/codec_trait.hpp>

namespace howdah {

/// As bytea. Can be sent, not read.
template <> struct codec<std::span<const std::byte>> {
    static constexpr oid type = oids::bytea, parameter_type = oids::bytea;
    static constexpr format parameter_format = format::binary;
    static std::string name() { return "std::span<const std::byte>"; }
    static void encode(std::span<const std::byte> value, format encoding, byte_writer& to);
};

namespace detail {

template <class T>
concept text_view = std::same_as<leaf_t<T>, std::string_view>;
template <class T>
concept bytes_view = std::same_as<leaf_t<T>, std::span<const std::byte>>;
/// A view, or a view inside of optionals and value objects.
template <class T>
concept viewing = text_view<T> || bytes_view<T>;

/// Reads what std::string reads.
decode_function text_view_decoder(wire from) noexcept;
/// Reads bytea in binary: the text form would have to be translated.
decode_function bytes_view_decoder(wire from) noexcept;

template <viewing T> consteval erased_codec make_view_codec() {
    auto out = make_erased<T>();
    out.decoder = text_view<T> ? &text_view_decoder : &bytes_view_decoder;
    return out;
}
template <viewing T> inline constexpr erased_codec view_codec = make_view_codec<T>();

/// The codec that reads a field of a row of views.
template <class T> consteval const erased_codec* codec_of_view() {
    if constexpr (viewing<T>) return &view_codec<T>;
    else return &codec_for<T>;
}

} // namespace detail

} // namespace howdah

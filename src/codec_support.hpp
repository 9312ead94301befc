// SPDX-License-Identifier: BSL-1.0
//
// What the compiled codecs of the value types share.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include <howdah/detail/codec_trait.hpp>

namespace howdah::detail {

/// The decoder of a C++ type that is read from one server type alone.
inline decode_function only_from(oid type, wire from, decode_function binary, decode_function text) noexcept {
    if (from.type != type) return nullptr;
    return from.encoding == format::binary ? binary : text;
}

/// The type that a value inside another is taken for where nobody says what it is, and only its text is read: the
/// codec's own, or any that a user might have created.
inline oid presumed_type(const erased_codec& codec) noexcept {
    const oid own = codec.type != oids::inferred ? codec.type : codec.parameter_type;
    return own != oids::inferred ? own : oids::first_user_defined;
}

/// The text in a binary jsonb. Throws decode_error without its version byte, or if that is an unknown one.
std::string_view text_of_jsonb(std::string_view bytes);

/// A reader of a binary cell that has to have exactly `size` bytes. Throws decode_error if it has not.
inline byte_reader exactly(std::size_t size, std::string_view bytes, oid type) {
    if (bytes.size() != size)
        throw decode_error("a binary " + type_name(type) + " has " + std::to_string(size) +
                               " bytes, this has " + std::to_string(bytes.size()),
                           {}, std::min(bytes.size(), size));
    return byte_reader(bytes);
}

} // namespace howdah::detail

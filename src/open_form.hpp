// SPDX-License-Identifier: BSL-1.0
//
// Structs in binary. record_recv() of the server wants the number of every attribute's type, array_recv() that of the
// elements', and numbers of types that users created are known only once the server was asked what a value is sent as.
// So codecs of structs, and of arrays whose elements have no number of their own, write an open form, in which such
// numbers are missing; when the type is known the form is closed, which copies it. What has no binary form, or none for
// that type, can still be sent as text.
#pragma once

#include <string>
#include <string_view>

#include <howdah/detail/codec_trait.hpp>
#include <howdah/type_details.hpp>

namespace howdah::detail {

/// In place of a type's number.
inline constexpr oid open_type = 0;

/// Has its parts in an open form: a struct, or an array unless that can only be text.
inline bool has_open_parts(const erased_codec& codec) noexcept {
    return (codec.parts.attributes || codec.parts.element) &&
           (codec.parameter_format == format::binary || codec.parameter_type == oids::inferred);
}

/// How a value stands in an open form that it is a part of.
inline format open_format(const erased_codec& codec) noexcept {
    return has_open_parts(codec) ? format::binary : codec.parameter_format;
}

/// Why a struct, or an array of structs, cannot be sent as this type; empty if it can, and for all other values.
std::string misfit_of(const erased_codec& sent, const type_details& to);

/// True if values of the codec, which has open parts, can be sent in the binary form of this type.
bool has_binary_form(const erased_codec& sent, const type_details::reference& to) noexcept;

/// Which attribute keeps it from having one: "attribute "day" is date, the field is std::string". Empty if it is none.
std::string binary_obstacle(const erased_codec& sent, const type_details::reference& to);

/// Appends the binary form of a value, given its open form, as this type. False, with `out` as before, where there is
/// none; true wherever has_binary_form() says so, save for an integer that is too large for its attribute.
bool close_form(const erased_codec& sent, std::string_view open, const type_details::reference& to,
                byte_writer& out);

} // namespace howdah::detail

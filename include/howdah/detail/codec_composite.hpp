// SPDX-License-Identifier: BSL-1.0
//
// Composite values with the struct's type erased: what the compiled core works on. See composite.hpp.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include <howdah/detail/codec_trait.hpp>

namespace howdah::detail {

struct composite_field {
    std::string_view name; ///< of the attribute
    const erased_codec* codec;
};

inline constexpr std::size_t most_attributes = 100;

struct composite_description {
    std::string_view type;     ///< the C++ type, for messages
    std::string_view sql_name; ///< "address" or "app.address"; empty: any composite type
    std::span<const composite_field> fields;
    void (*addresses)(void* value, void** out); ///< writes the address of every field
};

/// True if values that arrive so fit the struct, as far as is known of their type.
bool can_hold_composite(wire from, const composite_description& into) noexcept;
/// Why they do not; empty if they do.
std::string composite_refusal(wire from, const composite_description& into);
void decode_composite(std::string_view bytes, wire from, const composite_description& into, void* value);
/// In binary: the open form, see src/open_form.hpp.
void encode_composite(const composite_description& from, const void* value, format encoding, byte_writer& to);

} // namespace howdah::detail

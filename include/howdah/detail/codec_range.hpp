// SPDX-License-Identifier: BSL-1.0
//
// Ranges and multiranges with their type erased: what the compiled core works on. See range.hpp.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <howdah/detail/codec_trait.hpp>

namespace howdah::detail {

/// What a range is beside the values of its bounds.
struct range_form {
    bool empty = true, lower_inclusive = false, upper_inclusive = false;
    friend bool operator==(const range_form&, const range_form&) = default;
};

/// How the core works on a range<T>.
struct range_shape {
    const erased_codec* bound;
    range_form& (*form)(void* range);
    void (*clear)(void* range);                         ///< makes it empty
    void* (*make_bound)(void* range, bool upper);       ///< creates the bound and returns its address
    const void* (*look)(const void* range, bool upper); ///< null: there is no such bound
};

/// How the core works on a multirange<T>.
struct multirange_shape {
    const range_shape* range;
    void (*clear)(void* multirange);
    void* (*append)(void* multirange);
    std::size_t (*size)(const void* multirange);
    const void* (*at)(const void* multirange, std::size_t index);
};

/// The built-in range type whose bounds are of this type; 0: there is none.
constexpr oid range_over(oid bound) noexcept {
    switch (bound) {
    case oids::int4: return 3904;
    case oids::numeric: return 3906;
    case oids::timestamp: return 3908;
    case oids::timestamptz: return 3910;
    case oids::date: return 3912;
    case oids::int8: return 3926;
    default: return 0;
    }
}
constexpr oid multirange_over(oid bound) noexcept {
    switch (bound) {
    case oids::int4: return 4451;
    case oids::numeric: return 4532;
    case oids::timestamp: return 4533;
    case oids::timestamptz: return 4534;
    case oids::date: return 4535;
    case oids::int8: return 4536;
    default: return 0;
    }
}

/// True if ranges that arrive so may have bounds that the codec reads.
bool can_hold_range(wire from, const erased_codec& bound) noexcept;
bool can_hold_multirange(wire from, const erased_codec& bound) noexcept;
void decode_range(std::string_view bytes, wire from, const range_shape& shape, void* range);
void decode_multirange(std::string_view bytes, wire from, const multirange_shape& shape, void* multirange);
void encode_range(const range_shape& shape, const void* range, format encoding, byte_writer& to);
void encode_multirange(const multirange_shape& shape, const void* multirange, format encoding,
                       byte_writer& to);
[[noreturn]] void refuse_range_end();

} // namespace howdah::detail

// SPDX-License-Identifier: BSL-1.0
//
// The type numbers (OIDs) that PostgreSQL fixes for its built-in types, and the two encodings of a value.
// Source: src/include/catalog/pg_type.dat of PostgreSQL; these numbers never change.
#pragma once

#include <cstdint>
#include <string>

namespace howdah {

/// The number of a type in pg_type. 0 as the type of a parameter: the server infers it.
using oid = std::uint32_t;

/// The two encodings of a value on the wire.
enum class format : std::uint8_t { text = 0, binary = 1 };

/// How the cells of one column arrive.
struct wire {
    oid type = 0;
    format encoding = format::text;
};

namespace oids {
inline constexpr oid inferred = 0, boolean = 16, bytea = 17, character = 18, name = 19, int8 = 20, int2 = 21,
                     int4 = 23, text = 25, oid_type = 26, json = 114, xml = 142, float4 = 700, float8 = 701,
                     unknown = 705, bpchar = 1042, varchar = 1043, date = 1082, time = 1083, timestamp = 1114,
                     timestamptz = 1184, interval = 1186, timetz = 1266, numeric = 1700, uuid = 2950,
                     jsonb = 3802, void_type = 2278;
/// Types from this number on were created by users (enums, composites, extensions).
inline constexpr oid first_user_defined = 16384;
} // namespace oids

/// The array type whose elements are `element`; 0 when it is not a built-in type of howdah.
[[nodiscard]] oid array_of(oid element) noexcept;
/// The element type of the built-in array type `array`; 0 when that is none.
[[nodiscard]] oid element_of(oid array) noexcept;
/// The SQL name of a built-in type ("timestamptz", "integer[]"), or "type with oid N".
[[nodiscard]] std::string type_name(oid type);

} // namespace howdah

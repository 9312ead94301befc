// SPDX-License-Identifier: BSL-1.0
//
// The type numbers (OIDs) that PostgreSQL fixes for its built-in types, and the two encodings of a value.
// Source: src/include/catalog/pg_type.dat of PostgreSQL; these numbers never change.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>

namespace howdah {

/// The number of a type in pg_type. 0 as the type of a parameter: the server infers it.
using oid = std::uint32_t;

/// The two encodings of a value on the wire.
enum class format : std::uint8_t { text = 0, binary = 1 };

struct type_details; // type_details.hpp

/// How the cells of one column arrive.
struct wire {
    oid type = 0;
    format encoding = format::text;
    /// What the server's catalogue says of a type that users created; null: built in, or not known.
    const type_details* details = nullptr;
};

namespace oids {
inline constexpr oid inferred = 0, boolean = 16, bytea = 17, character = 18, name = 19, int8 = 20, int2 = 21,
                     int4 = 23, text = 25, oid_type = 26, xid = 28, cid = 29, json = 114, xml = 142,
                     cidr = 650, float4 = 700, float8 = 701, unknown = 705, macaddr8 = 774, money = 790,
                     macaddr = 829, inet = 869, bpchar = 1042, varchar = 1043, date = 1082, time = 1083,
                     timestamp = 1114, timestamptz = 1184, interval = 1186, timetz = 1266, bit = 1560,
                     varbit = 1562, numeric = 1700, void_type = 2278, uuid = 2950, pg_lsn = 3220,
                     tsvector = 3614, tsquery = 3615, jsonb = 3802, jsonpath = 4072, xid8 = 5069;
/// Types from this number on were created by users (enums, composites, extensions).
inline constexpr oid first_user_defined = 16384;
} // namespace oids

namespace detail {

struct built_in_type {
    oid type, array; ///< array 0: there is none
    const char* name;
};

// src/include/catalog/pg_type.dat, sorted by the element's number. The one place that says which array belongs to which
// element; a test compares it with the catalog of the server.
// clang-format off
inline constexpr built_in_type built_in_types[] = {
    {16, 1000, "boolean"},                {17, 1001, "bytea"},
    {18, 1002, "\"char\""},               {19, 1003, "name"},
    {20, 1016, "bigint"},                 {21, 1005, "smallint"},
    {22, 1006, "int2vector"},             {23, 1007, "integer"},
    {24, 1008, "regproc"},                {25, 1009, "text"},
    {26, 1028, "oid"},                    {27, 1010, "tid"},
    {28, 1011, "xid"},                    {29, 1012, "cid"},
    {30, 1013, "oidvector"},              {114, 199, "json"},
    {142, 143, "xml"},                    {600, 1017, "point"},
    {601, 1018, "lseg"},                  {602, 1019, "path"},
    {603, 1020, "box"},                   {604, 1027, "polygon"},
    {628, 629, "line"},                   {650, 651, "cidr"},
    {700, 1021, "real"},                  {701, 1022, "double precision"},
    {705, 0, "unknown"},                  {718, 719, "circle"},
    {774, 775, "macaddr8"},               {790, 791, "money"},
    {829, 1040, "macaddr"},               {869, 1041, "inet"},
    {1033, 1034, "aclitem"},              {1042, 1014, "character"},
    {1043, 1015, "varchar"},              {1082, 1182, "date"},
    {1083, 1183, "time"},                 {1114, 1115, "timestamp"},
    {1184, 1185, "timestamptz"},          {1186, 1187, "interval"},
    {1266, 1270, "timetz"},               {1560, 1561, "bit"},
    {1562, 1563, "varbit"},               {1700, 1231, "numeric"},
    {1790, 2201, "refcursor"},            {2202, 2207, "regprocedure"},
    {2203, 2208, "regoper"},              {2204, 2209, "regoperator"},
    {2205, 2210, "regclass"},             {2206, 2211, "regtype"},
    {2249, 2287, "record"},               {2275, 1263, "cstring"},
    {2278, 0, "void"},                    {2950, 2951, "uuid"},
    {2970, 2949, "txid_snapshot"},        {3220, 3221, "pg_lsn"},
    {3614, 3643, "tsvector"},             {3615, 3645, "tsquery"},
    {3642, 3644, "gtsvector"},            {3734, 3735, "regconfig"},
    {3769, 3770, "regdictionary"},        {3802, 3807, "jsonb"},
    {3904, 3905, "int4range"},            {3906, 3907, "numrange"},
    {3908, 3909, "tsrange"},              {3910, 3911, "tstzrange"},
    {3912, 3913, "daterange"},            {3926, 3927, "int8range"},
    {4072, 4073, "jsonpath"},             {4089, 4090, "regnamespace"},
    {4096, 4097, "regrole"},              {4191, 4192, "regcollation"},
    {4451, 6150, "int4multirange"},       {4532, 6151, "nummultirange"},
    {4533, 6152, "tsmultirange"},         {4534, 6153, "tstzmultirange"},
    {4535, 6155, "datemultirange"},       {4536, 6157, "int8multirange"},
    {5038, 5039, "pg_snapshot"},          {5069, 271, "xid8"},
};
// clang-format on

} // namespace detail

/// The array type whose elements are `element`; 0 when it is not a built-in type of howdah.
[[nodiscard]] constexpr oid array_of(oid element) noexcept {
    std::size_t from = 0, end = std::size(detail::built_in_types);
    while (from < end) {
        const auto middle = (from + end) / 2;
        if (detail::built_in_types[middle].type < element) from = middle + 1;
        else end = middle;
    }
    return from < std::size(detail::built_in_types) && detail::built_in_types[from].type == element
               ? detail::built_in_types[from].array
               : 0;
}
/// The element type of the built-in array type `array`; 0 when that is none.
[[nodiscard]] oid element_of(oid array) noexcept;
/// The SQL name of a built-in type ("timestamptz", "integer[]"), or "type with oid N".
[[nodiscard]] std::string type_name(oid type);

} // namespace howdah

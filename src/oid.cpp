// SPDX-License-Identifier: BSL-1.0
#include <howdah/oid.hpp>

#include <algorithm>
#include <iterator>
#include <string_view>

namespace howdah {

namespace {

struct built_in {
    oid type, array;
    std::string_view name;
};

// src/include/catalog/pg_type.dat, sorted by the element's number.
// clang-format off
constexpr built_in built_ins[] = {
    {16, 1000, "boolean"},             {17, 1001, "bytea"},               {18, 1002, "\"char\""},
    {19, 1003, "name"},                {20, 1016, "bigint"},              {21, 1005, "smallint"},
    {23, 1007, "integer"},             {25, 1009, "text"},                {26, 1028, "oid"},
    {114, 199, "json"},                {142, 143, "xml"},                 {600, 1017, "point"},
    {601, 1018, "lseg"},               {602, 1019, "path"},               {603, 1020, "box"},
    {604, 1027, "polygon"},            {628, 629, "line"},                {650, 651, "cidr"},
    {700, 1021, "real"},               {701, 1022, "double precision"},   {705, 0, "unknown"},
    {718, 719, "circle"},              {774, 775, "macaddr8"},            {790, 791, "money"},
    {829, 1040, "macaddr"},            {869, 1041, "inet"},               {1042, 1014, "character"},
    {1043, 1015, "varchar"},           {1082, 1182, "date"},              {1083, 1183, "time"},
    {1114, 1115, "timestamp"},         {1184, 1185, "timestamptz"},       {1186, 1187, "interval"},
    {1266, 1270, "timetz"},            {1560, 1561, "bit"},               {1562, 1563, "varbit"},
    {1700, 1231, "numeric"},           {2205, 2210, "regclass"},          {2249, 2287, "record"},
    {2278, 0, "void"},                 {2950, 2951, "uuid"},              {3220, 3221, "pg_lsn"},
    {3614, 3643, "tsvector"},          {3615, 3645, "tsquery"},           {3802, 3807, "jsonb"},
    {3904, 3905, "int4range"},         {3906, 3907, "numrange"},          {3908, 3909, "tsrange"},
    {3910, 3911, "tstzrange"},         {3912, 3913, "daterange"},         {3926, 3927, "int8range"},
    {4072, 4073, "jsonpath"},
};
// clang-format on
static_assert(std::ranges::is_sorted(built_ins, {}, &built_in::type));

const built_in* find(oid type) noexcept {
    const auto* found = std::ranges::lower_bound(built_ins, type, {}, &built_in::type);
    return found != std::end(built_ins) && found->type == type ? found : nullptr;
}

const built_in* find_by_array(oid array) noexcept {
    if (array == 0) return nullptr;
    const auto* found = std::ranges::find(built_ins, array, &built_in::array);
    return found != std::end(built_ins) ? found : nullptr;
}

} // namespace

oid array_of(oid element) noexcept {
    const auto* known = find(element);
    return known ? known->array : 0;
}

oid element_of(oid array) noexcept {
    const auto* known = find_by_array(array);
    return known ? known->type : 0;
}

std::string type_name(oid type) {
    if (const auto* known = find(type)) return std::string(known->name);
    if (const auto* known = find_by_array(type)) return std::string(known->name) + "[]";
    return "type with oid " + std::to_string(type);
}

} // namespace howdah

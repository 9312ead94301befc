// SPDX-License-Identifier: BSL-1.0
#include <doctest/doctest.h>

#include <string>

#include <howdah/oid.hpp>

using namespace howdah;

TEST_CASE("array types and element types name each other") {
    unsigned known = 0;
    for (oid element = 1; element < oids::first_user_defined; ++element) {
        const oid array = array_of(element);
        if (array == 0) continue;
        ++known;
        if (element_of(array) != element) FAIL_CHECK("element " << element << ", array " << array);
        if (type_name(array) != type_name(element) + "[]") FAIL_CHECK(type_name(array));
    }
    CHECK(known >= 40);
}

TEST_CASE("the arrays of the types with codecs are those of pg_type") {
    CHECK(array_of(oids::boolean) == 1000);
    CHECK(array_of(oids::bytea) == 1001);
    CHECK(array_of(oids::int2) == 1005);
    CHECK(array_of(oids::int4) == 1007);
    CHECK(array_of(oids::text) == 1009);
    CHECK(array_of(oids::varchar) == 1015);
    CHECK(array_of(oids::int8) == 1016);
    CHECK(array_of(oids::float4) == 1021);
    CHECK(array_of(oids::float8) == 1022);
    CHECK(array_of(oids::timestamp) == 1115);
    CHECK(array_of(oids::date) == 1182);
    CHECK(array_of(oids::timestamptz) == 1185);
    CHECK(array_of(oids::numeric) == 1231);
    CHECK(array_of(oids::uuid) == 2951);
    CHECK(array_of(oids::json) == 199);
    CHECK(array_of(oids::jsonb) == 3807);
}

TEST_CASE("the array of a type is known when compiling") {
    static_assert(array_of(oids::interval) == 1187);
    static_assert(array_of(oids::pg_lsn) == 3221);
    static_assert(array_of(oids::xid8) == 271);
    static_assert(array_of(oids::void_type) == 0);
}

TEST_CASE("what is no built-in array has no element, and pseudo types have no array") {
    CHECK(element_of(0) == 0);
    CHECK(element_of(oids::int4) == 0);
    CHECK(element_of(oids::first_user_defined) == 0);
    CHECK(array_of(0) == 0);
    CHECK(array_of(oids::unknown) == 0);
    CHECK(array_of(oids::void_type) == 0);
    CHECK(array_of(oids::first_user_defined) == 0);
}

TEST_CASE("types have the names that SQL gives them") {
    CHECK(type_name(oids::timestamptz) == "timestamptz");
    CHECK(type_name(oids::int4) == "integer");
    CHECK(type_name(1007) == "integer[]");
    CHECK(type_name(oids::float8) == "double precision");
    CHECK(type_name(16400) == "type with oid 16400");
}

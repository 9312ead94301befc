// SPDX-License-Identifier: BSL-1.0
#include <doctest/doctest.h>

#include <howdah/hstore.hpp>

#include "codec_damage.hpp"

using namespace howdah;
using namespace howdah::tests;

namespace {

constexpr oid extension = 16'400; // any number of a type that is not built in

std::size_t refused_at(std::string_view text) {
    try {
        (void)parse_hstore(text);
    } catch (const decode_error& failure) {
        return failure.offset();
    }
    FAIL_CHECK("accepted " << text);
    return 0;
}

} // namespace

TEST_CASE("an hstore is read and written as the server prints it") {
    const hstore value{{{"a", "1"}, {"b", std::nullopt}, {"c\"\\", ""}, {"", "NULL"}}};
    CHECK(format_hstore(value) == R"(""=>"NULL", "a"=>"1", "b"=>NULL, "c\"\\"=>"")");
    CHECK(parse_hstore(format_hstore(value)) == value);
    CHECK(parse_hstore(R"("b"=>NULL, "a"=>"1")").pairs.at("a") == "1");
    CHECK(parse_hstore("").pairs.empty());
    for (const auto encoding : {format::text, format::binary})
        CHECK(decoded<hstore>({extension, encoding}, encoded(value, encoding)) == value);
    CHECK(encoded(hstore{{{"k", std::nullopt}}}, format::binary) ==
          bytes("\0\0\0\1\0\0\0\1k\xFF\xFF\xFF\xFF"));
}

TEST_CASE("an hstore goes as text, and is read from types that are not built in") {
    CHECK(codec<hstore>::parameter_type == oids::inferred);
    CHECK(codec<std::vector<hstore>>::parameter_format == format::text);
    CHECK(can_read(codec_for<hstore>, {extension, format::binary}));
    for (const oid other : {oids::text, oids::json, oids::jsonb, oids::bytea})
        CHECK_FALSE(can_read(codec_for<hstore>, {other, format::text}));
}

TEST_CASE("a text that is no hstore is refused at the first bad byte") {
    CHECK(refused_at("a=>1") == 0);
    CHECK(refused_at("\"a\"") == 3);
    CHECK(refused_at("\"a\"=>") == 5);
    CHECK(refused_at("\"a\"=>null") == 5);
    CHECK(refused_at("\"a\"=>\"1") == 7);
    CHECK(refused_at("\"a\"=>\"1\\") == 8);
    CHECK(refused_at("\"a\"=>\"1\",") == 8);
    CHECK(refused_at("\"a\"=>\"1\", ") == 10);
    CHECK(refused_at("\"a\"=>\"1\", \"a\"=>\"2\"") == 10);
    CHECK(refused_at("\"a\"=>NULLx") == 9);
    CHECK(refused_at(" ") == 0);
}

TEST_CASE("binary cells that are no hstore are refused, and counts reserve nothing") {
    refuses_prefixes(extension, hstore{{{"key", "value"}, {"other", std::nullopt}}});
    for (const auto& cell :
         {bytes("\x7F\xFF\xFF\xFF"), bytes("\xFF\xFF\xFF\xFF"),
          bytes("\0\0\0\1\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"), bytes("\0\0\0\1\0\0\0\0\xFF\xFF\xFF\xFE"),
          bytes("\0\0\0\1\x7F\xFF\xFF\xFF\0\0\0\0"), bytes("\0\0\0\1\0\0\0\1\xFF\xFF\xFF\xFF\xFF"),
          bytes("\0\0\0\1\0\0\0\1\0\xFF\xFF\xFF\xFF"),
          bytes("\0\0\0\2\0\0\0\1k\xFF\xFF\xFF\xFF\0\0\0\1k\xFF\xFF\xFF\xFF")})
        CHECK_FALSE(survives<hstore>({extension, format::binary}, cell));
    CHECK(survives<hstore>({extension, format::binary}, bytes("\0\0\0\0")));
    CHECK_FALSE(survives<hstore>({extension, format::binary}, "happy")); // the label of an enum
}

TEST_CASE("texts that PostgreSQL cannot hold are not sent in an hstore") {
    for (const auto encoding : {format::text, format::binary}) {
        CHECK_THROWS_AS(encoded(hstore{{{bytes("a\0"), "1"}}}, encoding), usage_error);
        CHECK_THROWS_AS(encoded(hstore{{{"a", "\xFF"}}}, encoding), usage_error);
    }
}

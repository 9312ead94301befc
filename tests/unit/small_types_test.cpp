// SPDX-License-Identifier: BSL-1.0
//
// Types whose codecs are a few lines: macaddr, bit strings, log positions, "char", typed texts, void.
#include <doctest/doctest.h>

#include <howdah/bit_string.hpp>
#include <howdah/internal_char.hpp>
#include <howdah/jsonpath.hpp>
#include <howdah/macaddr.hpp>
#include <howdah/pg_lsn.hpp>
#include <howdah/text_search.hpp>
#include <howdah/void_result.hpp>
#include <howdah/xml.hpp>

#include "codec_damage.hpp"

using namespace howdah;
using namespace howdah::tests;

namespace {

template <class Parse> std::size_t refused_at(Parse parse, std::string_view text) {
    try {
        (void)parse(text);
    } catch (const decode_error& failure) {
        return failure.offset();
    }
    FAIL_CHECK("accepted " << text);
    return 0;
}

} // namespace

TEST_CASE("a hardware address is six or eight bytes with colons") {
    const macaddr address{{0x08, 0x00, 0x2b, 0x01, 0x02, 0xff}};
    CHECK(address.text() == "08:00:2b:01:02:ff");
    CHECK(macaddr::parse("08:00:2B:01:02:FF") == address);
    CHECK(encoded(address, format::binary) == bytes("\x08\0\x2b\1\2\xff"));
    CHECK(macaddr8::parse("08:00:2b:ff:fe:01:02:03").text() == "08:00:2b:ff:fe:01:02:03");
    CHECK(refused_at(macaddr::parse, "08:00:2b:01:02") == 14);
    CHECK(refused_at(macaddr::parse, "08:00:2b:01:02:0g") == 16);
    CHECK(refused_at(macaddr::parse, "08-00-2b-01-02-03") == 2);
    CHECK(refused_at(macaddr::parse, "08:00:2b:01:02:03:04") == 17);
    CHECK(refused_at(macaddr8::parse, "08:00:2b:01:02:03") == 17);
    refuses_prefixes(oids::macaddr, address);
    refuses_prefixes(oids::macaddr8, macaddr8{});
    CHECK_FALSE(can_read(codec_for<macaddr8>, {oids::macaddr, format::binary}));
}

TEST_CASE("a bit string keeps its length, and its bits are counted from the left") {
    auto bits = bit_string::parse("101100001");
    CHECK(bits.size() == 9);
    CHECK(bits.test(0));
    CHECK_FALSE(bits.test(1));
    CHECK(bits.test(8));
    CHECK(encoded(bits, format::binary) == bytes("\0\0\0\x09\xB0\x80"));
    CHECK(from_binary<bit_string>(oids::bit, bytes("\0\0\0\x09\xB0\x80")) == bits);
    bits.set(0, false);
    bits.push_back(true);
    CHECK(bits.text() == "0011000011");
    CHECK(bit_string(3).text() == "000");
    CHECK(bit_string::parse("0") != bit_string::parse("00"));
    CHECK(bit_string::parse("").empty());
    CHECK(from_text<bit_string>(oids::varbit, "").empty());
    CHECK_THROWS_AS((void)bits.test(10), usage_error);
    CHECK_THROWS_AS(bits.set(10, true), usage_error);
    CHECK_THROWS_AS(bit_string(bit_string::max_size + 1), usage_error);
    CHECK(refused_at(bit_string::parse, "0120") == 2);
    CHECK(codec<bit_string>::parameter_type == oids::varbit);
}

TEST_CASE("binary bit strings that no server sends are refused") {
    refuses_prefixes(oids::varbit, bit_string::parse("101100001"));
    for (const auto& cell : {bytes("\xFF\xFF\xFF\xFF"), bytes("\x7F\xFF\xFF\xFF\0"), bytes("\0\0\0\1"),
                             bytes("\0\0\0\1\x40"), bytes("\0\0\0\x08\1\1")})
        CHECK_THROWS_AS(from_binary<bit_string>(oids::varbit, cell), decode_error);
}

TEST_CASE("a log position is two hexadecimal halves") {
    const pg_lsn place{0x16'B374D848};
    CHECK(place.text() == "16/B374D848");
    CHECK(pg_lsn::parse("16/b374d848") == place);
    CHECK(pg_lsn{}.text() == "0/0");
    CHECK(pg_lsn{UINT64_MAX}.text() == "FFFFFFFF/FFFFFFFF");
    CHECK(pg_lsn{0x1'00000002}.text() == "1/2");
    CHECK(encoded(place, format::binary) == bytes("\0\0\0\x16\xB3\x74\xD8\x48"));
    CHECK(refused_at(pg_lsn::parse, "16") == 2);
    CHECK(refused_at(pg_lsn::parse, "/1") == 0);
    CHECK(refused_at(pg_lsn::parse, "1/") == 2);
    CHECK(refused_at(pg_lsn::parse, "123456789/1") == 8);
    CHECK(refused_at(pg_lsn::parse, "1/123456789") == 10);
    refuses_prefixes(oids::pg_lsn, place);
}

TEST_CASE("a \"char\" is one byte, in text empty for NUL") {
    CHECK(from_binary<internal_char>(oids::character, "r").value == 'r');
    CHECK(from_text<internal_char>(oids::character, "").value == '\0');
    CHECK(from_text<internal_char>(oids::character, "\\").value == '\\');
    CHECK(from_text<internal_char>(oids::character, "\\377").value == '\xFF');
    CHECK(from_text<internal_char>(oids::character, "\xFF").value == '\xFF');
    CHECK(encoded(internal_char{}, format::text).empty());
    CHECK(encoded(internal_char{'\xFF'}, format::binary) == "\xFF");
    CHECK_THROWS_AS(encoded(internal_char{'\xFF'}, format::text), usage_error);
    for (const auto* text : {"ab", "\\400", "\\38", "\\3780"})
        CHECK_THROWS_AS(from_text<internal_char>(oids::character, text), decode_error);
    refuses_prefixes(oids::character, internal_char{'r'});
    CHECK_FALSE(can_read(codec_for<internal_char>, {oids::bpchar, format::text}));
}

TEST_CASE("typed texts go with the type that they are of") {
    CHECK(codec<xml>::parameter_type == oids::xml);
    CHECK(codec<std::vector<xml>>::parameter_type == 143);
    CHECK(codec<std::vector<xml>>::parameter_format == format::binary);
    CHECK(codec<std::vector<tsvector>>::parameter_type == 3643);
    CHECK(codec<std::vector<tsvector>>::parameter_format == format::text);
    CHECK(from_binary<xml>(oids::xml, "<a/>").text() == "<a/>");
    CHECK(encoded(jsonpath("$.a"), format::binary) == "\1$.a");
    CHECK(from_binary<jsonpath>(oids::jsonpath, "\1$.a") == jsonpath("$.a"));
    CHECK_THROWS_AS(from_binary<jsonpath>(oids::jsonpath, "\2$.a"), decode_error);
    CHECK_THROWS_AS(from_binary<jsonpath>(oids::jsonpath, ""), decode_error);
    CHECK(from_text<tsquery>(oids::tsquery, "'a' & 'b'").text() == "'a' & 'b'");
    CHECK_FALSE(can_read(codec_for<tsvector>, {oids::tsvector, format::binary}));
    CHECK_THROWS_AS(encoded(tsvector("'a'"), format::binary), usage_error);
    CHECK_THROWS_AS(encoded(xml("\xFF"), format::text), usage_error);
    CHECK_FALSE(can_read(codec_for<xml>, {oids::text, format::text}));
}

TEST_CASE("void is read into std::monostate, and money into nothing") {
    CHECK(from_text<std::monostate>(oids::void_type, "") == std::monostate());
    CHECK(from_binary<std::monostate>(oids::void_type, "") == std::monostate());
    CHECK_THROWS_AS(from_text<std::monostate>(oids::void_type, "x"), decode_error);
    CHECK_FALSE(can_read(codec_for<std::monostate>, {oids::text, format::text}));
    static_assert(!bindable<std::monostate>);
    for (const oid type : {oids::money, array_of(oids::money)}) {
        const auto refusal = failure_of<std::string>({type, format::text}, "$1.00");
        CHECK(refusal.reason().find("cast it to numeric") != std::string::npos);
    }
    CHECK(failure_of<std::vector<std::string>>({791, format::text}, "{}").reason().find("numeric") !=
          std::string::npos);
}

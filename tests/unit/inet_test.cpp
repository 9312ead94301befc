// SPDX-License-Identifier: BSL-1.0
#include <doctest/doctest.h>

#include <howdah/inet.hpp>

#include "codec_damage.hpp"

using namespace howdah;
using namespace howdah::tests;

namespace {

std::size_t refused_at(std::string_view text) {
    try {
        (void)inet::parse(text);
    } catch (const decode_error& failure) {
        CHECK(failure.value() == text);
        return failure.offset();
    }
    FAIL_CHECK("accepted " << text);
    return 0;
}

} // namespace

TEST_CASE("addresses are read and written as the server prints them") {
    for (const auto* text : {"0.0.0.0",
                             "192.168.0.7",
                             "255.255.255.255",
                             "10.1.2.3/8",
                             "10.1.2.3/0",
                             "::",
                             "::1",
                             "::/0",
                             "::1/64",
                             "2001:db8::7",
                             "2001:db8::7/32",
                             "1:2:3:4:5:6:7:8",
                             "1:0:3:4:5:6:7:8",
                             "1::4:5:6:7:8",
                             "1:0:0:4::8",
                             "1::4:0:0:8",
                             "fe80::",
                             "::ffff:10.1.2.3",
                             "::10.1.2.3",
                             "::2",
                             "::ffff:0:1.2.3.4",
                             "1:2:3:4:5:6:0:0",
                             "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/127"}) {
        CAPTURE(text);
        const auto address = inet::parse(text);
        if (std::string_view(text) == "1:2:3:4:5:6:0:0") CHECK(address.text() == "1:2:3:4:5:6::");
        else if (std::string_view(text) == "::ffff:0:1.2.3.4") CHECK(address.text() == "::ffff:0:102:304");
        else CHECK(address.text() == text);
        for (const auto encoding : {format::text, format::binary})
            CHECK(decoded<inet>({oids::inet, encoding}, encoded(address, encoding)) == address);
    }
    CHECK(inet::parse("FE80::A") == inet::parse("fe80::a"));
    CHECK(inet::parse("0001:0002::") == inet::parse("1:2::"));
    CHECK(inet() == inet::parse("0.0.0.0"));
}

TEST_CASE("an address has a family, bytes in the order of its text, and a prefix") {
    const auto v4 = inet::parse("10.1.2.3/8"), v6 = inet::parse("2001:db8::7");
    CHECK(v4.family() == address_family::ipv4);
    CHECK(v4.bytes().size() == 4);
    CHECK(v4.bytes()[1] == 1);
    CHECK(v4.prefix_length() == 8);
    CHECK_FALSE(v4.is_host());
    CHECK(v6.is_host());
    CHECK(v6.bytes().size() == 16);
    CHECK(v6.bytes()[15] == 7);
    CHECK(v4.with_prefix(32).text() == "10.1.2.3");
    CHECK(inet::v4({127, 0, 0, 1}).text() == "127.0.0.1");
    CHECK(inet::v4({0, 0, 0, 0}, 0) != inet::v6({}, 0));
    CHECK_THROWS_AS((void)inet::v4({}, 33), usage_error);
    CHECK_THROWS_AS((void)inet::v6({}, 129), usage_error);
    CHECK_THROWS_AS((void)v4.with_prefix(33), usage_error);
}

TEST_CASE("a text that is no address is refused at the first bad byte") {
    CHECK(refused_at("") == 0);
    CHECK(refused_at("1.2.3") == 5);
    CHECK(refused_at("1.2.3.4.5") == 7);
    CHECK(refused_at("256.1.1.1") == 0);
    CHECK(refused_at("1.2.3.04") == 6);
    CHECK(refused_at("1.2.3.4/") == 8);
    CHECK(refused_at("1.2.3.4/33") == 8);
    CHECK(refused_at("1.2.3.4/08") == 8);
    CHECK(refused_at(" 1.2.3.4") == 0);
    CHECK(refused_at("1.2.3.4 ") == 7);
    CHECK(refused_at("localhost") == 0);
    CHECK(refused_at(":") == 0);
    CHECK(refused_at(":1") == 0);
    CHECK(refused_at("1:") == 2);
    CHECK(refused_at("1:2:3:4:5:6:7") == 13);
    CHECK(refused_at("1:2:3:4:5:6:7:8:9") == 15);
    CHECK(refused_at("1:2:3:4:5:6:7:") == 14);
    CHECK(refused_at("1::2::3") == 6);
    CHECK(refused_at(":::") == 2);
    CHECK(refused_at("12345::") == 4);
    CHECK(refused_at("::g") == 2);
    CHECK(refused_at("::1/129") == 4);
    CHECK(refused_at("1:2:3:4:5:6:7:1.2.3.4") == 14);
    CHECK(refused_at("::1.2.3") == 7);
    CHECK(refused_at("::1.2.3.4:5") == 9);
    CHECK(refused_at("fe80::1%eth0") == 7);
}

TEST_CASE("a network has no bits to the right of its prefix") {
    const auto network = cidr::parse("192.168.0.0/24");
    CHECK(network.text() == "192.168.0.0/24");
    CHECK(cidr::parse("10.1.2.3").text() == "10.1.2.3/32");
    CHECK(cidr::parse("::/0").text() == "::/0");
    CHECK_THROWS_AS((void)cidr::parse("192.168.0.1/24"), decode_error);
    CHECK_THROWS_AS(cidr(inet::parse("192.168.0.1/31")), usage_error);
    CHECK(cidr::network_of(inet::parse("192.168.0.7/24")) == network);
    CHECK(cidr::network_of(inet::parse("255.255.255.255/31")).text() == "255.255.255.254/31");
    CHECK(cidr::network_of(inet::parse("ffff:ffff::/17")).text() == "ffff:8000::/17");
    CHECK(network.contains(inet::parse("192.168.0.255")));
    CHECK(network.contains(network.address()));
    CHECK_FALSE(network.contains(inet::parse("192.168.1.0")));
    CHECK_FALSE(network.contains(inet::parse("192.168.0.0/23")));
    CHECK_FALSE(network.contains(inet::parse("::1")));
}

TEST_CASE("binary addresses that no server sends are refused") {
    const auto good = bytes("\2\x20\0\4\1\2\3\4");
    CHECK(from_binary<inet>(oids::inet, good).text() == "1.2.3.4");
    CHECK(encoded(inet::parse("1.2.3.4"), format::binary) == good);
    CHECK(encoded(cidr::parse("1.2.3.4"), format::binary) == bytes("\2\x20\1\4\1\2\3\4"));
    for (const auto& cell :
         {bytes("\1\x20\0\4\1\2\3\4"), bytes("\2\x21\0\4\1\2\3\4"), bytes("\2\x20\2\4\1\2\3\4"),
          bytes("\2\x20\0\5\1\2\3\4\5"), bytes("\3\x20\0\4\1\2\3\4"),
          bytes("\2\x20\0\x10\1\2\3\4\1\2\3\4\1\2\3\4\1\2\3\4")})
        CHECK_THROWS_AS(from_binary<inet>(oids::inet, cell), decode_error);
    CHECK_THROWS_AS(from_binary<cidr>(oids::cidr, bytes("\2\x18\1\4\1\2\3\4")), decode_error);
    refuses_prefixes(oids::inet, inet::parse("1.2.3.4/5"));
    refuses_prefixes(oids::inet, inet::parse("1::2"));
    refuses_prefixes(oids::cidr, cidr::parse("1::2"));
    CHECK(from_text<inet>(oids::cidr, "10.0.0.0/8").text() == "10.0.0.0/8");
    CHECK_FALSE(can_read(codec_for<cidr>, {oids::inet, format::binary}));
}

// SPDX-License-Identifier: BSL-1.0
//
// macaddr and macaddr8: in binary their bytes and nothing else.
#include <howdah/macaddr.hpp>

#include <algorithm>

#include "codec_support.hpp"
#include "text_cursor.hpp"

namespace howdah {

namespace {

constexpr std::string_view digits = "0123456789abcdef", capitals = "ABCDEF";

unsigned read_digit(detail::text_cursor& in) {
    for (unsigned i = 0; i < digits.size(); ++i)
        if (in.take(digits[i]) || (i >= 10 && in.take(capitals[i - 10]))) return i;
    in.fail("expected a hexadecimal digit of a hardware address");
}

template <class Address> Address parse_address(std::string_view text) {
    detail::text_cursor in(text);
    Address out;
    for (auto& byte : out.bytes) {
        if (in.at() > 0) in.expect(':', "expected the ':' between the bytes of a hardware address");
        const auto high = read_digit(in);
        byte = static_cast<std::uint8_t>(high * 16 + read_digit(in));
    }
    if (!in.done()) in.fail("something follows the end of the hardware address");
    return out;
}

template <class Address> std::string format_address(const Address& address) {
    std::string out;
    for (const unsigned byte : address.bytes) {
        if (!out.empty()) out += ':';
        out += digits[byte >> 4];
        out += digits[byte & 15];
    }
    return out;
}

template <class Address> void decode_binary(std::string_view bytes, wire from, void* value) {
    auto& out = static_cast<Address*>(value)->bytes;
    const auto read = detail::exactly(out.size(), bytes, from.type).bytes(out.size());
    std::copy(read.begin(), read.end(), out.begin());
}

template <class Address> void decode_text(std::string_view text, wire, void* value) {
    *static_cast<Address*>(value) = Address::parse(text);
}

template <class Address> void encode_address(const Address& value, format encoding, byte_writer& to) {
    if (encoding == format::text) return to.write(value.text());
    for (const auto byte : value.bytes) to.write(byte);
}

} // namespace

macaddr macaddr::parse(std::string_view text) {
    return parse_address<macaddr>(text);
}
macaddr8 macaddr8::parse(std::string_view text) {
    return parse_address<macaddr8>(text);
}
std::string macaddr::text() const {
    return format_address(*this);
}
std::string macaddr8::text() const {
    return format_address(*this);
}

namespace detail {

using macaddr_codec = compiled_codec<macaddr, oids::macaddr>;
using macaddr8_codec = compiled_codec<macaddr8, oids::macaddr8>;

template <> std::string macaddr_codec::name() {
    return "howdah::macaddr";
}
template <> decode_function macaddr_codec::decoder(wire from) noexcept {
    return only_from(oids::macaddr, from, decode_binary<macaddr>, decode_text<macaddr>);
}
template <> void macaddr_codec::encode(const macaddr& value, format encoding, byte_writer& to) {
    encode_address(value, encoding, to);
}

template <> std::string macaddr8_codec::name() {
    return "howdah::macaddr8";
}
template <> decode_function macaddr8_codec::decoder(wire from) noexcept {
    return only_from(oids::macaddr8, from, decode_binary<macaddr8>, decode_text<macaddr8>);
}
template <> void macaddr8_codec::encode(const macaddr8& value, format encoding, byte_writer& to) {
    encode_address(value, encoding, to);
}

} // namespace detail

} // namespace howdah

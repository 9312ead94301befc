// SPDX-License-Identifier: BSL-1.0
//
// inet and cidr. Source of the binary form: network_send() in src/backend/utils/adt/network.c of PostgreSQL.
#include <howdah/inet.hpp>

#include <algorithm>

#include "codec_support.hpp"

namespace howdah {

namespace {

bool sets_host_bits(const inet& address) noexcept {
    return cidr::network_of(address).address() != address;
}

constexpr std::uint8_t wire_v4 = 2, wire_v6 = 3; // PGSQL_AF_INET, PGSQL_AF_INET6

[[noreturn]] void refuse(const char* what, std::size_t offset) {
    throw decode_error(std::string("not a binary inet or cidr: ") + what, {}, offset);
}

inet read_binary(std::string_view cell) {
    byte_reader in(cell);
    const auto family = in.read<std::uint8_t>(), prefix = in.read<std::uint8_t>(),
               is_cidr = in.read<std::uint8_t>(), size = in.read<std::uint8_t>();
    if (!in.ok()) refuse("less than four bytes", cell.size());
    if (family != wire_v4 && family != wire_v6) refuse("unknown family", 0);
    const bool v4 = family == wire_v4;
    if (prefix > (v4 ? 32 : 128)) refuse("a prefix longer than the address", 1);
    if (is_cidr > 1) refuse("unknown kind", 2);
    if (size != (v4 ? 4 : 16) || in.left() != size)
        refuse("an address of another size than its family has", 3);
    const auto read = in.bytes(size);
    if (v4) {
        std::array<std::uint8_t, 4> bytes{};
        std::copy(read.begin(), read.end(), bytes.begin());
        return inet::v4(bytes, prefix);
    }
    std::array<std::uint8_t, 16> bytes{};
    std::copy(read.begin(), read.end(), bytes.begin());
    return inet::v6(bytes, prefix);
}

void write_binary(const inet& address, bool is_cidr, byte_writer& to) {
    to.write(address.family() == address_family::ipv4 ? wire_v4 : wire_v6);
    to.write(static_cast<std::uint8_t>(address.prefix_length()));
    to.write(static_cast<std::uint8_t>(is_cidr));
    to.write(static_cast<std::uint8_t>(address.bytes().size()));
    for (const auto byte : address.bytes()) to.write(byte);
}

cidr checked(const inet& address) {
    if (sets_host_bits(address))
        throw decode_error("a network with bits to the right of its prefix", address.text());
    return cidr(address);
}

void decode_inet(std::string_view bytes, wire, void* value) {
    *static_cast<inet*>(value) = read_binary(bytes);
}
void decode_inet_text(std::string_view text, wire, void* value) {
    *static_cast<inet*>(value) = inet::parse(text);
}
void decode_cidr(std::string_view bytes, wire, void* value) {
    *static_cast<cidr*>(value) = checked(read_binary(bytes));
}
void decode_cidr_text(std::string_view text, wire, void* value) {
    *static_cast<cidr*>(value) = cidr::parse(text);
}

} // namespace

inet inet::v4(const std::array<std::uint8_t, 4>& bytes, unsigned prefix_length) {
    if (prefix_length > 32) throw usage_error("the prefix of an IPv4 address has 32 bits at most");
    inet out;
    std::copy(bytes.begin(), bytes.end(), out.bytes_.begin());
    out.prefix_ = static_cast<std::uint8_t>(prefix_length);
    return out;
}

inet inet::v6(const std::array<std::uint8_t, 16>& bytes, unsigned prefix_length) {
    if (prefix_length > 128) throw usage_error("the prefix of an IPv6 address has 128 bits at most");
    inet out;
    out.bytes_ = bytes;
    out.family_ = address_family::ipv6;
    out.prefix_ = static_cast<std::uint8_t>(prefix_length);
    return out;
}

inet inet::with_prefix(unsigned length) const {
    if (length > 8 * bytes().size()) throw usage_error("a prefix longer than the address");
    inet out = *this;
    out.prefix_ = static_cast<std::uint8_t>(length);
    return out;
}

cidr::cidr(const inet& network) : network_(network) {
    if (sets_host_bits(network)) throw usage_error("a howdah::cidr has no bits to the right of its prefix");
}

cidr cidr::network_of(const inet& address) noexcept {
    std::array<std::uint8_t, 16> bytes{};
    std::copy(address.bytes().begin(), address.bytes().end(), bytes.begin());
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const auto kept =
            std::clamp(static_cast<int>(address.prefix_length()) - static_cast<int>(8 * i), 0, 8);
        bytes[i] = static_cast<std::uint8_t>(bytes[i] & (0xFF00u >> kept));
    }
    cidr out;
    if (address.family() == address_family::ipv6) out.network_ = inet::v6(bytes, address.prefix_length());
    else out.network_ = inet::v4({bytes[0], bytes[1], bytes[2], bytes[3]}, address.prefix_length());
    return out;
}

cidr cidr::parse(std::string_view text) {
    return checked(inet::parse(text));
}

bool cidr::contains(const inet& address) const noexcept {
    if (address.family() != network_.family() || address.prefix_length() < network_.prefix_length())
        return false;
    return network_of(address.with_prefix(network_.prefix_length())) == *this;
}

namespace detail {

using inet_codec = compiled_codec<inet, oids::inet>;
using cidr_codec = compiled_codec<cidr, oids::cidr>;

template <> std::string inet_codec::name() {
    return "howdah::inet";
}
template <> decode_function inet_codec::decoder(wire from) noexcept {
    if (from.type == oids::cidr) return from.encoding == format::binary ? decode_inet : decode_inet_text;
    return only_from(oids::inet, from, decode_inet, decode_inet_text);
}
template <> void inet_codec::encode(const inet& value, format encoding, byte_writer& to) {
    if (encoding == format::binary) write_binary(value, false, to);
    else to.write(value.text());
}

template <> std::string cidr_codec::name() {
    return "howdah::cidr";
}
template <> decode_function cidr_codec::decoder(wire from) noexcept {
    return only_from(oids::cidr, from, decode_cidr, decode_cidr_text);
}
template <> void cidr_codec::encode(const cidr& value, format encoding, byte_writer& to) {
    if (encoding == format::binary) write_binary(value.address(), true, to);
    else to.write(value.text());
}

} // namespace detail

} // namespace howdah

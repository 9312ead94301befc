// SPDX-License-Identifier: BSL-1.0
//
// inet and cidr: addresses of IPv4 and IPv6 with the length of their network prefix.
//
//     auto host = howdah::inet::parse("192.168.0.7/24");
//     howdah::cidr::network_of(host).text();                     // "192.168.0.0/24"
//
// All functions are thread safe. Source: PostgreSQL manual, section 8.9.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <howdah/codec.hpp>

namespace howdah {

enum class address_family : std::uint8_t { ipv4, ipv6 };

/// An address, and how many of its bits name the network. The default value is 0.0.0.0.
class inet {
public:
    constexpr inet() noexcept = default;
    /// From the bytes in the order in which they are written. Throws usage_error for a prefix of more than 32 or
    /// 128 bits.
    [[nodiscard]] static inet v4(const std::array<std::uint8_t, 4>& bytes, unsigned prefix_length = 32);
    [[nodiscard]] static inet v6(const std::array<std::uint8_t, 16>& bytes, unsigned prefix_length = 128);
    /// Parses "10.1.2.3", "10.1.2.3/8", "2001:db8::7", "::ffff:10.1.2.3/120". Throws decode_error with the offset.
    [[nodiscard]] static inet parse(std::string_view text);

    [[nodiscard]] constexpr address_family family() const noexcept { return family_; }
    [[nodiscard]] constexpr unsigned prefix_length() const noexcept { return prefix_; }
    /// Four bytes or sixteen. Lives as long as this object.
    [[nodiscard]] constexpr std::span<const std::uint8_t> bytes() const noexcept {
        return {bytes_.data(), family_ == address_family::ipv4 ? std::size_t{4} : std::size_t{16}};
    }
    /// The same address with another prefix. Throws usage_error if the address is not so long.
    [[nodiscard]] inet with_prefix(unsigned length) const;
    /// True if the prefix is the whole address.
    [[nodiscard]] constexpr bool is_host() const noexcept { return prefix_ == 8 * bytes().size(); }
    /// As the server prints it: the prefix is left out where it is the whole address.
    [[nodiscard]] std::string text() const;

    friend constexpr bool operator==(const inet&, const inet&) noexcept = default;

private:
    std::array<std::uint8_t, 16> bytes_{};
    address_family family_ = address_family::ipv4;
    std::uint8_t prefix_ = 32;
};

/// A network: an address without bits to the right of its prefix. The default value is 0.0.0.0/32.
class cidr {
public:
    constexpr cidr() noexcept = default;
    /// Throws usage_error if a bit is set to the right of the prefix.
    explicit cidr(const inet& network);
    /// The network that an address is in: bits to the right of the prefix are cleared.
    [[nodiscard]] static cidr network_of(const inet& address) noexcept;
    /// Parses as inet::parse() does. Throws decode_error also for a bit to the right of the prefix.
    [[nodiscard]] static cidr parse(std::string_view text);

    /// Its first address, with the prefix. Lives as long as this object.
    [[nodiscard]] constexpr const inet& address() const noexcept { return network_; }
    /// True if the network, or a part of it, is what `address` names.
    [[nodiscard]] bool contains(const inet& address) const noexcept;
    /// As the server prints it, always with the prefix.
    [[nodiscard]] std::string text() const;

    friend constexpr bool operator==(const cidr&, const cidr&) noexcept = default;

private:
    inet network_;
};

/// Reads columns of type inet and cidr.
template <> struct codec<inet> : detail::compiled_codec<inet, oids::inet> {};
template <> struct codec<cidr> : detail::compiled_codec<cidr, oids::cidr> {};

} // namespace howdah

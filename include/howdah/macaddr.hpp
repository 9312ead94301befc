// SPDX-License-Identifier: BSL-1.0
//
// macaddr and macaddr8: hardware addresses of six and of eight bytes.
//
//     howdah::macaddr::parse("08:00:2b:01:02:03").bytes[2] == 0x2b;
//
// All functions are thread safe. Source: PostgreSQL manual, section 8.9.4.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include <howdah/codec.hpp>

namespace howdah {

/// A hardware address (EUI-48). Ordered as PostgreSQL orders them, byte by byte.
struct macaddr {
    std::array<std::uint8_t, 6> bytes{}; ///< in the order in which they are written

    /// Parses "08:00:2b:01:02:03", either case, a colon between all bytes. Throws decode_error with the offset.
    [[nodiscard]] static macaddr parse(std::string_view text);
    /// Lower case with colons, as the server prints it.
    [[nodiscard]] std::string text() const;
    friend constexpr auto operator<=>(const macaddr&, const macaddr&) noexcept = default;
};

/// The same of eight bytes (EUI-64).
struct macaddr8 {
    std::array<std::uint8_t, 8> bytes{};

    [[nodiscard]] static macaddr8 parse(std::string_view text);
    [[nodiscard]] std::string text() const;
    friend constexpr auto operator<=>(const macaddr8&, const macaddr8&) noexcept = default;
};

template <> struct codec<macaddr> : detail::compiled_codec<macaddr, oids::macaddr> {};
template <> struct codec<macaddr8> : detail::compiled_codec<macaddr8, oids::macaddr8> {};

} // namespace howdah

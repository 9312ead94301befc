// SPDX-License-Identifier: BSL-1.0
//
// pg_lsn: a position in the server's write-ahead log.
//
//     howdah::pg_lsn::parse("16/B374D848").position == 0x16'B374D848;
//
// All functions are thread safe. Source: PostgreSQL manual, section 8.20.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include <howdah/codec.hpp>

namespace howdah {

/// A byte's place in the write-ahead log. The difference of two positions is a number of bytes.
struct pg_lsn {
    std::uint64_t position = 0;

    /// Parses "16/B374D848": two hexadecimal numbers of one to eight digits, either case. Throws decode_error with
    /// the offset.
    [[nodiscard]] static pg_lsn parse(std::string_view text);
    /// As the server prints it: upper case, without leading zeros.
    [[nodiscard]] std::string text() const;
    friend constexpr auto operator<=>(const pg_lsn&, const pg_lsn&) noexcept = default;
};

template <> struct codec<pg_lsn> : detail::compiled_codec<pg_lsn, oids::pg_lsn> {};

} // namespace howdah

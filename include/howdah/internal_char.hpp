// SPDX-License-Identifier: BSL-1.0
//
// internal_char: the type "char" (in quotes) of the system catalogs, one byte. It is not character(1), which is read
// into a std::string.
//
//     struct relation { std::string relname; howdah::internal_char relkind; };       // relkind.value == 'r'
//
// Source: PostgreSQL manual, section 8.3.
#pragma once

#include <compare>

#include <howdah/codec.hpp>

namespace howdah {

/// One byte. '\0' is the empty text of the server. As text only bytes below 0x80 can be sent, usage_error for others:
/// servers disagree about those.
struct internal_char {
    char value = '\0';
    friend constexpr auto operator<=>(const internal_char&, const internal_char&) noexcept = default;
};

template <> struct codec<internal_char> : detail::compiled_codec<internal_char, oids::character> {};

} // namespace howdah

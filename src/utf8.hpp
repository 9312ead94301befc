// SPDX-License-Identifier: BSL-1.0
//
// What PostgreSQL accepts as text: well-formed UTF-8 (RFC 3629, Unicode table 3-7) without NUL. Thread safe.
#pragma once

#include <cstddef>
#include <string_view>

namespace howdah::detail {

/// The offset of the first byte that cannot be sent: a NUL, or the first byte of a sequence that is overlong,
/// cut short, a surrogate or beyond U+10FFFF. text.size() if there is none.
[[nodiscard]] std::size_t first_bad_byte(std::string_view text) noexcept;

/// How many characters stand in well-formed text.
[[nodiscard]] std::size_t count_characters(std::string_view text) noexcept;

} // namespace howdah::detail

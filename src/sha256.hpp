// SPDX-License-Identifier: BSL-1.0
//
// SHA-256, for the checksums of migration files. Source: FIPS 180-4.
#pragma once

#include <string>
#include <string_view>

namespace howdah::detail {

/// The digest as 64 hexadecimal digits in lower case.
std::string sha256_hex(std::string_view bytes);

} // namespace howdah::detail

// SPDX-License-Identifier: BSL-1.0
//
// Connection URIs of the test servers.
#pragma once

#include <string>
#include <string_view>

namespace howdah::testing {

/// Every byte but letters, digits and "-._~" as %XX (RFC 3986, section 2).
[[nodiscard]] std::string percent_encode(std::string_view text);

/// The same server, another database. `url` is a libpq URI or keyword string.
[[nodiscard]] std::string with_database(std::string_view url, std::string_view database);

} // namespace howdah::testing

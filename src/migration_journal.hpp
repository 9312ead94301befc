// SPDX-License-Identifier: BSL-1.0
//
// The one JSON file that a layout needs: drizzle's meta/_journal.json.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace howdah::detail {

/// A migration that drizzle knows, in the order in which it runs them.
struct journal_entry {
    std::string tag{};     ///< the file's name without .sql
    std::int64_t when = 0; ///< when it was generated, in milliseconds since 1970
};

struct journal_problem {
    std::size_t offset; ///< in bytes
    std::string reason;
};

struct journal {
    std::string dialect{};
    std::vector<journal_entry> entries{};
    std::optional<journal_problem> problem{}; ///< the first one; reading stopped there
};

/// Reads strict JSON (RFC 8259) of the journal's shape; members that it does not know are skipped. Any bytes; never
/// throws but for lack of memory.
[[nodiscard]] journal read_journal(std::string_view text);

} // namespace howdah::detail

// SPDX-License-Identifier: BSL-1.0
//
// What `migrate add` writes: a first draft that lint has nothing to say about.
#pragma once

#include <string>
#include <string_view>

namespace howdah::cli {

/// "Add phone to users!" as part of a file's name: "add_phone_to_users". Empty if nothing is left.
[[nodiscard]] std::string slug_of(std::string_view name);
/// The time in UTC, so many seconds from now, as a version: 20260124153000.
[[nodiscard]] std::string version_at(int seconds_from_now);

struct migration_draft {
    std::string up, down;
};
[[nodiscard]] migration_draft draft_of(const std::string& slug, bool transaction);

} // namespace howdah::cli

// SPDX-License-Identifier: BSL-1.0
//
// Copies a data directory as fast as the file system can.
#pragma once

#include <optional>
#include <string>

#include "testing/binaries.hpp"

namespace howdah::testing {

/// Copies the directories and files below `from` to `to`, which must not exist. Everything in the copy
/// is open to its owner alone: `owner`, or the calling user. Blocks are shared where the file system can.
/// Throws usage_error naming the file that failed.
void copy_tree(const std::string& from, const std::string& to, const std::optional<account>& owner);

} // namespace howdah::testing

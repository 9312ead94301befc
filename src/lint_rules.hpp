// SPDX-License-Identifier: BSL-1.0
//
// The rules of lint, applied to one text.
#pragma once

#include <vector>

#include <howdah/migration_lint.hpp>

#include "migration_statements.hpp"

namespace howdah::detail {

/// Whether the text brings the schema forward, or takes that back: then it may drop and rename.
enum class lint_direction : unsigned char { up, down };

/// What the rules find in a text, exemptions not yet looked at, in the order of the text.
[[nodiscard]] std::vector<lint_finding> apply_rules(const migration_statements& to, lint_direction direction);

/// The one rule that has this name; null: there is none.
[[nodiscard]] const lint_rule* find_rule(std::string_view name) noexcept;

} // namespace howdah::detail

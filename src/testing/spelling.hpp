// SPDX-License-Identifier: BSL-1.0
//
// How people spell types and index columns, brought to how the server spells them.
#pragma once

#include <string>
#include <string_view>

namespace howdah::testing {

/// "varchar(20)[]" is the name "varchar[]" and the modifier "(20)".
struct type_parts {
    std::string name, modifier;
};
[[nodiscard]] type_parts split_type(std::string_view text);

/// Puts a modifier where format_type() has it: after the first word of the time types, before "[]" of arrays,
/// else last.
[[nodiscard]] std::string join_type(std::string_view name, std::string_view modifier);

/// "created_at  DESC" is "created_at desc"; "asc", and "nulls first" or "last" where that is the default, are
/// left out.
[[nodiscard]] std::string canonical_index_column(std::string_view text);

} // namespace howdah::testing

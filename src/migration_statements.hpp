// SPDX-License-Identifier: BSL-1.0
//
// The statements of a migration, classified, with what the file created before each of them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "migration_text.hpp"
#include "sql_statement.hpp"

namespace howdah::detail {

/// One statement of a file.
struct placed_statement {
    sql_statement statement;
    std::size_t offset; ///< in the text
};

/// Owns the pieces that its statements point into: not copied.
class migration_statements {
public:
    explicit migration_statements(const migration_side& side);
    migration_statements(const migration_statements&) = delete;

    [[nodiscard]] const std::vector<placed_statement>& all() const noexcept { return statements_; }
    [[nodiscard]] const migration_side& side() const noexcept { return side_; }
    /// Where a byte of the text stands in the file. Quick when asked for one place after the other.
    [[nodiscard]] text_position place(std::size_t offset) const noexcept;
    /// Has a statement before this offset created the table?
    [[nodiscard]] bool created_before(const std::string& table, std::size_t offset) const;

private:
    migration_side side_;
    std::vector<std::vector<sql_piece>> pieces_;
    std::vector<placed_statement> statements_;
    std::map<std::string, std::size_t> created_; ///< tables, and where
    mutable std::size_t counted_to_ = 0;
    mutable text_position counted_{};
};

} // namespace howdah::detail

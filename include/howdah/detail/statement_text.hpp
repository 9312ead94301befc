// SPDX-License-Identifier: BSL-1.0
//
// The SQL of a repository, made from an erased table: identifiers quoted, values always $n.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include <howdah/detail/row_description.hpp>
#include <howdah/filter.hpp>
#include <howdah/table.hpp>

namespace howdah::detail {

using column_names = std::span<const std::string_view>;

/// "SELECT" and every field's column; " FROM" the table; the columns of an order.
[[nodiscard]] std::string select_columns(const table_description& table);
[[nodiscard]] std::string from_table(const table_description& table);
[[nodiscard]] std::string order_text(const table_description& table, std::span<const ordering> order);

/// SELECT of every field's column ... WHERE column = $1
[[nodiscard]] std::string select_by(const table_description& table, std::string_view column);
/// INSERT of one row of these columns, RETURNING every field's column.
[[nodiscard]] std::string insert_text(const table_description& table, column_names columns);
/// " ON CONFLICT (conflict) DO UPDATE SET" of the other columns; " RETURNING" every field's column; the table's name.
[[nodiscard]] std::string update_on_conflict(const table_description& table, column_names columns,
                                             std::string_view conflict);
[[nodiscard]] std::string returning(const table_description& table);
[[nodiscard]] std::string quoted_table(const table_description& table);
[[nodiscard]] std::string quoted_columns(column_names columns);
/// INSERT ... ON CONFLICT (conflict) DO UPDATE of the other columns, RETURNING.
[[nodiscard]] std::string upsert_text(const table_description& table, column_names columns,
                                      std::string_view conflict);
/// DELETE ... WHERE key = $1 RETURNING.
[[nodiscard]] std::string erase_text(const table_description& table);

/// The two statements of a conditional write. The first answers with one row: was it written, does its
/// version match, and the row as stored or as it is now. The second looks again, in a snapshot of its own,
/// where the first could not tell.
struct conditional_text {
    std::string write, look_again;
    bool guarded; ///< $2 is the expected version; otherwise any version will do
};
/// UPDATE: $1 key, [$2 version,] then one value per column. Without columns it only compares the version.
[[nodiscard]] conditional_text update_text(const table_description& table, column_names columns,
                                           bool guarded);
/// DELETE: $1 key, $2 version.
[[nodiscard]] conditional_text guarded_erase_text(const table_description& table);

/// The columns that a whole-row update writes: all but the key, the version and those that the table fills
/// itself.
[[nodiscard]] bool is_written(const table_description& table, std::string_view column) noexcept;

} // namespace howdah::detail

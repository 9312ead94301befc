// SPDX-License-Identifier: BSL-1.0
//
// A query whose rows come by COPY.
#pragma once

#include <optional>
#include <string_view>

#include <howdah/detail/row_description.hpp>

#include "column_types.hpp"
#include "copy_exchange.hpp"
#include "copy_unit.hpp"

namespace howdah::detail {

/// How rows of a COPY are read; also when that has ended.
struct copied_columns {
    known_statement described; ///< owns what the plan refers to
    shared<const reading_plan> plan{};

    /// To be called in a handler, when a cell could not be read: throws what was caught, placed.
    [[noreturn]] void refuse(const column_step& failed, std::size_t row) const {
        refuse_cell(*failed.reader->codec, described.columns[failed.column].name, row);
    }
};

class copied_query {
public:
    /// Asks for the columns, makes the plan and begins the COPY, with the values, all in text, in the statement's
    /// text. `instead`: what to use where COPY will not do, for messages. Throws usage_error for values that are not
    /// as many as the parameters or that cannot be sent so, decode_error for what does not fit or has no binary form,
    /// and what running the text throws.
    copied_query(executor& on, const statement& what, const parameters& values, const row_description& row,
                 std::string_view instead);
    copied_query(const copied_query&) = delete;
    copied_query& operator=(const copied_query&) = delete;
    ~copied_query() { give_up(); }

    /// To be taken away, if need be, when the COPY has ended.
    [[nodiscard]] copied_columns& columns() noexcept { return columns_; }
    /// Null when the COPY has ended.
    [[nodiscard]] copy_receiver* rows() noexcept { return rows_ ? &*rows_ : nullptr; }
    /// All rows have come.
    void finish();
    /// Ends the COPY before its last row, if it has not ended.
    void give_up() noexcept { unit_.give_up(rows_); }

private:
    copy_unit unit_;
    copied_columns columns_;
    std::optional<copy_receiver> rows_;
};

} // namespace howdah::detail

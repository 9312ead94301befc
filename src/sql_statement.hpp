// SPDX-License-Identifier: BSL-1.0
//
// What kind of command a row of pieces is, and which tables it is about.
#pragma once

#include <string>
#include <vector>

#include "sql_reader.hpp"

namespace howdah::detail {

/// One command. Points into its pieces.
struct sql_statement {
    sql_pieces pieces;
    std::string verb{};                ///< "alter table", "create index", "update", or the first two words
    std::vector<std::string> tables{}; ///< as sql_reader::name() writes them
    std::string index{};               ///< of CREATE INDEX, as far as it is named
    std::vector<sql_pieces> actions{}; ///< of ALTER TABLE; of CREATE TABLE what stands in its parentheses
    bool concurrently = false;
    bool guarded = false; ///< IF EXISTS or IF NOT EXISTS

    [[nodiscard]] bool is(std::string_view of_verb) const noexcept { return verb == of_verb; }
};
[[nodiscard]] sql_statement classify(sql_pieces pieces);

/// One action of ALTER TABLE: what it is ("add column", "alter column set not null", "add constraint check"), the
/// column or constraint that it names, and what stands behind that.
struct alter_action {
    std::string what{}, name{};
    sql_pieces rest{};
};
[[nodiscard]] alter_action read_action(sql_pieces action);

/// What a column definition says, from its type on.
struct column_definition {
    std::string name{};
    sql_pieces type{};          ///< up to the first constraint
    sql_pieces default_value{}; ///< the expression behind DEFAULT
    bool not_null = false, generated = false, identity = false, serial = false;
    bool references = false, checked = false, unique = false;
};
/// `element`: "name type ...". A table constraint or LIKE gives one without a name.
[[nodiscard]] column_definition read_column(sql_pieces element);

/// Is it the type TIMESTAMP without time zone?
[[nodiscard]] bool is_zoneless_timestamp(sql_pieces type) noexcept;
/// The first function that an expression calls and that may give another value for every row; empty: none.
[[nodiscard]] std::string volatile_call(sql_pieces expression);

} // namespace howdah::detail

// SPDX-License-Identifier: BSL-1.0
#include <howdah/load_children.hpp>

#include <string>

#include <howdah/connection.hpp>
#include <howdah/maps.hpp>

namespace howdah::detail {

namespace {

/// The parents' keys as rows, each with its number from 1.
constexpr std::string_view parents =
    "pg_catalog.unnest($1) WITH ORDINALITY AS howdah_parents (howdah_key, howdah_parent)";

} // namespace

void refuse_second_row(std::string_view field) {
    throw row_count_error("two rows have the same value of the field \"" + std::string(field) +
                              "\", by which they were to be told apart; use query_groups()",
                          2);
}

result run_load_children(executor& on, const table_description& table, std::string_view parent_column,
                         parameters keys, const condition& where, std::span<const ordering> order,
                         std::optional<std::size_t> limit, std::vector<std::size_t>& parent_of) {
    const auto columns = select_columns(table);
    std::string narrowed = connection::quote_identifier(parent_column) + " = howdah_key";
    if (!where.empty()) where.render(table, narrowed += " AND ", keys);
    const auto sorted = order.empty() ? std::string() : order_text(table, order);

    std::string text = columns + ", howdah_parent FROM ";
    if (limit) { // for each parent, so each is looked up by itself
        text.append(parents).append(" CROSS JOIN LATERAL (").append(columns).append(from_table(table));
        text.append(" WHERE ").append(narrowed);
        if (!sorted.empty()) text.append(" ORDER BY ").append(sorted);
        text.append(" LIMIT ").append(std::to_string(*limit)).append(") AS howdah_children");
    } else {
        text.append(from_table(table).substr(std::string_view(" FROM ").size()));
        text.append(" JOIN ").append(parents).append(" ON ").append(narrowed);
    }
    text += " ORDER BY howdah_parent";
    if (!sorted.empty()) text.append(", ").append(sorted);

    statement what(text);
    what.reading = reading_of(*table.row, other_columns::allowed);
    result answer = on.run(what, keys);
    parent_of.resize(answer.row_count());
    for (std::size_t i = 0; i < parent_of.size(); ++i)
        parent_of[i] = answer.value<std::size_t>(i, table.row->fields.size()) - 1;
    return answer;
}

} // namespace howdah::detail

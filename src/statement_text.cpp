// SPDX-License-Identifier: BSL-1.0
#include <algorithm>

#include <howdah/connection.hpp>
#include <howdah/detail/statement_text.hpp>

namespace howdah::detail {

namespace {

std::string quote(std::string_view name) {
    return connection::quote_identifier(name);
}

std::string table_name(const table_description& table) {
    return table.schema.empty() ? quote(table.name) : quote(table.schema) + '.' + quote(table.name);
}

/// Writes `count` items with commas between them.
template <class Item> std::string list(std::size_t count, Item item) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text.append(i ? ", " : "").append(item(i));
    return text;
}

std::string placeholder(std::size_t number) {
    return '$' + std::to_string(number);
}

std::string columns_of(const table_description& table) {
    return list(table.row->fields.size(), [&](std::size_t i) { return quote(table.row->fields[i].column); });
}
std::string names_of(column_names columns) {
    return list(columns.size(), [&](std::size_t i) { return quote(columns[i]); });
}

std::string values_of(std::size_t columns) {
    return '(' + list(columns, [&](std::size_t i) { return placeholder(i + 1); }) + ')';
}

/// Whether a row that is visible has the version that was expected; without a guard, any has.
std::string same_version(const table_description& table, bool guarded) {
    return guarded ? quote(table.version) + " = $2" : std::string("true");
}

/// Wraps a write that is RETURNING the row: one statement, so one snapshot and one round trip
/// (docs/design.md, "Conditional update").
conditional_text conditional(const table_description& table, const std::string& write, bool guarded) {
    const auto columns = columns_of(table);
    const auto seen = "SELECT " + same_version(table, guarded) + " AS howdah_same_version, " + columns +
                      " FROM " + table_name(table) + " WHERE " + quote(table.key) + " = $1";
    return {"WITH written AS (" + write + " RETURNING " + columns + "), seen AS (" + seen +
                ") SELECT true AS howdah_written, true "
                "AS howdah_same_version, " +
                columns + " FROM written UNION ALL SELECT false, howdah_same_version, " + columns +
                " FROM seen WHERE NOT EXISTS (SELECT FROM written)",
            seen, guarded};
}

std::string where_key(const table_description& table, bool guarded) {
    return " WHERE " + quote(table.key) + " = $1" + (guarded ? " AND " + quote(table.version) + " = $2" : "");
}

} // namespace

std::string select_columns(const table_description& table) {
    return "SELECT " + columns_of(table);
}
std::string from_table(const table_description& table) {
    return " FROM " + table_name(table);
}

std::string order_text(const table_description& table, std::span<const ordering> order) {
    return list(order.size(), [&](std::size_t i) {
        return quote(column_of_field(table, order[i].field)) + (order[i].descending ? " DESC" : "");
    });
}

std::string select_by(const table_description& table, std::string_view column) {
    return select_columns(table) + from_table(table) + " WHERE " + quote(column) + " = $1";
}

std::string quoted_table(const table_description& table) {
    return table_name(table);
}
std::string quoted_columns(column_names columns) {
    return names_of(columns);
}
std::string returning(const table_description& table) {
    return " RETURNING " + columns_of(table);
}

std::string insert_text(const table_description& table, column_names columns) {
    const auto values = columns.empty() ? " DEFAULT VALUES"
                                        : " (" + names_of(columns) + ") VALUES " + values_of(columns.size());
    return "INSERT INTO " + table_name(table) + values + returning(table);
}

std::string update_on_conflict(const table_description& table, column_names columns,
                               std::string_view conflict) {
    std::vector<std::string_view> others;
    for (const auto column : columns)
        if (column != conflict && column != table.key) others.push_back(column);
    if (others.empty()) others.push_back(conflict); // DO NOTHING would return no row
    const auto sets = list(
        others.size(), [&](std::size_t i) { return quote(others[i]) + " = excluded." + quote(others[i]); });
    return " ON CONFLICT (" + quote(conflict) + ") DO UPDATE SET " + sets;
}

std::string upsert_text(const table_description& table, column_names columns, std::string_view conflict) {
    return "INSERT INTO " + table_name(table) + " (" + names_of(columns) + ") VALUES " +
           values_of(columns.size()) + update_on_conflict(table, columns, conflict) + returning(table);
}

std::string erase_text(const table_description& table) {
    return "DELETE FROM " + table_name(table) + where_key(table, false) + " RETURNING " + columns_of(table);
}

conditional_text update_text(const table_description& table, column_names columns, bool guarded) {
    if (columns.empty()) { // nothing to write: the row counts as written if it is the expected one
        auto seen = conditional(table, "", guarded).look_again;
        return {"SELECT howdah_same_version AS howdah_written, * FROM (" + seen + ") AS seen", seen, guarded};
    }
    const std::size_t first = guarded ? 3 : 2;
    const auto sets = list(columns.size(),
                           [&](std::size_t i) { return quote(columns[i]) + " = " + placeholder(first + i); });
    return conditional(table, "UPDATE " + table_name(table) + " SET " + sets + where_key(table, guarded),
                       guarded);
}

conditional_text guarded_erase_text(const table_description& table) {
    return conditional(table, "DELETE FROM " + table_name(table) + where_key(table, true), true);
}

bool is_written(const table_description& table, std::string_view column) noexcept {
    return column != table.key && column != table.version &&
           std::find(table.read_only.begin(), table.read_only.end(), column) == table.read_only.end();
}

} // namespace howdah::detail

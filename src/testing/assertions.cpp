// SPDX-License-Identifier: BSL-1.0
#include <howdah/testing/assertions.hpp>

#include <algorithm>
#include <cctype>
#include <ostream>

#include "testing/spelling.hpp"

namespace howdah::testing {

namespace {

/// Selects the relation of $1 (schema, or empty) and $2 (name) as c.
constexpr std::string_view named_relation =
    " from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace "
    "where c.relname = $2::text and case when $1::text = '' then pg_catalog.pg_table_is_visible(c.oid) "
    "else n.nspname = $1::text end ";

std::string shown(const relation_name& table) {
    return table.schema.empty() ? table.name : table.schema + '.' + table.name;
}

result ask(executor& on, const std::string& text, const parameters& values) {
    statement once{text};
    once.prepare = false; // the schema changes between two questions of a test
    return on.run(once, values);
}

/// The first column of every row, for people.
std::string listed(const result& rows) {
    std::string all;
    for (std::size_t row = 0; row < rows.row_count(); ++row)
        all += (row > 0 ? ", " : "") + rows.value<std::string>(row, 0);
    return all.empty() ? "none" : all;
}

bool contains(const result& rows, std::string_view name) {
    for (std::size_t row = 0; row < rows.row_count(); ++row)
        if (rows.value<std::string>(row, 0) == name) return true;
    return false;
}

std::optional<oid> find_relation(executor& on, const relation_name& table, std::string_view kinds) {
    const result found = ask(on,
                             "select c.oid" + std::string(named_relation) +
                                 "and pg_catalog.strpos($3::text, c.relkind::text) > 0",
                             howdah::bind(table.schema, table.name, std::string(kinds)));
    if (found.empty()) return std::nullopt;
    return found.value<oid>(0, 0);
}

finding no_relation(executor& on, const relation_name& table, std::string_view what) {
    const result others = ask(on,
                              "select pg_catalog.format('%I.%I', n.nspname, c.relname) "
                              "from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = "
                              "c.relnamespace where c.relkind in ('r', 'p', 'f', 'v', 'm') and n.nspname !~ "
                              "'^pg_' and n.nspname <> 'information_schema' order by 1 limit 50",
                              {});
    return {false, "no " + std::string(what) + ' ' + shown(table) + "; there are: " + listed(others)};
}

/// Looks for one name among those that `query` lists for the table's oid ($1).
finding find_by_name(executor& on, const relation_name& table, std::string_view what, std::string_view name,
                     const std::string& query) {
    const auto relation = find_relation(on, table, "rpfvm");
    if (!relation) return no_relation(on, table, "relation");
    const result all = ask(on, query, howdah::bind(*relation));
    const std::string place = std::string(what) + ' ' + std::string(name) + " on " + shown(table);
    if (contains(all, name)) return {true, place + " exists"};
    return {false, "no " + place + "; there are: " + listed(all)};
}

std::string describe(std::string_view type, bool nullable, std::string_view default_value) {
    std::string all(type);
    if (!nullable) all += " not null";
    if (!default_value.empty()) all.append(" default ").append(default_value);
    return all;
}

/// The type as the server spells it; the text itself if the server knows no such type.
std::string canonical_type(executor& on, const std::string& wanted) {
    const auto parts = split_type(wanted);
    const result found = ask(on, "select pg_catalog.format_type(pg_catalog.to_regtype($1::text), null)",
                             howdah::bind(parts.name));
    const auto name = found.value<std::optional<std::string>>(0, 0);
    return name ? join_type(*name, parts.modifier) : wanted;
}

struct index_facts {
    std::string name, columns, where;
    bool unique, valid;
};

std::vector<index_facts> indexes_of(executor& on, oid table) {
    // indoption: bit 0 descending, bit 1 nulls first; told only where it is not the default.
    const result rows = ask(
        on,
        "select x.relname::text, (select pg_catalog.string_agg(pg_catalog.pg_get_indexdef(i.indexrelid, k, "
        "true) "
        "|| case i.indoption[k - 1] & 3 when 1 then ' desc nulls last' when 2 then ' nulls first' "
        "when 3 then ' desc' else '' end, ', ' order by k) from pg_catalog.generate_series(1, i.indnkeyatts) "
        "k), coalesce(pg_catalog.pg_get_expr(i.indpred, i.indrelid, true), ''), i.indisunique, "
        "i.indisvalid from pg_catalog.pg_index i join pg_catalog.pg_class x on x.oid = i.indexrelid "
        "where i.indrelid = $1 order by 1",
        howdah::bind(table));
    std::vector<index_facts> all;
    for (std::size_t row = 0; row < rows.row_count(); ++row)
        all.push_back({rows.value<std::string>(row, 0), rows.value<std::string>(row, 1),
                       rows.value<std::string>(row, 2), rows.value<bool>(row, 3), rows.value<bool>(row, 4)});
    return all;
}

std::string describe(const index_facts& index) {
    return index.name + (index.unique ? " unique (" : " (") + index.columns + ')' +
           (index.where.empty() ? "" : " where " + index.where) + (index.valid ? "" : " invalid");
}

} // namespace

std::ostream& operator<<(std::ostream& out, const finding& what) {
    return out << what.message();
}

relation_name::relation_name(std::string_view text) {
    const auto dot = text.find('.');
    if (dot != std::string_view::npos) schema = text.substr(0, dot);
    name = dot == std::string_view::npos ? text : text.substr(dot + 1);
}

finding table_exists(executor& on, const relation_name& table) {
    if (find_relation(on, table, "rpf")) return {true, "table " + shown(table) + " exists"};
    return no_relation(on, table, "table");
}

finding column_exists(executor& on, const relation_name& table, std::string_view column,
                      const column_expectation& expected) {
    const auto relation = find_relation(on, table, "rpfvm");
    if (!relation) return no_relation(on, table, "relation");
    const std::string place = "column " + shown(table) + '.' + std::string(column);
    const result all =
        ask(on,
            "select a.attname::text, pg_catalog.format_type(a.atttypid, a.atttypmod), not a.attnotnull, "
            "coalesce(pg_catalog.pg_get_expr(d.adbin, d.adrelid), '') from pg_catalog.pg_attribute a "
            "left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum "
            "where a.attrelid = $1 and a.attnum > 0 and not a.attisdropped order by a.attnum",
            howdah::bind(*relation));
    std::size_t row = 0;
    while (row < all.row_count() && all.value<std::string>(row, 0) != column) ++row;
    if (row == all.row_count()) return {false, "no " + place + "; there are: " + listed(all)};
    const auto type = all.value<std::string>(row, 1), default_value = all.value<std::string>(row, 3);
    const bool nullable = all.value<bool>(row, 2);
    const bool fits = (!expected.type || canonical_type(on, *expected.type) == type) &&
                      expected.nullable.value_or(nullable) == nullable &&
                      expected.default_value.value_or(default_value) == default_value;
    return {fits, place + " is " + describe(type, nullable, default_value)};
}

finding index_exists(executor& on, const relation_name& table, const std::vector<std::string>& columns,
                     const index_expectation& expected) {
    const auto relation = find_relation(on, table, "rpm");
    if (!relation) return no_relation(on, table, "table");
    std::string wanted;
    for (const std::string& column : columns)
        wanted += (wanted.empty() ? "" : ", ") + canonical_index_column(column);
    const auto all = indexes_of(on, *relation);
    std::string there;
    for (const index_facts& index : all) {
        const bool fits = index.valid && index.columns == wanted && index.where == expected.where &&
                          expected.unique.value_or(index.unique) == index.unique;
        if (fits) return {true, "index " + describe(index) + " on " + shown(table) + " exists"};
        there += (there.empty() ? "" : ", ") + describe(index);
    }
    return {false, "no " +
                       describe({"index", wanted, expected.where, expected.unique.value_or(false), true}) +
                       " on " + shown(table) + "; there are: " + (there.empty() ? "none" : there)};
}

finding trigger_exists(executor& on, const relation_name& table, std::string_view trigger) {
    return find_by_name(on, table, "trigger", trigger,
                        "select tgname::text from pg_catalog.pg_trigger "
                        "where tgrelid = $1 and not tgisinternal order by 1");
}

finding policy_exists(executor& on, const relation_name& table, std::string_view policy) {
    return find_by_name(on, table, "policy", policy,
                        "select polname::text from pg_catalog.pg_policy where polrelid = $1 order by 1");
}

finding row_security_enabled(executor& on, const relation_name& table, bool forced) {
    const auto relation = find_relation(on, table, "rp");
    if (!relation) return no_relation(on, table, "table");
    const result found =
        ask(on, "select relrowsecurity, relforcerowsecurity from pg_catalog.pg_class where oid = $1",
            howdah::bind(*relation));
    const bool enabled = found.value<bool>(0, 0), for_owner = found.value<bool>(0, 1);
    return {
        enabled && (for_owner || !forced),
        "row security of " + shown(table) + " is " +
            (enabled ? for_owner ? "enabled and forced" : "enabled, but not for the owner" : "not enabled")};
}

} // namespace howdah::testing

// SPDX-License-Identifier: BSL-1.0
//
// What is in a database, read from pg_catalog. Objects of extensions and of the server are left out.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <howdah/executor.hpp>

namespace howdah::cli {

struct schema_column {
    std::string name, type, default_value, identity, generated;
    bool not_null = false, in_primary_key = false;
};

/// Something with a name that belongs to a table, and its definition as the server words it.
struct schema_item {
    std::string name, definition;
};

struct schema_reference {
    std::string name;  ///< of the foreign key
    std::string table; ///< "schema.table" that it refers to
};

/// A table, view, materialized view or foreign table.
struct schema_relation {
    std::int64_t id = 0;
    std::string schema, name, kind, remarks, definition; ///< definition: of a view
    std::vector<schema_column> columns{};
    std::vector<schema_item> constraints{}, indexes{}, triggers{}, policies{}, rules{};
    std::vector<schema_reference> references{};
    [[nodiscard]] std::string full_name() const { return schema + '.' + name; }
};

/// An object besides relations: a type, a function, a sequence.
struct schema_object {
    std::string kind, name, definition;
};

struct database_schema {
    std::vector<schema_relation> relations; ///< in the order of their names
    std::vector<schema_object> others;
};

/// Which parts of a database: of these schemas (none: all), without the history table.
struct schema_choice {
    std::vector<std::string> schemas{};
    std::string history_schema{}, history_table{};
};
/// Reads in one snapshot. Throws what executor::run() throws.
[[nodiscard]] database_schema read_schema(executor& on, const schema_choice& choice);

/// One object of a dump: a line that names it, and the lines that tell what it is.
struct dump_object {
    std::string title;
    std::vector<std::string> lines{};
};
/// The same schema gives the same dump on every server.
[[nodiscard]] std::vector<dump_object> dump_of(const database_schema& from);
[[nodiscard]] std::string text_of(const std::vector<dump_object>& dump);
/// The inverse of text_of().
[[nodiscard]] std::vector<dump_object> parse_dump(const std::string& text);

/// What turns the dump `from` into the dump `to`, as lines with -, + or a blank before; empty: nothing.
[[nodiscard]] std::vector<std::string> difference(const std::vector<dump_object>& from,
                                                  const std::vector<dump_object>& to);

/// An entity relationship diagram for Mermaid, and one drawn.
[[nodiscard]] std::string mermaid_of(const database_schema& from);
[[nodiscard]] std::string svg_of(const database_schema& from);

} // namespace howdah::cli

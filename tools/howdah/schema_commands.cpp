// SPDX-License-Identifier: BSL-1.0
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "commands.hpp"
#include "schema.hpp"

namespace howdah::cli {
namespace {

schema_choice choice_of(const context& in) {
    return {in.given.schemas, in.given.history_schema, in.given.history_table};
}

json_value json_of(const std::vector<schema_item>& items) {
    json_value::array out;
    for (const auto& one : items)
        out.push_back(json_value::object{{"name", one.name}, {"definition", one.definition}});
    return out;
}

json_value json_of(const schema_relation& relation) {
    json_value::array columns, references;
    for (const auto& one : relation.columns)
        columns.push_back(json_value::object{
            {"name", one.name},
            {"type", one.type},
            {"not_null", one.not_null},
            {"default", one.default_value.empty() ? json_value() : json_value(one.default_value)},
            {"identity", !one.identity.empty()},
            {"generated", !one.generated.empty()},
            {"primary_key", one.in_primary_key}});
    for (const auto& one : relation.references)
        references.push_back(json_value::object{{"name", one.name}, {"table", one.table}});
    return json_value::object{{"schema", relation.schema},
                              {"name", relation.name},
                              {"kind", relation.kind},
                              {"columns", std::move(columns)},
                              {"constraints", json_of(relation.constraints)},
                              {"indexes", json_of(relation.indexes)},
                              {"triggers", json_of(relation.triggers)},
                              {"policies", json_of(relation.policies)},
                              {"references", std::move(references)}};
}

void list(const output& out, const database_schema& schema) {
    std::vector<std::vector<cell>> rows;
    for (const auto& one : schema.relations) {
        std::string refers;
        for (const auto& reference : one.references) refers += (refers.empty() ? "" : ", ") + reference.table;
        rows.push_back({one.full_name(), one.kind, std::to_string(one.columns.size()),
                        std::to_string(one.indexes.size()), std::to_string(one.triggers.size()), refers});
    }
    print_table(out, {"NAME", "KIND", "COLUMNS", "INDEXES", "TRIGGERS", "REFERS TO"}, rows);
}

void print_items(const output& out, const char* title, const std::vector<schema_item>& items) {
    if (items.empty()) return;
    out.line("\n" + out.coloured(title, colour::bold));
    for (const auto& one : items) out.line("  " + one.name + "  " + one.definition);
}

void print(const output& out, const database_schema& schema, const schema_relation& of) {
    out.line(of.kind + ' ' + out.coloured(of.full_name(), colour::bold) +
             (of.remarks.empty() ? "" : ": " + of.remarks));
    std::vector<std::vector<cell>> rows;
    for (const auto& one : of.columns) {
        auto value = one.default_value;
        if (!one.identity.empty()) value = "identity";
        if (!one.generated.empty()) value = "generated: " + value;
        rows.push_back({one.name, one.type, one.not_null ? "not null" : "", value});
    }
    print_table(out, {"COLUMN", "TYPE", "", "DEFAULT"}, rows);
    print_items(out, "Constraints", of.constraints);
    print_items(out, "Indexes", of.indexes);
    print_items(out, "Triggers", of.triggers);
    print_items(out, "Policies", of.policies);
    std::vector<schema_item> users;
    for (const auto& other : schema.relations)
        for (const auto& reference : other.references)
            if (reference.table == of.full_name()) users.push_back({other.full_name(), reference.name});
    print_items(out, "Referred to by", users);
}

/// The tables of this name, in whichever schema.
std::vector<const schema_relation*> named(const database_schema& schema, const std::string& name) {
    std::vector<const schema_relation*> out;
    for (const auto& one : schema.relations)
        if (one.name == name || one.full_name() == name) out.push_back(&one);
    if (out.empty()) throw refusal{exit_code::usage, "there is no table or view " + name};
    return out;
}

database_schema read(const context& in, const connection_config& from) {
    connection on(from);
    return read_schema(on, choice_of(in));
}

/// A side of `schema diff`: a file that `schema dump` wrote, or a database.
std::vector<dump_object> side(const context& in, const std::string& from) {
    if (std::filesystem::is_regular_file(from)) {
        std::ifstream file(from, std::ios::binary);
        return parse_dump({std::istreambuf_iterator<char>(file), {}});
    }
    if (from.find("://") == from.npos && from.find('=') == from.npos)
        throw refusal{exit_code::usage,
                      (from.find('@') == from.npos ? from : "what is given") +
                          ": neither a file that schema dump has written nor a connection string"};
    return dump_of(read(in, {.url = from, .application_name = "howdah"}));
}

} // namespace

int schema_show(const context& in) {
    const auto schema = read(in, server_of(in));
    if (in.given.names.empty() && !in.given.json) list(in.out, schema);
    json_value::array all;
    if (in.given.names.empty())
        for (const auto& one : schema.relations) all.push_back(json_of(one));
    for (const auto& name : in.given.names)
        for (const auto* one : named(schema, name)) {
            if (in.given.json) all.push_back(json_of(*one));
            else print(in.out, schema, *one);
        }
    if (in.given.json) in.out.json(std::move(all));
    return 0;
}

int schema_dump(const context& in) {
    in.out.raw(text_of(dump_of(read(in, server_of(in)))));
    return 0;
}

int schema_diff(const context& in) {
    const auto& names = in.given.names;
    const auto from = side(in, names[0]);
    const auto to = names.size() > 1 ? side(in, names[1]) : dump_of(read(in, server_of(in)));
    const auto lines = difference(from, to);
    for (const auto& line : lines)
        in.out.line(in.out.coloured(line, line[0] == '+'   ? colour::green
                                          : line[0] == '-' ? colour::red
                                                           : colour::bold));
    if (lines.empty()) in.out.line("the schemas are the same");
    return static_cast<int>(lines.empty() ? exit_code::done : exit_code::different);
}

int schema_graph(const context& in) {
    const auto schema = read(in, server_of(in));
    in.out.raw(in.given.format == "svg" ? svg_of(schema) : mermaid_of(schema));
    return 0;
}

} // namespace howdah::cli

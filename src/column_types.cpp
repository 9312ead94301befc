// SPDX-License-Identifier: BSL-1.0
#include "column_types.hpp"

#include <algorithm>
#include <optional>

#include "session.hpp"

namespace howdah::detail {

namespace {

// Names and operators are qualified: the search path of the session may put others first.
constexpr std::string_view column_type_query =
    "WITH RECURSIVE bases (asked, type) AS (SELECT t.oid, t.oid FROM pg_catalog.unnest($1) asked (type)"
    " JOIN pg_catalog.pg_type t ON t.oid OPERATOR(pg_catalog.=) asked.type::pg_catalog.oid"
    " UNION ALL SELECT bases.asked, t.typbasetype FROM bases"
    " JOIN pg_catalog.pg_type t ON t.oid OPERATOR(pg_catalog.=) bases.type"
    " WHERE t.typtype OPERATOR(pg_catalog.=) 'd'::pg_catalog.\"char\")"
    " SELECT bases.asked, t.oid, n.nspname, t.typname, receive.prosrc, element.oid, element_receive.prosrc,"
    " place.nspname, arrays.typname"
    " FROM bases JOIN pg_catalog.pg_type t ON t.oid OPERATOR(pg_catalog.=) bases.type"
    " JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) t.typnamespace"
    " LEFT JOIN pg_catalog.pg_proc receive ON receive.oid OPERATOR(pg_catalog.=) t.typreceive::pg_catalog.oid"
    " LEFT JOIN pg_catalog.pg_type element ON element.oid OPERATOR(pg_catalog.=) t.typelem"
    " AND element.typarray OPERATOR(pg_catalog.=) t.oid"
    " LEFT JOIN pg_catalog.pg_proc element_receive"
    " ON element_receive.oid OPERATOR(pg_catalog.=) element.typreceive::pg_catalog.oid"
    " LEFT JOIN pg_catalog.pg_type asked ON asked.oid OPERATOR(pg_catalog.=) bases.asked"
    " AND asked.typtype OPERATOR(pg_catalog.=) 'd'::pg_catalog.\"char\""
    " LEFT JOIN pg_catalog.pg_type arrays ON arrays.oid OPERATOR(pg_catalog.=) asked.typarray"
    " LEFT JOIN pg_catalog.pg_namespace place ON place.oid OPERATOR(pg_catalog.=) arrays.typnamespace"
    " WHERE t.typtype OPERATOR(pg_catalog.<>) 'd'::pg_catalog.\"char\"";

/// By the function that the server reads it with: an extension's type borrows one of these for the same form.
text_in_binary text_read_by(const std::optional<std::string>& function) noexcept {
    static constexpr std::string_view plain[] = {"textrecv",  "varcharrecv", "bpcharrecv", "namerecv",
                                                 "enum_recv", "json_recv",   "xml_recv",   "unknownrecv"};
    if (!function) return text_in_binary::no;
    if (*function == "jsonb_recv") return text_in_binary::versioned;
    return std::ranges::find(plain, *function) != std::end(plain) ? text_in_binary::plain
                                                                  : text_in_binary::no;
}

std::string qualified(const std::string& schema, const std::string& name) {
    return connection::quote_identifier(schema) + '.' + connection::quote_identifier(name);
}

column_type read(const result& from, std::size_t row) {
    using text = std::optional<std::string>;
    column_type out;
    out.type = from.value<oid>(row, 0);
    out.base = from.value<oid>(row, 1);
    out.name = qualified(from.value<std::string>(row, 2), from.value<std::string>(row, 3));
    out.text = text_read_by(from.value<text>(row, 4));
    out.element = from.value<std::optional<oid>>(row, 5).value_or(0);
    out.element_text = text_read_by(from.value<text>(row, 6));
    if (const auto array = from.value<text>(row, 8))
        out.domain_array = qualified(from.value<std::string>(row, 7), *array);
    return out;
}

} // namespace

std::vector<column_type> column_types_of(connection& on, std::span<const oid> types, std::size_t expected) {
    if (types.size() != expected)
        throw decode_error("the server described " + std::to_string(types.size()) +
                           " parameters of a statement that has " + std::to_string(expected));
    auto& known = session_access::of(on).column_types;
    std::vector<std::int64_t> missing;
    for (const oid type : types)
        if (!known.contains(type)) missing.push_back(type);
    if (!missing.empty()) {
        const auto answer = on.run(column_type_query, howdah::bind(missing));
        for (std::size_t row = 0; row < answer.row_count(); ++row) {
            auto one = read(answer, row);
            known.insert_or_assign(one.type, std::move(one));
        }
    }
    std::vector<column_type> out;
    for (const oid type : types) {
        const auto found = known.find(type);
        if (found == known.end())
            throw usage_error("the " + type_name(type) + " of a column does not exist any more");
        out.push_back(found->second);
    }
    return out;
}

std::vector<column_type> column_types_named_now(connection& on, std::span<const oid> types) {
    auto& known = session_access::of(on).column_types;
    for (const oid type : types)
        if (type >= oids::first_user_defined) known.erase(type);
    return column_types_of(on, types, types.size());
}

known_statement describe_afresh(connection& on, std::string_view text, std::chrono::milliseconds timeout,
                                const bound_values& values) {
    auto& inside = session_access::of(on);
    const turn turn(inside.in_use);
    if (text.find('\0') != text.npos) throw usage_error("a statement cannot hold a NUL byte");
    known_statement asked;
    asked.text = text;
    for (const auto& value : values.entries) asked.types.push_back(value.type);
    inside.ask_for_description(asked, deadline_in(timeout));
    (void)inside.learn_types(asked, deadline_in(timeout));
    return asked;
}

void check_structs(connection& on, known_statement& of, const bound_values& values) {
    auto& inside = session_access::of(on);
    const turn turn(inside.in_use);
    if (values.checked.empty()) return;
    inside.types.forget();
    inside.check_types(of, values, deadline_in(inside.config.statement_timeout));
}

std::shared_ptr<const type_details> check_column(connection& on, oid type, const erased_codec& field,
                                                 std::string_view column) {
    auto& inside = session_access::of(on);
    const turn turn(inside.in_use);
    inside.check_type(type, field, "column \"" + std::string(column) + '"',
                      deadline_in(inside.config.statement_timeout));
    const auto* const found = inside.types.find(type);
    return found ? std::shared_ptr<const type_details>(inside.types.keeper(), found) : nullptr;
}

void forget_types(connection& on) {
    session_access::of(on).types.forget();
}

void forget_description(connection& on, std::string_view text) {
    auto& inside = session_access::of(on);
    inside.column_types.clear();
    inside.types.forget();
    if (const auto* known = inside.statements.find(text, {})) inside.statements.erase(*known);
}

} // namespace howdah::detail

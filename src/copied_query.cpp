// SPDX-License-Identifier: BSL-1.0
#include "copied_query.hpp"

#include <string>
#include <utility>
#include <vector>

namespace howdah::detail {

namespace {

/// Without what would end the command inside the brackets of COPY; a comment at the end ends with the line.
std::string copy_text(std::string_view query) {
    const auto last = query.find_last_not_of(" \t\r\n;");
    return "COPY (" + std::string(query.substr(0, last == query.npos ? 0 : last + 1)) +
           "\n) TO STDOUT (FORMAT binary)";
}

/// Names the columns that only text can be read from.
[[noreturn]] void refuse_text(const copied_columns& columns, std::string_view type,
                              std::string_view instead) {
    std::string names;
    for (const auto& step : columns.plan->steps) {
        if (step.direct == direct_form::end) break;
        const auto& codec = *step.reader->codec;
        const auto& from = columns.described.columns[step.column];
        if (codec.decoder({from.type, format::binary, from.details})) continue;
        names.append(names.empty() ? "" : ", ").append("column \"").append(from.name).append("\" (");
        names.append(type_name({from.type, format::text, from.details}))
            .append(") into ")
            .append(codec.name());
    }
    throw decode_error("the result does not fit " + std::string(type) + ": COPY sends binary, and " + names +
                       " can only be read from text: use " + std::string(instead));
}

/// Where a text can be told from what stands around it, by the server and by us alike.
void require_plain_quotes(const connection& on) {
    for (const auto& [setting, value] :
         {std::pair{"standard_conforming_strings", "on"}, std::pair{"client_encoding", "UTF8"}})
        if (on.reported_setting(setting) != value)
            throw usage_error("COPY has its values in its text, which is safe only with " +
                              std::string(setting) + " = " + value +
                              ": set it back before copying a query with values");
}

/// The values as literals of the types that the statement has for them: what COPY can take.
std::vector<std::string> literals_of(connection& on, known_statement& described, const parameters& values) {
    const auto& types = described.parameter_types;
    if (types.size() != values.size())
        throw usage_error("COPY of a query with parameters: it has " + std::to_string(types.size()) +
                          ", and " + std::to_string(values.size()) + " values were given");
    std::vector<std::string> literals;
    if (values.empty()) return literals;
    require_plain_quotes(on);
    session_access::session::refuse_money(described);
    check_structs(on, described, values);
    const auto named = column_types_named_now(on, types);
    for (std::size_t i = 0; const auto& value : values.entries()) {
        if (value.encoding != format::text)
            throw usage_error("parameter $" + std::to_string(i + 1) +
                              ": COPY has its values in its text; make howdah::parameters with format::text");
        const std::string_view text(value.outside ? value.outside : values.bytes() + value.offset,
                                    value.length < 0 ? 0 : static_cast<std::size_t>(value.length));
        const auto& type = named[i];
        if (value.length < 0) literals.push_back(literal_of(std::nullopt, type.name));
        else if (!type.domain_array.empty()) literals.push_back(domain_literal_of(text, type.domain_array));
        else literals.push_back(literal_of(text, type.name));
        ++i;
    }
    return literals;
}

} // namespace

copied_query::copied_query(executor& on, const statement& what, const parameters& values,
                           const row_description& row, std::string_view instead)
    : unit_(on) {
    const auto timeout = unit_.timeout(what.timeout);
    auto& described = columns_.described = describe_afresh(unit_.on(), what.text, timeout, values);
    const auto literals = literals_of(unit_.on(), described, values);
    columns_.plan = described.plan_for(reading_of(row));
    if (columns_.plan->encoding != format::binary) refuse_text(columns_, row.type, instead);
    auto command = copy_text(what.text);
    std::optional<inlined_statement> inlined;
    if (!literals.empty()) inlined.emplace(command, literals);
    rows_.emplace(unit_.on(), std::move(command), timeout, described.columns.size(), unit_.inside_another(),
                  inlined ? &*inlined : nullptr);
}

void copied_query::finish() {
    rows_.reset();
    unit_.commit();
}

} // namespace howdah::detail

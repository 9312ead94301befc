// SPDX-License-Identifier: BSL-1.0
#include "copied_query.hpp"

#include <string>

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

} // namespace

copied_query::copied_query(executor& on, const statement& what, const row_description& row,
                           std::string_view instead)
    : unit_(on) {
    const auto timeout = unit_.timeout(what.timeout);
    auto& described = columns_.described = describe_afresh(unit_.on(), what.text, timeout);
    if (!described.parameter_types.empty())
        throw usage_error("COPY takes no parameters: use " + std::string(instead) +
                          " for a statement with values");
    columns_.plan = described.plan_for(reading_of(row));
    if (columns_.plan->encoding != format::binary) refuse_text(columns_, row.type, instead);
    rows_.emplace(unit_.on(), copy_text(what.text), timeout, described.columns.size(),
                  unit_.inside_another());
}

void copied_query::finish() {
    rows_.reset();
    unit_.commit();
}

} // namespace howdah::detail

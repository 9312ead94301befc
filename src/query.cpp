// SPDX-License-Identifier: BSL-1.0
#include <howdah/query.hpp>

namespace howdah::detail {

namespace {

void check_count(std::size_t rows, cardinality asked) {
    if (asked == cardinality::any || rows == 1 || (rows == 0 && asked == cardinality::at_most_one)) return;
    if (rows == 0)
        throw row_count_error(
            "the query found no row, where one was asked for; query_optional() takes none for an answer", 0);
    throw row_count_error("the query found " + std::to_string(rows) +
                              " rows, where one was asked for; narrow its condition, or use query()",
                          rows);
}

} // namespace

std::vector<bool> packed(const std::vector<bool_row>& rows) {
    std::vector<bool> all;
    all.reserve(rows.size());
    for (const auto row : rows) all.push_back(row.value);
    return all;
}

void read_rows(const result& answer, const row_description& row, cardinality rows, const row_sink& sink) {
    row_reader reader(row, answer);
    const auto count = answer.row_count();
    check_count(count, rows);
    auto* into = static_cast<std::byte*>(sink.resize(sink.container, count));
    reader.read(count, into, sink.stride);
}

void run_query(executor& on, statement what, const parameters& values, const row_description& row,
               cardinality rows, const row_sink& sink) {
    what.reading = reading_of(row);
    read_rows(on.run(what, values), row, rows, sink);
}

} // namespace howdah::detail

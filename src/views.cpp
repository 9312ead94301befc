// SPDX-License-Identifier: BSL-1.0
#include <howdah/views.hpp>

#include <string>

namespace howdah::detail {

namespace {

result run_to_view(executor& on, statement what, const parameters& values, const row_description& row) {
    what.reading = reading_of(row);
    return on.run(what, values);
}

} // namespace

view_source::view_source(executor& on, statement what, const parameters& values, const row_description& row)
    : answer_(run_to_view(on, what, values, row)), reader_(row, answer_) {}

void refuse_row(std::size_t row, std::size_t rows) {
    throw usage_error("row " + std::to_string(row) + " of a result with " + std::to_string(rows) + " rows");
}

} // namespace howdah::detail

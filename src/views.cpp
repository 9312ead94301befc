// SPDX-License-Identifier: BSL-1.0
#include <howdah/views.hpp>

#include <string>

namespace howdah::detail {

view_source::~view_source() = default;

namespace {

class result_views final : public view_source {
public:
    result_views(result answer, const row_description& row)
        : view_source(answer.row_count()), answer_(std::move(answer)), reader_(row, answer_) {}
    [[nodiscard]] std::size_t read(std::size_t first, std::size_t count, void* into,
                                   std::size_t stride) override {
        return reader_.read_some(count, into, stride, first);
    }

private:
    result answer_;
    row_reader reader_;
};

} // namespace

std::unique_ptr<view_source> view_result(executor& on, statement what, const parameters& values,
                                         const row_description& row) {
    what.reading = reading_of(row);
    return std::make_unique<result_views>(on.run(what, values), row);
}

void refuse_row(std::size_t row, std::size_t rows) {
    throw usage_error("row " + std::to_string(row) + " of a result with " + std::to_string(rows) + " rows");
}

} // namespace howdah::detail

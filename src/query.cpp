// SPDX-License-Identifier: BSL-1.0
#include <howdah/query.hpp>

#include "reading_plan.hpp"

namespace howdah::detail {

namespace {

[[noreturn, gnu::noinline]] void refuse_count(std::size_t rows) {
    if (rows == 0)
        throw row_count_error(
            "the query found no row, where one was asked for; query_optional() takes none for an answer", 0);
    throw row_count_error("the query found " + std::to_string(rows) +
                              " rows, where one was asked for; narrow its condition, or use query()",
                          rows);
}

inline void check_count(std::size_t rows, cardinality asked) {
    if (asked == cardinality::any || rows == 1 || (rows == 0 && asked == cardinality::at_most_one)) return;
    refuse_count(rows);
}

} // namespace

std::vector<bool> packed(const std::vector<bool_row>& rows) {
    std::vector<bool> all;
    all.reserve(rows.size());
    for (const auto row : rows) all.push_back(row.value);
    return all;
}

row_reader::row_reader(const row_reading& reading, const result& from) : from_(from), plan_(from.plan()) {
    if (plan_ && plan_->reading == reading && from.has(plan_->columns, plan_->encoding)) return;
    made_ = plan_of(reading, from);
    plan_ = made_.get();
}

row_reader::row_reader(const row_description& row, const result& from, other_columns others)
    : row_reader(reading_of(row, others), from) {}

void row_reader::refuse(std::size_t index, const column_step& step) const {
    refuse_cell(*step.reader->codec, from_.column_name(step.column), index);
}

inline void row_reader::check_fit() const {
    if (!from_.has(plan_->columns, plan_->encoding))
        throw decode_error("the server sent other columns than it had described");
}

void row_reader::read(std::size_t rows, void* into, std::size_t stride, std::size_t first) {
    if (rows == 0) return;
    check_fit();
    cell_decoder decoder(*plan_);
    row_block block{into, rows, stride};
    try {
        from_.decode_rows(first, decoder, block);
    } catch (...) {
        refuse(first + block.done, decoder.failed());
    }
}

std::size_t row_reader::read_some(std::size_t rows, void* into, std::size_t stride, std::size_t first) {
    check_fit();
    cell_decoder decoder(*plan_);
    row_block block{into, rows, stride};
    try {
        from_.decode_rows(first, decoder, block);
    } catch (...) {
        if (block.done == 0) refuse(first, decoder.failed());
    }
    return block.done;
}

namespace {

inline void read_all(const result& answer, const row_reading& reading, cardinality rows,
                     const row_sink& sink) {
    row_reader reader(reading, answer);
    const auto count = answer.row_count();
    check_count(count, rows);
    auto* into = static_cast<std::byte*>(sink.resize(sink.container, count));
    reader.read(count, into, sink.stride);
}

} // namespace

// Flattened, all three: for a single row the calls would cost a tenth of what reading it does.
[[gnu::hot, gnu::flatten]] void read_rows(const result& answer, const row_description& row, cardinality rows,
                                          const row_sink& sink) {
    read_all(answer, reading_of(row), rows, sink);
}

[[gnu::hot, gnu::flatten]] void read_rows(const result& answer, const row_reading& reading, std::size_t rows,
                                          void* into, std::size_t stride) {
    row_reader(reading, answer).read(rows, into, stride);
}

[[gnu::hot]] result run_rows(executor& on, statement what, const parameters& values,
                             const row_description& row) {
    what.reading = reading_of(row);
    return on.run(what, values);
}

[[gnu::hot, gnu::flatten]] void run_query(executor& on, statement what, const parameters& values,
                                          const row_description& row, cardinality rows,
                                          const row_sink& sink) {
    what.reading = reading_of(row);
    read_all(on.run(what, values), what.reading, rows, sink);
}

} // namespace howdah::detail

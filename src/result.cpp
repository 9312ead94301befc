// SPDX-License-Identifier: BSL-1.0
#include <howdah/result.hpp>

#include <charconv>
#include <cstring>
#include <string>

#include "pq_handles.hpp"

namespace howdah {

void result::clear::operator()(pg_result* result) const noexcept {
    PQclear(result);
}

result::result(pg_result* owned) noexcept : result_(owned) {
    row_count_ = static_cast<std::size_t>(PQntuples(owned));
    column_count_ = static_cast<std::size_t>(PQnfields(owned));
    encoding_ = column_count_ > 0 && PQfformat(owned, 0) == 1 ? format::binary : format::text;
}

std::size_t result::affected_rows() const noexcept {
    const char* text = result_ ? PQcmdTuples(result_.get()) : "";
    std::size_t rows = 0;
    std::from_chars(text, text + std::strlen(text), rows);
    return rows;
}

std::string_view result::command_tag() const noexcept {
    return result_ ? PQcmdStatus(result_.get()) : "";
}

column result::column_at(std::size_t index) const {
    if (index >= column_count_)
        throw usage_error("column " + std::to_string(index) + " of a result with " +
                          std::to_string(column_count_));
    const int i = static_cast<int>(index);
    return {PQfname(result_.get(), i), PQftype(result_.get(), i), PQftable(result_.get(), i),
            static_cast<std::int16_t>(PQftablecol(result_.get(), i))};
}

std::string_view result::column_name(std::size_t index) const noexcept {
    return PQfname(result_.get(), static_cast<int>(index));
}

oid result::column_type(std::size_t index) const noexcept {
    return PQftype(result_.get(), static_cast<int>(index));
}

std::optional<std::string_view> result::cell_at(std::size_t row, std::size_t column) const {
    if (row >= row_count_ || column >= column_count_)
        throw usage_error("row " + std::to_string(row) + ", column " + std::to_string(column) +
                          " of a result with " + std::to_string(row_count_) + " rows and " +
                          std::to_string(column_count_) + " columns");
    const int r = static_cast<int>(row), c = static_cast<int>(column);
    if (PQgetisnull(result_.get(), r, c)) return std::nullopt;
    return std::string_view(PQgetvalue(result_.get(), r, c),
                            static_cast<std::size_t>(PQgetlength(result_.get(), r, c)));
}

void result::decode_row(std::size_t row, std::span<const detail::column_step> steps, void* into,
                        std::size_t& failed) const {
    const PGresult* const from = result_.get();
    const int r = static_cast<int>(row);
    auto* const start = static_cast<std::byte*>(into);
    auto step = steps.begin();
    try {
        for (; step != steps.end(); ++step) {
            const int c = static_cast<int>(step->column);
            const auto size = static_cast<std::size_t>(PQgetlength(from, r, c));
            void* const value = start + step->offset;
            // An empty value and NULL have the same length; only then is that question needed.
            if (size == 0 && PQgetisnull(from, r, c)) {
                if (!step->set_null) throw decode_error("NULL, and the field is not a std::optional");
                step->set_null(value);
            } else {
                step->decode({PQgetvalue(from, r, c), size}, step->from,
                             step->engage ? step->engage(value) : value);
            }
        }
    } catch (...) {
        failed = static_cast<std::size_t>(step - steps.begin());
        throw;
    }
}

void result::decode_cell(std::size_t row, std::size_t column, const erased_codec& with, void* out) const {
    const auto bytes = cell_at(row, column);
    const auto described = column_at(column);
    try {
        decode_value(with, {described.type, encoding_}, bytes, out);
    } catch (const decode_error& failure) {
        throw failure.at(described.name, row);
    }
}

} // namespace howdah

// SPDX-License-Identifier: BSL-1.0
#include <howdah/result.hpp>

#include <charconv>
#include <cstring>
#include <string>

#include "cell_decoder.hpp"
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

namespace {

/// The cells of one row of a PGresult.
struct result_row {
    const PGresult* from;
    int row;
    [[nodiscard]] std::size_t size(std::uint32_t column) const noexcept {
        return static_cast<std::size_t>(PQgetlength(from, row, static_cast<int>(column)));
    }
    [[nodiscard]] const char* bytes(std::uint32_t column) const noexcept {
        return PQgetvalue(from, row, static_cast<int>(column));
    }
    [[nodiscard]] bool is_null(std::uint32_t column) const noexcept {
        return PQgetisnull(from, row, static_cast<int>(column)) != 0;
    }
};

} // namespace

void result::decode_row(std::size_t row, detail::cell_decoder& decoder, void* into) const {
    decoder.decode(result_row{result_.get(), static_cast<int>(row)}, into);
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

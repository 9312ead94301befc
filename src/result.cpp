// SPDX-License-Identifier: BSL-1.0
#include <howdah/result.hpp>

#include <charconv>
#include <cstring>
#include <string>

#include "cell_decoder.hpp"
#include "pq_handles.hpp"

namespace howdah {

[[gnu::hot]] void detail::free_result(pg_result* answer) noexcept {
    PQclear(answer);
}

[[gnu::hot]] result::result(pg_result* owned, detail::shared<const detail::reading_plan> plan) noexcept
    : result_(owned), plan_(std::move(plan)), row_count_(static_cast<std::size_t>(PQntuples(owned))),
      column_count_(static_cast<std::size_t>(PQnfields(owned))),
      encoding_(PQbinaryTuples(owned) != 0 ? format::binary : format::text) {}

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
    const char* const name = PQfname(result_.get(), static_cast<int>(index));
    return name ? name : "";
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

/// How far from the start of a PGresult the value of each of its NULL cells stands (a member of it, in every libpq), as
/// a result made here tells; 0 if it cannot be told.
std::ptrdiff_t distance_of_null() noexcept {
    static const std::ptrdiff_t known = [] {
        std::ptrdiff_t seen[2] = {0, 1};
        for (auto& distance : seen) {
            const detail::result_handle made(PQmakeEmptyPGresult(nullptr, PGRES_TUPLES_OK));
            char name[] = "n";
            PGresAttDesc column{name, 0, 0, 1, oids::int8, 8, -1};
            if (!made || !PQsetResultAttrs(made.get(), 1, &column) ||
                !PQsetvalue(made.get(), 0, 0, nullptr, -1))
                return std::ptrdiff_t{0};
            distance = PQgetvalue(made.get(), 0, 0) - reinterpret_cast<const char*>(made.get());
        }
        return seen[0] == seen[1] ? seen[0] : 0;
    }();
    return known;
}

/// One cell of a PGresult.
struct result_cell {
    /// libpq aligns binary cells to eight bytes, in blocks whose ends are aligned so too: that many can be read.
    static constexpr std::size_t word_size = 8;

    const PGresult* from;
    int row, column;
    const char* null; ///< the value of a NULL
    [[nodiscard]] std::size_t size() const noexcept {
        return static_cast<std::size_t>(PQgetlength(from, row, column));
    }
    [[nodiscard]] const char* bytes() const noexcept {
        const char* const value = PQgetvalue(from, row, column);
        if (value == nullptr) __builtin_unreachable(); // only outside the result
        return value;
    }
    [[nodiscard]] bool is_null() const noexcept { return PQgetisnull(from, row, column) != 0; }
    [[nodiscard]] const char* word() const noexcept {
        const char* const value = bytes();
        return value == null ? nullptr : value;
    }
    void next() noexcept { ++row; }
    [[nodiscard]] bool before(const result_cell& other) const noexcept { return row != other.row; }
};

/// The cells of one row of a PGresult.
struct result_row {
    const PGresult* from;
    int row;
    const char* null;
    [[nodiscard]] result_cell cell(std::uint32_t column) const noexcept {
        return {from, row, static_cast<int>(column), null};
    }
    void next(std::size_t rows = 1) noexcept { row += static_cast<int>(rows); }
    [[nodiscard]] bool before(const result_row& other) const noexcept { return row != other.row; }
    /// Are the cells aligned as they should be, so that word() may be asked?
    [[nodiscard]] bool aligned(std::size_t columns) const noexcept {
        if (null == nullptr) return false;
        for (std::size_t i = 0; i < columns; ++i) {
            const char* const value = cell(static_cast<std::uint32_t>(i)).word();
            if (reinterpret_cast<std::uintptr_t>(value) % result_cell::word_size != 0) return false;
        }
        return true;
    }
};

/// Learns from the first row whether lengths are known from then on: the distance of NULL then, or 0.
[[gnu::noinline]] std::ptrdiff_t learn_lengths(result_row& cells, format encoding, std::size_t columns,
                                               detail::cell_decoder& decoder, detail::row_block& into) {
    decoder.decode_each<detail::cell_lengths::checked>(cells, into, into.done + 1);
    const auto distance = encoding == format::binary ? distance_of_null() : 0;
    if (distance != 0) cells.null = reinterpret_cast<const char*>(cells.from) + distance;
    const bool known = cells.aligned(columns);
    if (known) decoder.plan().distance_of_null.store(distance, std::memory_order_relaxed);
    cells.next();
    return known ? distance : 0;
}

} // namespace

// The plan is one for results with these columns in this encoding.
[[gnu::hot]] void result::decode_rows(std::size_t first, detail::cell_decoder& decoder,
                                      detail::row_block& into) const {
    if (into.count == 0) return;
    result_row cells{result_.get(), static_cast<int>(first), nullptr};
    auto distance = decoder.plan().distance_of_null.load(std::memory_order_relaxed);
    if (distance == 0) distance = learn_lengths(cells, encoding_, column_count_, decoder, into);
    if (distance == 0) return decoder.decode_rows<detail::cell_lengths::checked>(cells, into);
    cells.null = reinterpret_cast<const char*>(result_.get()) + distance;
    decoder.decode_rows<detail::cell_lengths::known>(cells, into);
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

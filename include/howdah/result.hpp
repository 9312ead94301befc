// SPDX-License-Identifier: BSL-1.0
//
// result: what a statement answered, owned. Cells are views into it: they live as long as the result (or one
// moved from it).
//
// Not safe to change from several threads; reading one result from several threads is safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include <howdah/codec.hpp>
#include <howdah/detail/owner.hpp>
#include <howdah/error.hpp>
#include <howdah/oid.hpp>

struct pg_result; // libpq's PGresult

namespace howdah {

/// One column of a result or of a prepared statement.
struct column {
    std::string_view name; ///< lives as long as what it was asked of
    oid type = 0;
    oid table = 0;                 ///< the table that it comes from, 0: none (an expression)
    std::int16_t table_column = 0; ///< its attribute number there
    /// Of a type that users created, where a plan is made for it; lives as long as what it was asked of.
    const type_details* details = nullptr;
};

namespace detail {
struct reading_plan;
class cell_decoder;
struct row_block;
void free_result(pg_result* answer) noexcept;
} // namespace detail

/// The answer to one statement.
class result {
public:
    result() noexcept = default;
    /// Takes ownership of a PGresult that holds no error; `plan`, which may be null, was made for its columns.
    explicit result(pg_result* owned, detail::shared<const detail::reading_plan> plan = nullptr) noexcept;

    /// Rows and columns; both 0 for a command that returns none.
    [[nodiscard]] std::size_t row_count() const noexcept { return row_count_; }
    [[nodiscard]] std::size_t column_count() const noexcept { return column_count_; }
    [[nodiscard]] bool empty() const noexcept { return row_count_ == 0; }
    /// How many rows INSERT, UPDATE, DELETE, MERGE, COPY or SELECT touched or returned; 0 for any other
    /// command.
    [[nodiscard]] std::size_t affected_rows() const noexcept;
    /// The command tag, such as "INSERT 0 1". Lives as long as this result.
    [[nodiscard]] std::string_view command_tag() const noexcept;

    /// Column `index`, from 0. The name lives as long as this result. Throws usage_error if there is no such
    /// column.
    [[nodiscard]] column column_at(std::size_t index) const;
    /// Its name and type alone. The column must exist.
    [[nodiscard]] std::string_view column_name(std::size_t index) const noexcept;
    [[nodiscard]] oid column_type(std::size_t index) const noexcept;
    /// The encoding of every cell of this result; text unless all are binary.
    [[nodiscard]] format encoding() const noexcept { return encoding_; }

    /// The bytes of a cell, or nothing for NULL. Throws usage_error outside the result.
    [[nodiscard]] std::optional<std::string_view> cell_at(std::size_t row, std::size_t column) const;
    /// The plan that statement::reading made for this result's columns; null if it had none. Lives as long as this
    /// result.
    [[nodiscard]] const detail::reading_plan* plan() const noexcept { return plan_.get(); }
    /// Is this what a plan was made for? A server, or a pooler before it, may answer otherwise than it described.
    [[nodiscard]] bool has(std::size_t columns, format encoding) const noexcept {
        return column_count_ == columns && (encoding_ == encoding || columns == 0);
    }
    /// The same result, to be read by `plan`, which was made for its columns.
    void set_plan(detail::shared<const detail::reading_plan> plan) noexcept { plan_ = std::move(plan); }
    /// Decodes rows, which must exist, from `first` on. Throws what detail::cell_decoder throws.
    void decode_rows(std::size_t first, detail::cell_decoder& decoder, detail::row_block& into) const;

    /// One value, by position. Throws decode_error if the column's type or the value does not fit, or for
    /// NULL where T is not optional.
    template <readable T> [[nodiscard]] T value(std::size_t row, std::size_t column) const {
        T out{};
        decode_cell(row, column, codec_for<T>, &out);
        return out;
    }
    /// The erased form of value().
    void decode_cell(std::size_t row, std::size_t column, const erased_codec& with, void* out) const;

private:
    detail::owned<pg_result, &detail::free_result> result_;
    detail::shared<const detail::reading_plan> plan_;
    std::size_t row_count_ = 0, column_count_ = 0;
    format encoding_ = format::text;
};

} // namespace howdah

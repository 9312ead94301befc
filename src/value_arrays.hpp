// SPDX-License-Identifier: BSL-1.0
//
// Structs of values as one array parameter for each field, in binary: unnest makes rows of them again. The text of such
// a statement is the same for every number of rows, so that it stays prepared.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <howdah/detail/repository_core.hpp>

#include "lent_buffers.hpp"
#include "row_writer.hpp"

namespace howdah::detail {

/// One field of many structs.
struct value_array {
    writing_step step; ///< of an element
    oid type = 0;      ///< of the array
    std::string
        cast; ///< of an element where it is unnested, or empty: what the column does not take by assignment
    std::size_t before = 0; ///< how many bytes there were before the last block of rows
};

class value_arrays {
public:
    /// Fields whose codec has a type of its own go as arrays of that type, as single values do, and structs as arrays
    /// of the composite type of their column; all others as arrays of text with a cast to the type of their column.
    /// The server is asked for types of columns once per connection.
    value_arrays(connection& on, const table_description& table, const values_description& described);

    [[nodiscard]] const std::vector<std::string_view>& columns() const noexcept { return columns_; }
    /// "unnest($1, $2) AS given (howdah_1, howdah_2)", or what gives the same; and the place in the input if that is
    /// asked for.
    [[nodiscard]] std::string source(bool with_place) const;
    /// A column of the source, cast.
    [[nodiscard]] std::string value(std::size_t field) const;

    enum class batch : bool { usual, whole };
    /// Takes rows, from this one on, as many as one statement should have, or can; how many. Throws usage_error naming
    /// row and column for a value that cannot be sent.
    [[nodiscard]] std::size_t take(const value_rows& from, std::size_t first, batch size = batch::usual);
    /// The rows that were taken. A view: until more are taken.
    [[nodiscard]] parameters bound() const;
    /// The bytes of one field of all rows that were taken, one cell after the other.
    [[nodiscard]] std::string_view cells(std::size_t field) const noexcept;

    /// May a statement have failed because columns have other types by now than we knew, before anything happened?
    [[nodiscard]] static bool may_be_out_of_date(const server_error& failure);
    /// To be called then: they are asked for again.
    static void forget_types(connection& on, const table_description& table,
                             const values_description& described);

private:
    [[nodiscard]] std::string source_of_structs(bool with_place) const;
    /// False if the struct has no binary form, or a domain over it.
    [[nodiscard]] bool take_struct(value_array& field, std::size_t index,
                                   const std::shared_ptr<const type_details>& structure);
    void place(const value_rows& from);
    void begin(std::size_t rows);
    /// Returns how many bytes all rows have now. `row`: the place of the first one in the input.
    std::size_t append(const structs& block, std::size_t row);
    void take_back_block() noexcept;

    std::vector<value_array> fields_;
    lent_buffers bytes_;                                          ///< one array for each field
    std::vector<std::shared_ptr<const type_details>> structures_; // what steps of structs point at
    std::vector<std::string_view> columns_;
    bool placed_ = false;
};

} // namespace howdah::detail

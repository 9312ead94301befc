// SPDX-License-Identifier: BSL-1.0
//
// A row struct with its type erased, and the core that fills row structs from results: compiled once, for
// every struct.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include <howdah/codec.hpp>
#include <howdah/detail/owner.hpp>
#include <howdah/executor.hpp>
#include <howdah/result.hpp>

namespace howdah::detail {

struct column_step;
struct row_description;

/// A field that is a column, or a struct with columns of its own.
struct row_field {
    std::string_view field;    ///< its name in C++
    std::string_view column;   ///< its name on the server; what stands before the dot for a struct
    const erased_codec* codec; ///< null: a struct
    const row_description* inner = nullptr; ///< the struct
    void* (*engage)(void*) = nullptr; ///< of a std::optional<struct>: makes it if it is empty; its address
    void (*reset)(void*) = nullptr;   ///< of a std::optional<struct>: empties it
};

/// How fields find their columns.
enum class column_lookup : unsigned char {
    by_name,
    first_column, ///< a single value: takes column 0 whatever its name
    in_order, ///< a tuple: each element takes as many of the next columns as it has, by name if it is a struct
};

struct row_description {
    std::string_view type; ///< the C++ type, for messages
    std::span<const row_field> fields;
    void (*addresses)(void* row, void** out); ///< writes the address of every field
    /// Calls `use` with a row that exists for the call, to tell where its fields lie. Null: one field, at the start.
    void (*with_sample)(void (*use)(void* context, void* row), void* context) = nullptr;
    bool strict = false; ///< refuse columns without a field
    column_lookup lookup = column_lookup::by_name;
};

/// Where the columns of a statement are beside those of the row ours: a strict row does not count them as surplus.
enum class other_columns : bool { as_the_row_says, allowed };

/// Has a statement's result read into rows of this kind: finds the columns by name and checks every type, once for a
/// prepared statement, and asks for text where a field cannot be read from the binary form of its column. Making the
/// plan throws one decode_error that lists everything that does not fit. `row` must live for ever.
[[nodiscard]] row_reading reading_of(const row_description& row,
                                     other_columns others = other_columns::as_the_row_says) noexcept;

/// To be called in a handler, when a cell could not be read into a field with this codec: throws what was caught,
/// placed if it is a decode_error, and as one if it comes from a user's codec.
[[noreturn]] void refuse_cell(const erased_codec& field, std::string_view column, std::size_t index);

/// A plan for a result that brought none.
[[nodiscard]] shared<const reading_plan> plan_of(const row_reading& reading, const result& from);

/// Reads rows of one result, by the plan that came with it or by one made here.
class row_reader {
public:
    /// Throws as making a plan does. Both arguments must outlive the reader; `from` may be replaced by another result
    /// of the same statement whose plan, if it had one, lives on.
    row_reader(const row_description& row, const result& from,
               other_columns others = other_columns::as_the_row_says);
    row_reader(const row_reading& reading, const result& from);
    /// Fills the structs that stand from `into` on, `stride` bytes apart, from `rows` rows, which must exist, beginning
    /// with row `first`. Throws decode_error naming column and row.
    void read(std::size_t rows, void* into, std::size_t stride, std::size_t first = 0);
    /// The same, but stops before a row that cannot be read unless it is the first one. How many it read.
    [[nodiscard]] std::size_t read_some(std::size_t rows, void* into, std::size_t stride, std::size_t first);

private:
    [[noreturn]] void refuse(std::size_t index, const column_step& step) const;
    void check_fit() const;

    const result& from_;
    shared<const reading_plan> made_; // null: the result brought its plan
    const reading_plan* plan_;
};

/// How many rows a query has to answer with.
enum class cardinality : unsigned char { any, one, at_most_one };

/// Where rows go: resize() makes room for that many and returns the address of the first; they stand `stride`
/// bytes apart.
struct row_sink {
    void* container;
    void* (*resize)(void* container, std::size_t rows);
    std::size_t stride;
};

/// Reads the rows of a result into `sink`. Throws as run_query() does.
void read_rows(const result& answer, const row_description& row, cardinality rows, const row_sink& sink);
/// Reads the first `rows` rows, which must exist, into structs that stand `stride` bytes apart from `into` on. Throws
/// decode_error.
void read_rows(const result& answer, const row_reading& reading, std::size_t rows, void* into,
               std::size_t stride);
/// Runs a statement whose rows are to be read so.
[[nodiscard]] result run_rows(executor& on, statement what, const parameters& values,
                              const row_description& row);

/// Runs a statement and reads its rows into `sink`. Throws row_count_error if there are more or fewer than
/// asked for.
void run_query(executor& on, statement what, const parameters& values, const row_description& row,
               cardinality rows, const row_sink& sink);

} // namespace howdah::detail

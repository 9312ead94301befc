// SPDX-License-Identifier: BSL-1.0
//
// Typed queries on any executor.
//
//     struct customer { std::int64_t id; std::string name; std::optional<std::string> phone; };
//     for (const customer& one : howdah::query<customer>(db, "select * from customers where city = $1", city)) ...
//     auto found = howdah::query_optional<customer>(db, "select * from customers where id = $1", id);
//     auto total = howdah::query_one<std::int64_t>(db, "select count(*) from customers");
//
// A struct is filled by column name; every fault of the result (missing column, wrong type) is in one error.
// Columns that the struct does not have are ignored, unless it is asked for as strict<customer>. A type that
// is no struct is a single column. Rows own their data.
#pragma once

#include <concepts>
#include <cstddef>
#include <optional>
#include <type_traits>
#include <vector>

#include <howdah/executor.hpp>
#include <howdah/table.hpp>

namespace howdah {

/// As the type of a query: a Row, and every column of the result must have a field.
template <class Row> struct strict {};

namespace detail {

template <class T> struct row_type {
    using type = T;
};
template <class Row> struct row_type<strict<Row>> {
    using type = Row;
};

/// A single value instead of a struct: its column's name does not matter.
template <class T> inline constexpr row_field value_field{"", "", &codec_for<T>};
template <class T>
inline constexpr row_description value_description{
    pretty_name<T>(), {&value_field<T>, 1}, nullptr, nullptr, false, column_lookup::first_column};

template <class T> consteval bool is_single_value() {
    return readable<T> && !value_object<T>;
}

/// Rows that are no structs: tuple.hpp. Has a member `description` then.
template <class T> struct row_shape {};

template <class T> consteval row_description describe() {
    using row = typename row_type<T>::type;
    if constexpr (is_single_value<row>()) {
        static_assert(std::default_initializable<row>,
                      "howdah: a value is read in place, so its type must be default-constructible; ask for "
                      "std::optional of it");
        return value_description<row>;
    } else if constexpr (requires { row_shape<row>::description; }) {
        return row_shape<row>::description;
    } else if constexpr (!std::is_class_v<row>) {
        static_assert(
            std::is_class_v<row>,
            "howdah: no codec reads this type; use one of the types listed in codec.hpp (in place of a "
            "char, std::string, std::int8_t or howdah::internal_char), or specialize howdah::codec for it");
        return {};
    } else if constexpr (is_row<row>()) {
        auto described = description_of<row>;
        described.strict = described.strict || !std::is_same_v<row, T>;
        return described;
    } else {
        return {};
    }
}
template <class T> inline constexpr row_description queried = describe<T>();
/// To be asserted before a T is made, so that the first error says what keeps it from being a row.
template <class T> consteval bool is_queryable() {
    return !queried<T>.type.empty();
}

// Named functions, not lambdas: a lambda is a class and three functions more, for every row struct.
template <class T> void* make_row(void* container, std::size_t count) {
    return count == 0 ? nullptr : &static_cast<std::optional<T>*>(container)->emplace();
}
inline void* same_row(void* container, std::size_t) noexcept {
    return container;
}

template <class T> row_sink sink_of(std::optional<T>& row) noexcept {
    return {&row, &make_row<T>, sizeof(T)};
}
/// Keeps the rows that are there.
template <class T> void* resize_rows(void* container, std::size_t count) {
    auto& filled = *static_cast<std::vector<T>*>(container);
    filled.resize(count);
    return filled.data();
}
template <class T> row_sink growing_sink_of(std::vector<T>& rows) noexcept {
    return {&rows, &resize_rows<T>, sizeof(T)};
}
/// A row that is there already.
inline row_sink sink_of_one(void* row) noexcept {
    return {row, &same_row, 0};
}

/// What rows are read into one after the other. A std::vector<bool> has no elements with an address.
struct bool_row {
    bool value = false;
};
template <class T>
using rows_in_place = std::vector<std::conditional_t<std::is_same_v<T, bool>, bool_row, T>>;
std::vector<bool> packed(const std::vector<bool_row>& rows);

/// Rows of a result. The vector's constructor makes them: resize() would be twice as much to compile.
template <class Row>
std::vector<Row> rows_of(const result& from, const row_description& described, std::size_t rows,
                         other_columns others = other_columns::as_the_row_says) {
    std::vector<Row> all(rows);
    read_rows(from, reading_of(described, others), rows, all.data(), sizeof(Row));
    return all;
}
/// All rows of a result.
template <class T> std::vector<typename row_type<T>::type> all_rows_of(const result& from) {
    using row = typename row_type<T>::type;
    auto rows = rows_of<typename rows_in_place<row>::value_type>(from, queried<T>, from.row_count());
    if constexpr (std::is_same_v<row, bool>) return packed(rows);
    else return rows;
}

} // namespace detail

/// What a query for T gives: T itself, or Row for strict<Row>.
template <class T> using queried_type = typename detail::row_type<T>::type;

/// All rows. Throws decode_error when the result does not fit T, and whatever executor::run() throws.
template <class T, bindable... Values>
[[nodiscard]] std::vector<queried_type<T>> query(executor& on, const statement& what,
                                                 const Values&... values) {
    return detail::all_rows_of<T>(detail::run_rows(on, what, howdah::bind(values...), detail::queried<T>));
}

/// Exactly one row, of a default-constructible T. Throws row_count_error when there is none, or more.
template <class T, bindable... Values>
[[nodiscard]] queried_type<T> query_one(executor& on, const statement& what, const Values&... values) {
    static_assert(detail::is_queryable<T>());
    queried_type<T> row; // not {}: every field is read
    detail::run_query(on, what, howdah::bind(values...), detail::queried<T>, detail::cardinality::one,
                      detail::sink_of_one(&row));
    return row;
}

/// One row or none. Throws row_count_error when there are more.
template <class T, bindable... Values>
[[nodiscard]] std::optional<queried_type<T>> query_optional(executor& on, const statement& what,
                                                            const Values&... values) {
    std::optional<queried_type<T>> row;
    detail::run_query(on, what, howdah::bind(values...), detail::queried<T>, detail::cardinality::at_most_one,
                      detail::sink_of(row));
    return row;
}

} // namespace howdah

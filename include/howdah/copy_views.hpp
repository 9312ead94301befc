// SPDX-License-Identifier: BSL-1.0
//
// Rows that view into what a COPY has sent: as query_views() gives them, for a third of its work, and in half its
// memory where rows are short, since libpq builds no result.
//
//     struct line { std::int64_t id; std::string_view name; std::optional<std::string_view> note; };
//     const auto lines = howdah::copy_views<line>(db, "select * from lines where name > $1", first);
//     for (const line& one : lines) ...              // one.name lives as long as `lines`
//
// COPY sends binary only, and has its values in its text; what else holds for it stands in howdah/copy.hpp.
#pragma once

#include <memory>

#include <howdah/detail/copied_rows.hpp>
#include <howdah/views.hpp>

namespace howdah {

namespace detail {

/// Receives all rows of a query.
[[nodiscard]] std::unique_ptr<view_source> view_copy(executor& on, const statement& what,
                                                     const parameters& values, const row_description& row);

} // namespace detail

/// Receives all rows of a query, and gives rows that view into their bytes, every one of which is kept. T as for
/// query_views(); the text and the values as for copy_out(). The connection is free afterwards. Throws as copy_out()
/// does, save that a value that does not fit is a decode_error where its row is looked at.
template <class T, bindable... Values>
[[nodiscard]] row_views<T> copy_views(executor& on, const statement& what, const Values&... values) {
    return row_views<T>(detail::view_copy(on, what, detail::bind_as_text(values...), detail::viewed<T>));
}
/// All rows of a table; of its columns those that T has. Throws usage_error as copy_out() of a table does.
template <class T> [[nodiscard]] row_views<T> copy_views(executor& on, const copy_target& from) {
    const auto text = detail::copy_query(from, detail::viewed<T>);
    statement what(text);
    what.timeout = from.timeout;
    return copy_views<T>(on, what);
}
/// The same of howdah::table<Row>.
template <class Row> [[nodiscard]] row_views<Row> copy_views(executor& on) {
    return copy_views<Row>(on, detail::target_of<Row>());
}

} // namespace howdah

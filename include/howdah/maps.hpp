// SPDX-License-Identifier: BSL-1.0
//
// Rows by the value of one of their fields:
//
//     auto by_id = howdah::query_map<&customer::id>(db, "select * from customers where city = $1", city);
//     auto lines = howdah::query_groups<&order_line::order_id>(db, "select * from order_lines order by position");
//     lines[order.id]                                            // std::vector<order_line>, in the order of the query
#pragma once

#include <map>
#include <utility>
#include <vector>

#include <howdah/filter.hpp>
#include <howdah/query.hpp>

namespace howdah {

namespace detail {
[[noreturn]] void refuse_second_row(std::string_view field);
}

/// All rows, by the field that Member names. Throws row_count_error if two rows have the same value there, and what
/// query() throws.
template <auto Member, bindable... Values>
[[nodiscard]] auto query_map(executor& on, const statement& what, const Values&... values) {
    using row_type = detail::owner_of<Member>;
    std::map<detail::field_of<Member>, row_type> all;
    for (auto& row : query<row_type>(on, what, values...)) {
        auto key = row.*Member;
        if (!all.try_emplace(std::move(key), std::move(row)).second)
            detail::refuse_second_row(detail::member_name<Member>);
    }
    return all;
}

/// All rows in groups of the same value of the field that Member names; within a group in the order of the query.
/// Throws what query() throws.
template <auto Member, bindable... Values>
[[nodiscard]] auto query_groups(executor& on, const statement& what, const Values&... values) {
    using row_type = detail::owner_of<Member>;
    std::map<detail::field_of<Member>, std::vector<row_type>> all;
    for (auto& row : query<row_type>(on, what, values...)) all[row.*Member].push_back(std::move(row));
    return all;
}

} // namespace howdah

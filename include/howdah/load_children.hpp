// SPDX-License-Identifier: BSL-1.0
//
// The children of many parents in one query:
//
//     auto orders = howdah::query<order>(db, "select * from orders where customer_id = $1", id);
//     auto lines = howdah::load_children<&order_line::order_id>(db, orders, &order::id);
//     for (std::size_t i = 0; i < orders.size(); ++i) print(orders[i], lines[i]);     // std::vector<order_line>
//
// The children are rows with a table<>; see table.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <howdah/detail/statement_text.hpp>
#include <howdah/filter.hpp>
#include <howdah/query.hpp>

namespace howdah {

namespace detail {

/// Rows of one table that belong to parents; `parent_of` takes the index of each one's parent.
[[nodiscard]] result run_load_children(executor& on, const table_description& table,
                                       std::string_view parent_column, parameters keys,
                                       const condition& where, std::span<const ordering> order,
                                       std::optional<std::size_t> limit, std::vector<std::size_t>& parent_of);

} // namespace detail

/// The children of every parent, in the order of the parents: those rows of the table whose field Member equals the
/// parent's `key`. `chosen` narrows and orders the children of each parent; its limit holds for each parent. One query,
/// whatever the number of parents; none for none. Throws what query() throws.
template <auto Member, class Parents, class Parent, class Key>
[[nodiscard]] auto load_children(executor& on, const Parents& parents, Key Parent::* key,
                                 const selection<detail::owner_of<Member>>& chosen = {}) {
    using child = detail::owner_of<Member>;
    static_assert(detail::is_table<child>());
    std::vector<std::vector<child>> children(parents.size());
    if (parents.size() == 0) return children;
    std::vector<Key> keys;
    keys.reserve(parents.size());
    for (const Parent& parent : parents) keys.push_back(parent.*key);
    std::vector<std::size_t> parent_of;
    const auto answer = detail::run_load_children(
        on, detail::table_of<child>, detail::column_of_member<child, Member>(), howdah::bind(keys),
        chosen.where, chosen.order_by.all(), chosen.limit, parent_of);
    auto rows = detail::rows_of<child>(answer, detail::description_of<child>, answer.row_count(),
                                       detail::other_columns::allowed);
    for (std::size_t i = 0; i < rows.size(); ++i) children[parent_of[i]].push_back(std::move(rows[i]));
    return children;
}

} // namespace howdah

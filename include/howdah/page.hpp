// SPDX-License-Identifier: BSL-1.0
//
// Keyset pages: each page begins after the last row of the one before, found through an index, however far
// in. No OFFSET.
//
//     auto first = users.find_page(db, {.order_by = {howdah::descending<&user::created_at>()}, .size = 50});
//     auto second = users.find_page(db, {.order_by = {howdah::descending<&user::created_at>()},
//                                        .size = 50,
//                                        .after = first.next});
//
// A cursor is text that may go to a browser and come back: its values are bound as parameters, so a forged
// one can only ask for another place in the same order. It does not hide the values of the order's columns.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <howdah/filter.hpp>

namespace howdah {

/// Which page. The key is added to the order, so that rows of equal order stand still; fields of the order
/// must not be optional.
template <class T> struct page_request {
    filter<T> where{};
    order_list<T> order_by{};
    std::size_t size = 50; ///< rows; at least 1
    /// page::next of the page before, with the same order; nothing: the first page.
    std::optional<std::string> after{};
};

/// One page of rows.
template <class T> struct page {
    std::vector<T> items;
    /// The cursor for page_request::after; nothing if this is the last page.
    std::optional<std::string> next;
};

namespace detail {

/// Packs the values of a row's order columns into a cursor; unpack throws usage_error for text that pack()
/// did not make for this many values of this order.
[[nodiscard]] std::string pack_cursor(const std::vector<std::string>& values, std::string_view order);
[[nodiscard]] std::vector<std::string> unpack_cursor(std::string_view cursor, std::string_view order,
                                                     std::size_t values);

} // namespace detail

} // namespace howdah

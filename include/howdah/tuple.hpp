// SPDX-License-Identifier: BSL-1.0
//
// Joins as tuples of structs:
//
//     for (const auto& [order, customer] : howdah::query<std::tuple<order_row, customer_row>>(
//              db, "select o.id, o.total, c.id, c.name from orders o join customers c on c.id = o.customer_id")) ...
//
// The elements take the columns in order, each as many as it has fields; within its columns a struct finds its fields
// by name. So two structs may have columns of the same name, and every column has to belong to one of them: name the
// columns rather than write `select *`. An element that is no struct takes one column. A std::optional<struct> is empty
// where all its columns are NULL, as an outer join leaves them. A struct of structs, whose columns are named after its
// fields, does without the order: see table.hpp.
#pragma once

#include <cstddef>
#include <tuple>
#include <utility>

#include <howdah/query.hpp>

namespace howdah::detail {

template <class Tuple, class... Elements> struct tuple_shape {
    static_assert(((readable<Elements> || inner_struct<Elements>) && ...),
                  "howdah: an element of the tuple is neither a row struct nor a type that a codec reads");
    static void addresses(void* row, void** out) {
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            ((out[I] = __builtin_addressof(std::get<I>(*static_cast<Tuple*>(row)))), ...);
        }(std::index_sequence_for<Elements...>{});
    }
    static constexpr row_field elements[] = {describe_field<Elements>()...};
    static constexpr row_description description{pretty_name<Tuple>(), elements, &addresses,
                                                 &with_sample<Tuple>,  false,    column_lookup::in_order};
};

template <class... Elements>
struct row_shape<std::tuple<Elements...>> : tuple_shape<std::tuple<Elements...>, Elements...> {};
template <class First, class Second>
struct row_shape<std::pair<First, Second>> : tuple_shape<std::pair<First, Second>, First, Second> {};

} // namespace howdah::detail

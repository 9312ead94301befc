// SPDX-License-Identifier: BSL-1.0
//
// A join is viewed as a struct of structs.
// expect first: howdah: a row of views is a struct or a single value
#include <cstdint>
#include <string_view>

#include <howdah/tuple.hpp>
#include <howdah/views.hpp>

struct order {
    std::int64_t id;
};
struct customer {
    std::string_view name;
};
struct order_of_customer {
    order placed;
    customer by;
};

#ifdef HOWDAH_CONTROL
using row = order_of_customer;
#else
using row = std::tuple<order, customer>;
#endif

std::size_t count(howdah::executor& db) {
    return howdah::query_views<row>(db, "select * from orders").size();
}

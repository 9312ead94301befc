// SPDX-License-Identifier: BSL-1.0
//
// Rows of query() own their data: a view would outlive the result unnoticed. Only query_views() takes one.
// expect first: howdah: a field of the row struct has a type that no codec reads
#include <string_view>

#include <howdah/views.hpp>

struct line {
    int n;
    std::string_view name;
};

void look(howdah::executor& db) {
#ifdef HOWDAH_CONTROL
    (void)howdah::query_views<line>(db, "select 1 as n, 'x' as name");
#else
    (void)howdah::query<line>(db, "select 1 as n, 'x' as name");
#endif
}

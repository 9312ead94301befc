// SPDX-License-Identifier: BSL-1.0
//
// What the row views into would be gone before it is looked at.
// expect: deleted
#include <howdah/views.hpp>

void look(howdah::executor& db) {
#ifdef HOWDAH_CONTROL
    const auto rows = howdah::query_views<std::string_view>(db, "select 'x'");
    (void)rows.front();
#else
    (void)howdah::query_views<std::string_view>(db, "select 1::text").front();
#endif
}

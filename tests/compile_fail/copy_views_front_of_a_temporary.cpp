// SPDX-License-Identifier: BSL-1.0
//
// What the row views into would be gone before it is looked at.
// expect: deleted
#include <howdah/copy_views.hpp>

void look(howdah::executor& db) {
#ifdef HOWDAH_CONTROL
    const auto rows = howdah::copy_views<std::string_view>(db, "select 'x'");
    (void)rows.front();
#else
    (void)howdah::copy_views<std::string_view>(db, "select 'x'").front();
#endif
}

// SPDX-License-Identifier: BSL-1.0
//
// A struct does not say by its name which table is meant.
// expect: howdah: name the table to copy, or specialize howdah::table<Row> with its .name.
#include <howdah/copy.hpp>

struct row {
    int id;
};

void write(howdah::executor& on, const std::vector<row>& rows) {
#ifdef HOWDAH_CONTROL
    howdah::copy_in(on, {.table = "t"}, rows);
#else
    howdah::copy_in(on, rows);
#endif
}

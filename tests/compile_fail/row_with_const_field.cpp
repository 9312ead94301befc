// SPDX-License-Identifier: BSL-1.0
//
// Rows are read in place.
// expect first: howdah: a field of the row struct is const
#include <cstdint>
#include <vector>

#include <howdah/query.hpp>

struct row {
#ifdef HOWDAH_CONTROL
    std::int64_t id = 0;
#else
    const std::int64_t id = 0;
#endif
};

std::vector<row> read(howdah::executor& db) {
    return howdah::query<row>(db, "select 1 as id");
}

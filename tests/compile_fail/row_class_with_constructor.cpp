// SPDX-License-Identifier: BSL-1.0
//
// A class with a constructor hides its fields from reflection.
// expect first: howdah: a row must be a plain struct: no constructor
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <howdah/query.hpp>

#ifdef HOWDAH_CONTROL
struct row {
    std::int32_t id;
};
#else
struct row {
    row();
    std::int32_t id;
};
#endif

std::vector<row> read(howdah::executor& db) {
    return howdah::query<row>(db, "select 1");
}

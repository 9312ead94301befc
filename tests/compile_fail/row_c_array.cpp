// SPDX-License-Identifier: BSL-1.0
//
// A C array would count as one field per element.
// expect first: howdah: a row struct cannot have a C array as a field
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <howdah/query.hpp>

#ifdef HOWDAH_CONTROL
struct row {
    std::int32_t id;
    std::string code;
};
#else
struct row {
    std::int32_t id;
    char code[4];
};
#endif

std::vector<row> read(howdah::executor& db) {
    return howdah::query<row>(db, "select 1");
}

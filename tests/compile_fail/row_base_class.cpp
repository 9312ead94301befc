// SPDX-License-Identifier: BSL-1.0
//
// Fields of a base class have no place in the order of an aggregate.
// expect first: howdah: a row struct cannot have a base class
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <howdah/query.hpp>

#ifdef HOWDAH_CONTROL
struct row {
    std::int32_t id;
    std::string name;
};
#else
struct base {
    std::int32_t id;
};
struct row : base {
    std::string name;
};
#endif

std::vector<row> read(howdah::executor& db) {
    return howdah::query<row>(db, "select 1");
}

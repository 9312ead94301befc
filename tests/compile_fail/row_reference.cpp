// SPDX-License-Identifier: BSL-1.0
//
// A row owns its data.
// expect first: howdah: a row struct cannot hold a reference
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
struct row {
    std::int32_t id;
    std::string& name;
};
#endif

std::vector<row> read(howdah::executor& db) {
    return howdah::query<row>(db, "select 1");
}

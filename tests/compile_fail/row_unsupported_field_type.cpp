// SPDX-License-Identifier: BSL-1.0
//
// Nothing says how a file would travel.
// expect first: howdah: a field of the row struct has a type that no codec reads
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <howdah/query.hpp>

#ifdef HOWDAH_CONTROL
struct row {
    std::int32_t id;
    std::vector<std::byte> content;
};
#else
struct file {
    file(); // a class of the program, no aggregate
};
struct row {
    std::int32_t id;
    file content;
};
#endif

std::vector<row> read(howdah::executor& db) {
    return howdah::query<row>(db, "select 1");
}

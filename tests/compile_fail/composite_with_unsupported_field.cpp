// SPDX-License-Identifier: BSL-1.0
//
// Nothing says how a file would travel.
// expect first: howdah: a field of the composite has a type that no codec reads
#include <cstdint>
#include <string>

#include <howdah/composite.hpp>
#include <howdah/query.hpp>

#ifdef HOWDAH_CONTROL
using file = std::string;
#else
struct file {
    file(); // a class of the program, no aggregate
};
#endif

struct attachment {
    std::int32_t id;
    file content;
};
template <> struct howdah::composite<attachment> {
    static constexpr auto name = "attachment";
};

std::vector<attachment> read(howdah::executor& db) {
    return howdah::query<attachment>(db, "select 1");
}

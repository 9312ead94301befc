// SPDX-License-Identifier: BSL-1.0
//
// A char may be a letter, a small number or a "char" of the catalogs: whoever reads one says which.
// expect first: howdah: no codec reads this type
#include <cstdint>
#include <vector>

#include <howdah/query.hpp>

#ifdef HOWDAH_CONTROL
using small = std::int8_t;
#else
using small = char;
#endif

std::vector<small> read(howdah::executor& db) {
    return howdah::query<small>(db, "select 1");
}

// SPDX-License-Identifier: BSL-1.0
//
// A pointer is an address in this program, not a value.
// expect: howdah: a field of the row struct has a type that no codec sends
#include <howdah/copy.hpp>

struct row {
    int id;
#ifdef HOWDAH_CONTROL
    int value;
#else
    int* value;
#endif
};

void write(howdah::executor& on, const std::vector<row>& rows) {
    howdah::copy_in(on, {.table = "t"}, rows);
}

// SPDX-License-Identifier: BSL-1.0
//
// COPY has no parameters: a value would have to become part of the text.
// expect: howdah: COPY takes no parameters; use query.. or stream.. for a statement with values
#include <howdah/copy.hpp>

std::vector<int> read(howdah::executor& on) {
#ifdef HOWDAH_CONTROL
    return howdah::copy_out<int>(on, "select 1");
#else
    return howdah::copy_out<int>(on, "select $1", 1);
#endif
}

// SPDX-License-Identifier: BSL-1.0
//
// COPY has no parameters: a value would have to become part of the text.
// expect: howdah: COPY takes no parameters; use query_views.. for a statement with values
#include <howdah/copy_views.hpp>

std::size_t count(howdah::executor& on) {
#ifdef HOWDAH_CONTROL
    return howdah::copy_views<int>(on, "select 1").size();
#else
    return howdah::copy_views<int>(on, "select $1", 1).size();
#endif
}

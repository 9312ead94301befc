// SPDX-License-Identifier: BSL-1.0
//
// Who would free it?
// expect: does not satisfy .readable.|satisfaction of .readable<T>.
#include <string>

#include <howdah/result.hpp>

#ifdef HOWDAH_CONTROL
using type = std::string;
#else
using type = const char*;
#endif

type read(const howdah::result& from) {
    return from.value<type>(0, 0);
}

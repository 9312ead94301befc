// SPDX-License-Identifier: BSL-1.0
//
// A view into a result would outlive it unnoticed.
// expect: does not satisfy .readable.|satisfaction of .readable<T>.
#include <string>
#include <string_view>

#include <howdah/result.hpp>

#ifdef HOWDAH_CONTROL
using type = std::string;
#else
using type = std::string_view;
#endif

type read(const howdah::result& from) {
    return from.value<type>(0, 0);
}

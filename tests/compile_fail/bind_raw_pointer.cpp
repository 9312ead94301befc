// SPDX-License-Identifier: BSL-1.0
//
// A pointer is an address in this program, not a value.
// expect: no matching function for call to .bind
// expect: does not satisfy .bindable.|bindable<T>. .with T = .int\*.*evaluated to .false.
#include <howdah/parameters.hpp>

howdah::parameters send(int* number) {
#ifdef HOWDAH_CONTROL
    return howdah::bind(*number);
#else
    return howdah::bind(number);
#endif
}

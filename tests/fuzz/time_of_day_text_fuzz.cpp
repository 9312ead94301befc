// SPDX-License-Identifier: BSL-1.0
//
// time and timetz as text.
#include <howdah/time_of_day.hpp>

#include "fuzz_decoder.hpp"

using namespace howdah;
using fuzz::decodes;

// clang-format off
HOWDAH_FUZZ(
    decodes<time_of_day>(oids::time, format::text),
    decodes<offset_time>(oids::timetz, format::text))
// clang-format on

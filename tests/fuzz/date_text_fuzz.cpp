// SPDX-License-Identifier: BSL-1.0
//
// date as text.
#include <howdah/time.hpp>

#include "fuzz_decoder.hpp"

using namespace howdah;
using fuzz::decodes;

// clang-format off
HOWDAH_FUZZ(
    decodes<date>(oids::date, format::text),
    decodes<or_infinity<date>>(oids::date, format::text),
    decodes<std::chrono::year_month_day>(oids::date, format::text))
// clang-format on

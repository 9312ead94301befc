// SPDX-License-Identifier: BSL-1.0
//
// Every type of date and time in binary.
#include <howdah/interval.hpp>
#include <howdah/time.hpp>
#include <howdah/time_of_day.hpp>

#include "fuzz_decoder.hpp"

using namespace howdah;
using fuzz::decodes;

// clang-format off
HOWDAH_FUZZ(
    decodes<timestamp>(oids::timestamptz, format::binary),
    decodes<local_timestamp>(oids::timestamp, format::binary),
    decodes<date>(oids::date, format::binary),
    decodes<or_infinity<timestamp>>(oids::timestamptz, format::binary),
    decodes<or_infinity<local_timestamp>>(oids::timestamp, format::binary),
    decodes<or_infinity<date>>(oids::date, format::binary),
    decodes<std::chrono::year_month_day>(oids::date, format::binary),
    decodes<time_of_day>(oids::time, format::binary),
    decodes<offset_time>(oids::timetz, format::binary),
    decodes<interval>(oids::interval, format::binary))
// clang-format on

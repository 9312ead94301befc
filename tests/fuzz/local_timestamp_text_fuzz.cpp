// SPDX-License-Identifier: BSL-1.0
//
// timestamp as text.
#include <howdah/time.hpp>

#include "fuzz_decoder.hpp"

using namespace howdah;
using fuzz::decodes;

// clang-format off
HOWDAH_FUZZ(
    decodes<local_timestamp>(oids::timestamp, format::text),
    decodes<or_infinity<local_timestamp>>(oids::timestamp, format::text))
// clang-format on

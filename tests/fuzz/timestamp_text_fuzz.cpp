// SPDX-License-Identifier: BSL-1.0
//
// timestamptz as text.
#include <howdah/time.hpp>

#include "fuzz_decoder.hpp"

using namespace howdah;
using fuzz::decodes;

// clang-format off
HOWDAH_FUZZ(
    decodes<timestamp>(oids::timestamptz, format::text),
    decodes<or_infinity<timestamp>>(oids::timestamptz, format::text))
// clang-format on

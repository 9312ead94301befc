// SPDX-License-Identifier: BSL-1.0
//
// numeric as text.
#include <howdah/numeric.hpp>

#include "fuzz_decoder.hpp"

using namespace howdah;
using fuzz::decodes;

// clang-format off
HOWDAH_FUZZ(
    decodes<numeric>(oids::numeric, format::text))
// clang-format on

// SPDX-License-Identifier: BSL-1.0
//
// interval as text, in every style.
#include <howdah/interval.hpp>

#include "fuzz_decoder.hpp"

using namespace howdah;
using fuzz::decodes;

// clang-format off
HOWDAH_FUZZ(
    decodes<interval>(oids::interval, format::text))
// clang-format on

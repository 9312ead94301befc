// SPDX-License-Identifier: BSL-1.0
//
// inet and cidr as text.
#include <howdah/inet.hpp>

#include "fuzz_decoder.hpp"

using namespace howdah;
using fuzz::decodes;

// clang-format off
HOWDAH_FUZZ(
    decodes<inet>(oids::inet, format::text),
    decodes<cidr>(oids::cidr, format::text))
// clang-format on

// SPDX-License-Identifier: BSL-1.0
//
// inet and cidr in binary.
#include <howdah/inet.hpp>

#include "fuzz_decoder.hpp"

using namespace howdah;
using fuzz::decodes;

// clang-format off
HOWDAH_FUZZ(
    decodes<inet>(oids::inet, format::binary),
    decodes<cidr>(oids::cidr, format::binary))
// clang-format on

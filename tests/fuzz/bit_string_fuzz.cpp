// SPDX-License-Identifier: BSL-1.0
//
// bit varying, text and binary.
#include <howdah/bit_string.hpp>

#include "fuzz_decoder.hpp"

using namespace howdah;
using fuzz::decodes;

// clang-format off
HOWDAH_FUZZ(
    decodes<bit_string>(oids::varbit, format::text),
    decodes<bit_string>(oids::varbit, format::binary))
// clang-format on

// SPDX-License-Identifier: BSL-1.0
//
// uuid, text and binary.
#include <howdah/uuid.hpp>

#include "fuzz_decoder.hpp"

using namespace howdah;
using fuzz::decodes;

// clang-format off
HOWDAH_FUZZ(
    decodes<uuid>(oids::uuid, format::text),
    decodes<uuid>(oids::uuid, format::binary))
// clang-format on

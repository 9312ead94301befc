// SPDX-License-Identifier: BSL-1.0
//
// hstore in binary.
#include <howdah/hstore.hpp>

#include "fuzz_decoder.hpp"

using namespace howdah;
using fuzz::decodes;

// clang-format off
HOWDAH_FUZZ(
    decodes<hstore>(oids::first_user_defined, format::binary))
// clang-format on

// SPDX-License-Identifier: BSL-1.0
//
// bytea: the hexadecimal and the escape form.
#include "fuzz_decoder.hpp"

using namespace howdah;
using fuzz::decodes;

// clang-format off
HOWDAH_FUZZ(
    decodes<std::vector<std::byte>>(oids::bytea, format::text))
// clang-format on

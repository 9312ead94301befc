// SPDX-License-Identifier: BSL-1.0
//
// Ranges and multiranges in binary.
#include <howdah/numeric.hpp>
#include <howdah/range.hpp>
#include <howdah/time.hpp>

#include "fuzz_decoder.hpp"

using namespace howdah;
using fuzz::decodes;

// clang-format off
HOWDAH_FUZZ(
    decodes<range<std::int32_t>>(3904, format::binary),
    decodes<range<numeric>>(3906, format::binary),
    decodes<range<or_infinity<timestamp>>>(3910, format::binary),
    decodes<range<date>>(3912, format::binary),
    decodes<multirange<std::int64_t>>(4536, format::binary),
    decodes<multirange<or_infinity<local_timestamp>>>(4533, format::binary),
    decodes<std::vector<std::optional<range<std::int32_t>>>>(3905, format::binary))
// clang-format on

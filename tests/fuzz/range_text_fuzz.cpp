// SPDX-License-Identifier: BSL-1.0
//
// Ranges and multiranges in text.
#include <howdah/numeric.hpp>
#include <howdah/range.hpp>
#include <howdah/time.hpp>

#include "fuzz_decoder.hpp"

using namespace howdah;
using fuzz::decodes;
using fuzz::decodes_only;

constexpr oid user_range = oids::first_user_defined;

// clang-format off
HOWDAH_FUZZ(
    decodes<range<std::int32_t>>(3904, format::text),
    decodes<range<numeric>>(3906, format::text),
    decodes<range<or_infinity<timestamp>>>(3910, format::text),
    decodes_only<range<std::string>>(user_range, format::text),
    decodes<multirange<std::int64_t>>(4536, format::text),
    decodes<multirange<or_infinity<date>>>(4535, format::text),
    decodes_only<multirange<std::string>>(user_range, format::text))
// clang-format on

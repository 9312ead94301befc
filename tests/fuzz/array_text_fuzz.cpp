// SPDX-License-Identifier: BSL-1.0
//
// Arrays as text.
#include <howdah/array.hpp>
#include <howdah/interval.hpp>
#include <howdah/numeric.hpp>

#include "fuzz_decoder.hpp"

using namespace howdah;
using fuzz::decodes;

// clang-format off
HOWDAH_FUZZ(
    decodes<std::vector<std::string>>(array_of(oids::text), format::text),
    decodes<std::vector<std::optional<std::string>>>(array_of(oids::text), format::text),
    decodes<std::vector<std::optional<std::int32_t>>>(array_of(oids::int4), format::text),
    decodes<std::vector<bool>>(array_of(oids::boolean), format::text),
    decodes<std::vector<std::vector<std::byte>>>(array_of(oids::bytea), format::text),
    decodes<std::vector<std::optional<interval>>>(array_of(oids::interval), format::text),
    decodes<std::vector<numeric>>(array_of(oids::numeric), format::text),
    decodes<std::vector<std::optional<double>>>(array_of(oids::float8), format::text),
    decodes<howdah::array<std::optional<std::int32_t>>>(array_of(oids::int4), format::text),
    decodes<std::vector<std::vector<std::string>>>(array_of(oids::text), format::text))
// clang-format on

// SPDX-License-Identifier: BSL-1.0
//
// bool, integers and floating point, text and binary.
#include "fuzz_decoder.hpp"

using namespace howdah;
using fuzz::decodes;

// clang-format off
HOWDAH_FUZZ(
    decodes<bool>(oids::boolean, format::text),
    decodes<bool>(oids::boolean, format::binary),
    decodes<std::int16_t>(oids::int2, format::text),
    decodes<std::int16_t>(oids::int2, format::binary),
    decodes<std::int32_t>(oids::int4, format::text),
    decodes<std::int32_t>(oids::int4, format::binary),
    decodes<std::int64_t>(oids::int8, format::text),
    decodes<std::int64_t>(oids::int8, format::binary),
    decodes<std::uint8_t>(oids::int2, format::text),
    decodes<std::uint8_t>(oids::int2, format::binary),
    decodes<std::uint32_t>(oids::int8, format::text),
    decodes<std::uint32_t>(oids::int8, format::binary),
    decodes<float>(oids::float4, format::text),
    decodes<float>(oids::float4, format::binary),
    decodes<double>(oids::float8, format::text),
    decodes<double>(oids::float8, format::binary))
// clang-format on

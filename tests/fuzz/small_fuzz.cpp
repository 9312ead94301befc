// SPDX-License-Identifier: BSL-1.0
//
// Hardware addresses, log positions and "char", text and binary.
#include <howdah/internal_char.hpp>
#include <howdah/macaddr.hpp>
#include <howdah/pg_lsn.hpp>

#include "fuzz_decoder.hpp"

using namespace howdah;
using fuzz::decodes;
using fuzz::decodes_only;

// clang-format off
HOWDAH_FUZZ(
    decodes<macaddr>(oids::macaddr, format::text),
    decodes<macaddr>(oids::macaddr, format::binary),
    decodes<macaddr8>(oids::macaddr8, format::text),
    decodes<macaddr8>(oids::macaddr8, format::binary),
    decodes<pg_lsn>(oids::pg_lsn, format::text),
    decodes<pg_lsn>(oids::pg_lsn, format::binary),
    decodes_only<internal_char>(oids::character, format::binary))
// clang-format on

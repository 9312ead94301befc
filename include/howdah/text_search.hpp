// SPDX-License-Identifier: BSL-1.0
//
// tsvector and tsquery: documents and queries of the full text search, as text.
//
// They have no binary form here: a result with such a column comes as text. Source: PostgreSQL manual, section 8.11.
#pragma once

#include <howdah/typed_text.hpp>

namespace howdah {

/// "'fat':2 'rat':3": lexemes and positions, as the server prints them. See typed_text.
using tsvector = typed_text<oids::tsvector>;
/// "'fat' & 'rat'". See typed_text.
using tsquery = typed_text<oids::tsquery>;

} // namespace howdah

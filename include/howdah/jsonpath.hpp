// SPDX-License-Identifier: BSL-1.0
//
// jsonpath: an SQL/JSON path expression, as text.
//
// Source: PostgreSQL manual, section 9.16.2.
#pragma once

#include <howdah/typed_text.hpp>

namespace howdah {

/// See typed_text. The default value is empty, which the server refuses.
using jsonpath = typed_text<oids::jsonpath>;

} // namespace howdah

// SPDX-License-Identifier: BSL-1.0
//
// xml: an XML document or fragment, as text. It goes as xml: a column of type text takes it with a cast.
//
// Source: PostgreSQL manual, section 8.13.
#pragma once

#include <howdah/typed_text.hpp>

namespace howdah {

/// See typed_text. The default value is empty, which the server refuses.
using xml = typed_text<oids::xml>;

} // namespace howdah

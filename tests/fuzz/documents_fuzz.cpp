// SPDX-License-Identifier: BSL-1.0
//
// Texts, documents and the labels of enums, text and binary.
#include <howdah/json.hpp>
#include <howdah/jsonpath.hpp>
#include <howdah/text_search.hpp>
#include <howdah/xml.hpp>

#include "fuzz_decoder.hpp"

using namespace howdah;
using fuzz::decodes;
using fuzz::decodes_only;

namespace {

enum class mood { sad, ok };

} // namespace

template <> struct howdah::enum_labels<mood> {
    static constexpr std::array<std::pair<mood, std::string_view>, 2> values{
        {{mood::sad, "sad"}, {mood::ok, "ok"}}};
};

// clang-format off
HOWDAH_FUZZ(
    decodes<std::string>(oids::text, format::text),
    decodes<json>(oids::jsonb, format::text),
    decodes<json>(oids::jsonb, format::binary),
    decodes<jsonpath>(oids::jsonpath, format::text),
    decodes<jsonpath>(oids::jsonpath, format::binary),
    decodes<xml>(oids::xml, format::binary),
    decodes_only<tsvector>(oids::tsvector, format::text),
    decodes<mood>(oids::first_user_defined, format::binary))
// clang-format on

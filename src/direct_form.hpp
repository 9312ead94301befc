// SPDX-License-Identifier: BSL-1.0
//
// From a form that is known at run time to code that was made for it.
#pragma once

#include "reading_plan.hpp"

namespace howdah::detail {

/// What `with` answers for this form, a constant in it.
template <class With> [[gnu::always_inline]] inline auto with_form(direct_form form, With with) {
    switch (form) {
    case direct_form::boolean: return with.template operator()<direct_form::boolean>();
    case direct_form::four_bytes: return with.template operator()<direct_form::four_bytes>();
    case direct_form::eight_bytes: return with.template operator()<direct_form::eight_bytes>();
    case direct_form::timestamp: return with.template operator()<direct_form::timestamp>();
    case direct_form::sixteen_bytes: return with.template operator()<direct_form::sixteen_bytes>();
    case direct_form::text: return with.template operator()<direct_form::text>();
    case direct_form::optional_text: return with.template operator()<direct_form::optional_text>();
    case direct_form::optional_timestamp: return with.template operator()<direct_form::optional_timestamp>();
    case direct_form::text_view: return with.template operator()<direct_form::text_view>();
    case direct_form::optional_text_view: return with.template operator()<direct_form::optional_text_view>();
    case direct_form::none: return with.template operator()<direct_form::none>();
    case direct_form::end: return with.template operator()<direct_form::end>();
    default: __builtin_unreachable();
    }
}

} // namespace howdah::detail

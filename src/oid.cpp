// SPDX-License-Identifier: BSL-1.0
#include <howdah/oid.hpp>

#include <algorithm>
#include <iterator>

namespace howdah {

namespace {

using detail::built_in_type;
using detail::built_in_types;

static_assert(std::ranges::is_sorted(built_in_types, {}, &built_in_type::type));

const built_in_type* find(oid type) noexcept {
    const auto* found = std::ranges::lower_bound(built_in_types, type, {}, &built_in_type::type);
    return found != std::end(built_in_types) && found->type == type ? found : nullptr;
}

const built_in_type* find_by_array(oid array) noexcept {
    if (array == 0) return nullptr;
    const auto* found = std::ranges::find(built_in_types, array, &built_in_type::array);
    return found != std::end(built_in_types) ? found : nullptr;
}

} // namespace

oid element_of(oid array) noexcept {
    const auto* known = find_by_array(array);
    return known ? known->type : 0;
}

std::string type_name(oid type) {
    if (const auto* known = find(type)) return known->name;
    if (const auto* known = find_by_array(type)) return std::string(known->name) + "[]";
    return "type with oid " + std::to_string(type);
}

} // namespace howdah

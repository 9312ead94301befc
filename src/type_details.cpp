// SPDX-License-Identifier: BSL-1.0
#include <howdah/type_details.hpp>

namespace howdah {

wire wire_of(const type_details::reference& part, format encoding) noexcept {
    // No domain is its own base: the catalogue refuses such records.
    const auto* at = &part;
    while (at->details && at->details->kind == type_kind::domain) at = &at->details->base;
    return {at->type, encoding, at->details};
}

std::string type_name(wire from) {
    if (!from.details) return type_name(from.type);
    const auto& type = *from.details;
    if (type.kind == type_kind::array)
        return type_name(wire{type.element.type, from.encoding, type.element.details}) + "[]";
    return type.schema == "public" ? type.name : type.schema + "." + type.name;
}

} // namespace howdah

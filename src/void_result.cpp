// SPDX-License-Identifier: BSL-1.0
//
// void: void_send() and void_out() of the server write nothing.
#include <howdah/void_result.hpp>

namespace howdah {

decode_function codec<std::monostate>::decoder(wire from) noexcept {
    if (from.type != oids::void_type) return nullptr;
    return [](std::string_view bytes, wire, void*) {
        if (!bytes.empty()) throw decode_error("a value of type void that is not empty");
    };
}

} // namespace howdah

// SPDX-License-Identifier: BSL-1.0
#include <howdah/domain.hpp>

namespace howdah::detail {

void rethrow_at_field(std::string_view field) {
    try {
        throw;
    } catch (const decode_error& failure) {
        throw failure.at(field);
    }
}

} // namespace howdah::detail

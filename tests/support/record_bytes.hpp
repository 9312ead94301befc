// SPDX-License-Identifier: BSL-1.0
//
// The binary form of a row, written independently of the codecs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <howdah/bytes.hpp>
#include <howdah/oid.hpp>

namespace howdah::tests {

/// One attribute as record_send() writes it; without a value NULL.
struct cell {
    oid type;
    std::optional<std::string> bytes;
};
inline std::string record_of(const std::vector<cell>& cells) {
    byte_writer out;
    out.write(static_cast<std::int32_t>(cells.size()));
    for (const auto& each : cells) {
        out.write(each.type);
        out.write(each.bytes ? static_cast<std::int32_t>(each.bytes->size()) : std::int32_t{-1});
        if (each.bytes) out.write(std::string_view(*each.bytes));
    }
    return std::string(out.view());
}

} // namespace howdah::tests

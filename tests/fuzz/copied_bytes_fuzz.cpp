// SPDX-License-Identifier: BSL-1.0
//
// needs: copied_bytes.cpp
//
// Any bytes as those of a COPY out: the same rows, the same end and the same error, however the bytes are split.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include <howdah/error.hpp>

#include "copied_bytes.hpp"

using howdah::detail::copied_bytes;

namespace {

/// All that the rows hold, and how they end, in one text.
std::string read_all(std::string_view bytes, std::size_t columns, std::size_t at_once) {
    std::string all;
    copied_bytes rows(columns);
    try {
        for (;;) {
            rows.drop_rows();
            std::size_t found = 0;
            while ((found = rows.find_rows()) == 0 && !bytes.empty()) {
                if (rows.room() == 0) rows.drop_rows();
                const auto size = std::min({at_once, bytes.size(), rows.room()});
                std::memcpy(rows.end(), bytes.data(), size);
                rows.add(size);
                bytes.remove_prefix(size);
            }
            if (found == 0) break;
            for (std::size_t i = 0; i < found; ++i) {
                for (std::uint32_t column = 0; column < columns; ++column) {
                    const auto cell = rows.row(i).cell(column);
                    if (cell.is_null() && cell.size() != 0) std::abort();
                    all += cell.is_null() ? "-" : std::to_string(cell.size()) + ':';
                    if (!cell.is_null()) all.append(cell.bytes(), cell.size());
                }
                all += '\n';
            }
        }
        all += rows.within_row() ? "cut off" : "whole";
    } catch (const howdah::decode_error& failure) {
        all += failure.what();
    }
    return all;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const std::size_t columns = data[0] % 8, at_once = 1 + data[1];
    const std::string_view bytes(reinterpret_cast<const char*>(data + 2), size - 2);
    if (read_all(bytes, columns, at_once) != read_all(bytes, columns, bytes.size())) std::abort();
    return 0;
}

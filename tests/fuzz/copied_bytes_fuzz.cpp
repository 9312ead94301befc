// SPDX-License-Identifier: BSL-1.0
//
// needs: copied_bytes.cpp
//
// Any bytes as those of a COPY out: the same rows, the same end and the same error, however the bytes are split, and
// whether rows are read as they come or kept.
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
using howdah::detail::copied_cells;

namespace {

void add_row(std::string& all, const copied_cells::row_at& row, std::size_t columns) {
    for (std::uint32_t column = 0; column < columns; ++column) {
        const auto cell = row.cell(column);
        if (cell.is_null() && cell.size() != 0) std::abort();
        all += cell.is_null() ? "-" : std::to_string(cell.size()) + ':';
        if (!cell.is_null()) all.append(cell.bytes(), cell.size());
    }
    all += '\n';
}

/// Are rows read while they are at hand, or kept and read in the end?
enum class reading : bool { at_once, kept };

/// All that the rows hold, and how they end, in one text.
std::string read_all(std::string_view bytes, std::size_t columns, std::size_t at_once, reading when) {
    std::string all;
    copied_bytes rows(columns, at_once); // as large a block: rows are cut by its end as well
    if (when == reading::kept) rows.keep_rows();
    std::string end;
    try {
        for (;;) {
            rows.make_room();
            std::size_t found = 0;
            while ((found = rows.find_rows()) == 0 && !bytes.empty()) {
                if (rows.room() == 0) rows.make_room();
                const auto size = std::min({at_once, bytes.size(), rows.room()});
                std::memcpy(rows.end(), bytes.data(), size);
                rows.add(size);
                bytes.remove_prefix(size);
            }
            if (found == 0) break;
            for (std::size_t i = 0; when == reading::at_once && i < found; ++i)
                add_row(all, rows.row(i), columns);
        }
        end = rows.within_row() ? "cut off" : "whole";
    } catch (const howdah::decode_error& failure) {
        end = failure.what();
    }
    if (when == reading::kept) {
        auto kept = rows.take_rows();
        for (std::size_t first = 0; first < kept.size();) {
            const auto count = std::min(kept.size() - first, copied_bytes::rows_at_once);
            auto row = kept.rows(first, count);
            for (std::size_t i = 0; i < count; ++i, row.next()) add_row(all, row, columns);
            first += count;
        }
    }
    return all + end;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const std::size_t columns = data[0] % 8, at_once = 1 + data[1];
    const std::string_view bytes(reinterpret_cast<const char*>(data + 2), size - 2);
    const auto all = read_all(bytes, columns, at_once, reading::at_once);
    if (all != read_all(bytes, columns, bytes.size(), reading::at_once)) std::abort();
    if (all != read_all(bytes, columns, at_once, reading::kept)) std::abort();
    if (all != read_all(bytes, columns, bytes.size(), reading::kept)) std::abort();
    return 0;
}

// SPDX-License-Identifier: BSL-1.0
#include <howdah/copy_views.hpp>

#include <algorithm>
#include <utility>

#include "cell_decoder.hpp"
#include "copied_query.hpp"

namespace howdah::detail {

namespace {

class copied_views final : public view_source {
public:
    copied_views(kept_rows rows, copied_columns columns)
        : view_source(rows.size()), rows_(std::move(rows)), columns_(std::move(columns)),
          decoder_(*columns_.plan) {}

    [[nodiscard]] std::size_t read(std::size_t first, std::size_t count, void* into,
                                   std::size_t stride) override {
        row_block block{into, 0, stride};
        try {
            while (block.done < count) {
                const auto some = std::min(count - block.done, copied_cells::rows_at_once);
                block.count = block.done + some;
                decoder_.decode_rows<cell_lengths::checked>(rows_.rows(first + block.done, some), block);
            }
        } catch (...) {
            if (block.done == 0) columns_.refuse(decoder_.failed(), first);
        }
        return block.done;
    }

private:
    kept_rows rows_;
    copied_columns columns_;
    cell_decoder decoder_;
};

} // namespace

std::unique_ptr<view_source> view_copy(executor& on, const statement& what, const parameters& values,
                                       const row_description& row) {
    copied_query query(on, what, values, row, "query_views()");
    auto rows = query.rows()->receive_all();
    query.finish();
    return std::make_unique<copied_views>(std::move(rows), std::move(query.columns()));
}

} // namespace howdah::detail

// SPDX-License-Identifier: BSL-1.0
//
// The loops behind cell_decoder. Cells of the usual types that are as they should be are read without a call; all
// others go to their decoder, which says what is wrong.
#pragma once

#include <algorithm>
#include <iterator>

#include "direct_cell.hpp"
#include "direct_form.hpp"

namespace howdah::detail {

/// Every cell that the loops below do not read by themselves.
template <class Cell>
[[gnu::noinline]] void cell_decoder::decode_cell(const Cell& from, const column_step& step, void* value) {
    const auto size = from.size();
    if (size == 0 && from.is_null()) return set_null(step, value);
    read_cell(from, size, *step.reader, value);
}

// Each step ends with a jump to the code of the next one (labels as values, an extension of GCC and clang). Of a switch
// in a loop they make one jump for all, which costs a fetch of eleven columns 26 instructions a row.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
template <cell_lengths Lengths, class Cells>
[[gnu::noinline]] void cell_decoder::decode_each(const Cells& cells, row_block& into, std::size_t until) {
    const bool grouped = !plan_.groups.empty();
    auto* start = static_cast<std::byte*>(into.next);
    const column_step* step = plan_.steps.data();
    auto left = until - into.done;
    const auto leave = [&] { into.advance(until - into.done - left); };
    try {
        static const void* const ways[] = {&&none,
                                           &&boolean,
                                           &&four_bytes,
                                           &&eight_bytes,
                                           &&timestamp,
                                           &&sixteen_bytes,
                                           &&text,
                                           &&optional_text,
                                           &&optional_timestamp,
                                           &&text_view,
                                           &&optional_text_view,
                                           &&end};
        static_assert(std::size(ways) == static_cast<std::size_t>(direct_form::end) + 1);
        const auto read = [&]<direct_form Form>(const Cells& from) __attribute__((always_inline)) {
            return decode_directly<Form, Lengths>(from.cell(step->column), *step, start, step->offset);
        };
        for (Cells from = cells; left > 0; --left, start += into.stride, from.next()) {
            step = plan_.steps.data();
            if (grouped) begin_groups(start);
            goto* ways[static_cast<std::size_t>(step->direct)];
#define HOWDAH_STEP(form)                                                                                    \
    form:                                                                                                    \
    if (!read.template operator()<direct_form::form>(from)) goto indirect;                                   \
    goto* ways[static_cast<std::size_t>((++step)->direct)]
            HOWDAH_STEP(none);
            HOWDAH_STEP(boolean);
            HOWDAH_STEP(four_bytes);
            HOWDAH_STEP(eight_bytes);
            HOWDAH_STEP(timestamp);
            HOWDAH_STEP(sixteen_bytes);
            HOWDAH_STEP(text);
            HOWDAH_STEP(optional_text);
            HOWDAH_STEP(optional_timestamp);
            HOWDAH_STEP(text_view);
            HOWDAH_STEP(optional_text_view);
#undef HOWDAH_STEP
        indirect:
            decode_cell(from.cell(step->column), *step, start + step->offset);
            goto* ways[static_cast<std::size_t>((++step)->direct)];
        end:
            if (grouped) settle_groups(start);
        }
    } catch (...) {
        // For whoever catches; settle_groups() has said it itself.
        if (step->direct != direct_form::end) at_ = step;
        leave();
        throw;
    }
    leave();
}
#pragma GCC diagnostic pop

/// One column of some rows: the cells up to `end`.
template <direct_form Form, cell_lengths Lengths, class Cell>
[[gnu::always_inline]] inline void
cell_decoder::decode_column(Cell from, const Cell& end, const column_step& step, const row_block& into) {
    auto* field = static_cast<std::byte*>(into.next) + step.offset;
    for (const auto stride = into.stride; from.before(end); from.next()) {
        if (!decode_directly<Form, Lengths>(from, step, field, 0)) decode_cell(Cell(from), step, field);
        field += stride;
    }
}

template <cell_lengths Lengths, class Cells>
[[gnu::noinline]] bool cell_decoder::decode_columns(const Cells& first, const Cells& end,
                                                    const row_block& into) {
    try {
        for (const column_step* step = plan_.steps.data(); step->direct != direct_form::end; ++step)
            with_form(step->direct, [&]<direct_form Form>() __attribute__((always_inline)) {
                if constexpr (Form != direct_form::end)
                    decode_column<Form, Lengths>(first.cell(step->column), end.cell(step->column), *step,
                                                 into);
            });
        return true;
    } catch (...) {
        return false;
    }
}

template <cell_lengths Lengths, class Cells>
void cell_decoder::decode_rows(const Cells& cells, row_block& into) {
    constexpr std::size_t some = 16; // their cells and structs stay in the nearest cache
    // What fresh rows own should lie together, as it does if it is allocated row by row.
    const bool by_columns = plan_.groups.empty() && (into.used || !plan_.allocates);
    if (!by_columns || into.count - into.done == 1) return decode_each<Lengths>(cells, into, into.count);
    for (auto from = cells; into.done < into.count;) {
        const auto rows = std::min(some, into.count - into.done);
        auto end = from;
        end.next(rows);
        if (decode_columns<Lengths>(from, end, into)) into.advance(rows);
        else decode_each<Lengths>(from, into, into.done + rows); // to tell which cell it is
        from = end;
    }
}

} // namespace howdah::detail

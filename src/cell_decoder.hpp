// SPDX-License-Identifier: BSL-1.0
//
// The loops behind cell_decoder. Cells of the usual types that are as they should be are read without a call; all
// others go to their decoder, which says what is wrong.
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include <howdah/time.hpp>

#include "calendar.hpp"
#include "direct_form.hpp"
#include "reading_plan.hpp"

namespace howdah::detail {

/// Stores what stands at `from` in network order.
template <class Bits> void store_bits(const char* from, void* into) noexcept {
    const auto value = load_big_endian<Bits>(from);
    std::memcpy(into, &value, sizeof value);
}

/// A timestamp as it arrives: microseconds since 2000-01-01.
struct raw_timestamp {
    std::uint64_t since_2000;
    /// False for the infinities and for what a timestamp does not hold. One unsigned comparison refuses both ends.
    [[nodiscard]] bool fits() const noexcept {
        constexpr auto first = static_cast<std::uint64_t>(first_instant);
        return since_2000 - first <= static_cast<std::uint64_t>(last_instant) - first;
    }
    [[nodiscard]] timestamp value() const noexcept {
        return timestamp{std::chrono::microseconds{
            static_cast<std::int64_t>(since_2000 + static_cast<std::uint64_t>(epoch_us))}};
    }
};

inline bool store_bool(const char* from, void* into) noexcept {
    const auto value = static_cast<unsigned char>(*from);
    if (value > 1) return false;
    *static_cast<bool*>(into) = value == 1;
    return true;
}

/// assign() looks whether the text is a part of the string, and costs twice as much as this: a text that is too long
/// for the string that stands there is made in its place.
[[gnu::always_inline]] inline void store_text(std::string_view from, std::string& text) {
    if (from.size() <= text.capacity()) {
        text.clear();
        text.append(from);
        return;
    }
    std::destroy_at(&text);
    try {
        std::construct_at(&text, from);
    } catch (...) {
        std::construct_at(&text);
        throw;
    }
}

[[gnu::always_inline]] inline void store_text(std::string_view from, std::optional<std::string>& text) {
    if (text) store_text(from, *text); // a struct that is read into again keeps its memory
    else text.emplace(from);
}

inline void store_text(std::string_view from, std::optional<std::string_view>& text) noexcept {
    text = from;
}

template <class Cell>
[[gnu::always_inline]] inline void read_cell(const Cell& from, std::size_t size, const column_reader& reader,
                                             void* value) {
    if (reader.engage) value = reader.engage(value);
    reader.decode({from.bytes(), size}, reader.from, value);
}

/// Every cell that the loops below do not read by themselves.
template <class Cell>
[[gnu::noinline]] void cell_decoder::decode_cell(const Cell& from, const column_step& step, void* value) {
    const auto size = from.size();
    if (size == 0 && from.is_null()) return set_null(step, value);
    read_cell(from, size, *step.reader, value);
}

/// The bytes of a cell that has to have `Size` of them; null for any other, which decode_cell() has to look at. NULL
/// has no size.
template <std::size_t Size, cell_lengths Lengths, class Cell>
[[gnu::always_inline]] inline const char* fixed_cell(const Cell& from) {
    if constexpr (Lengths == cell_lengths::known && Size <= Cell::word_size) return from.word();
    else return from.size() == Size ? from.bytes() : nullptr;
}

/// The text of a cell; one without address where decode_cell() has to look at it, or at NULL where lengths are known.
template <cell_lengths Lengths, class Cell>
[[gnu::always_inline]] inline std::string_view text_cell(const Cell& from) {
    if constexpr (Lengths == cell_lengths::known) {
        const char* const bytes = from.word();
        return bytes ? std::string_view(bytes, from.size()) : std::string_view();
    } else {
        const auto size = from.size();
        return size != 0 ? std::string_view(from.bytes(), size) : std::string_view();
    }
}

/// Reads a cell of this form that is as it should be into the field `offset` bytes behind `start`. False: decode_cell()
/// has to look at it. Throws what a decoder throws.
template <direct_form Form, cell_lengths Lengths, class Cell>
[[gnu::always_inline]] inline bool decode_directly(const Cell& from, const column_step& step,
                                                   std::byte* start, std::uint32_t offset) {
    if constexpr (Form == direct_form::text || Form == direct_form::text_view) {
        const auto text = text_cell<Lengths>(from);
        if (!text.data()) return false;
        if constexpr (Form == direct_form::text)
            store_text(text, *reinterpret_cast<std::string*>(start + offset));
        else *reinterpret_cast<std::string_view*>(start + offset) = text;
        return true;
    } else if constexpr (Form == direct_form::optional_text || Form == direct_form::optional_text_view) {
        using text_type =
            std::conditional_t<Form == direct_form::optional_text, std::string, std::string_view>;
        auto& to = *reinterpret_cast<std::optional<text_type>*>(start + offset);
        const auto text = text_cell<Lengths>(from);
        if (text.data()) store_text(text, to);
        else if (step.group == 0 && (Lengths == cell_lengths::known || from.is_null())) to.reset();
        else return false;
        return true;
    } else if constexpr (Form == direct_form::optional_timestamp) {
        auto& instant = *reinterpret_cast<std::optional<timestamp>*>(start + offset);
        const char* const bytes = fixed_cell<8, Lengths>(from);
        if (!bytes) {
            if (Lengths == cell_lengths::checked || step.group != 0) return false;
            instant.reset(); // where lengths are known only NULL has no bytes
            return true;
        }
        const raw_timestamp raw{load_big_endian<std::uint64_t>(bytes)};
        if (!raw.fits()) return false;
        instant = raw.value();
        return true;
    } else if constexpr (Form == direct_form::boolean) {
        const char* const bytes = fixed_cell<1, Lengths>(from);
        return bytes && store_bool(bytes, start + offset);
    } else if constexpr (Form == direct_form::timestamp) {
        const char* const bytes = fixed_cell<8, Lengths>(from);
        if (!bytes) return false;
        const raw_timestamp raw{load_big_endian<std::uint64_t>(bytes)};
        if (!raw.fits()) return false;
        const auto instant = raw.value();
        std::memcpy(start + offset, &instant, sizeof instant); // a local_timestamp as well
        return true;
    } else if constexpr (Form == direct_form::none) {
        const auto size = from.size();
        if (size != 0) read_cell(from, size, *step.reader, start + offset);
        return size != 0;
    } else {
        constexpr std::size_t size = Form == direct_form::four_bytes    ? 4
                                     : Form == direct_form::eight_bytes ? 8
                                                                        : 16;
        const char* const bytes = fixed_cell<size, Lengths>(from);
        if (!bytes) return false;
        if constexpr (size == 4) store_bits<std::uint32_t>(bytes, start + offset);
        else if constexpr (size == 8) store_bits<std::uint64_t>(bytes, start + offset);
        else std::memcpy(start + offset, bytes, 16);
        return true;
    }
}

template <cell_lengths Lengths, class Cells>
[[gnu::always_inline]] inline void cell_decoder::decode_row(const Cells& from, std::byte* start) {
    enum class outcome : unsigned char { read, left, end };
    if (!plan_.groups.empty()) begin_groups(start);
    const column_step* step = plan_.steps.data();
    try {
        for (;; ++step) {
            const auto came = with_form(step->direct, [&]<direct_form Form>() __attribute__((always_inline)) {
                if constexpr (Form == direct_form::end) return outcome::end;
                else
                    return decode_directly<Form, Lengths>(from.cell(step->column), *step, start, step->offset)
                               ? outcome::read
                               : outcome::left;
            });
            if (came == outcome::end) break;
            if (came == outcome::left) decode_cell(from.cell(step->column), *step, start + step->offset);
        }
    } catch (...) {
        at_ = step; // for whoever catches
        throw;
    }
    if (!plan_.groups.empty()) settle_groups(start);
}

template <cell_lengths Lengths, class Cells>
[[gnu::noinline]] void cell_decoder::decode_each(const Cells& cells, row_block& into, std::size_t until) {
    for (Cells from = cells; into.done < until; from.next()) { // a copy, which can stay in registers
        decode_row<Lengths>(from, static_cast<std::byte*>(into.next));
        into.advance(1);
    }
}

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

// SPDX-License-Identifier: BSL-1.0
//
// The loop behind cell_decoder. Cells of the usual types that are as they should be are read without a call; all others
// go to their decoder, which says what is wrong.
#pragma once

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

/// A text that is too long for the string that stands there is made in its place: assign() costs twice as much then.
[[gnu::always_inline]] inline void store_text(std::string_view from, std::string& text) {
    if (from.size() <= text.capacity()) {
        text.assign(from);
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

inline void store_text(std::string_view from, std::optional<std::string>& text) {
    if (text) store_text(from, *text); // a struct that is read into again keeps its memory
    else text.emplace(from);
}

inline void store_text(std::string_view from, std::optional<std::string_view>& text) noexcept {
    text = from;
}

/// Every cell that the loop below does not read by itself.
template <class Cells>
[[gnu::noinline]] void cell_decoder::decode_cell(const Cells& from, const column_step& step, void* value) {
    const auto size = from.size(step.column);
    if (size == 0 && from.is_null(step.column)) return set_null(step, value);
    if (step.codec->engage) value = step.codec->engage(value);
    step.decode({from.bytes(step.column), size}, step.from, value);
}

/// The bytes of a cell that has to have `Size` of them; null for any other, which decode_cell() has to look at. NULL
/// has no size.
template <std::size_t Size, cell_lengths Lengths, class Cells>
[[gnu::always_inline]] inline const char* fixed_cell(const Cells& from, std::uint32_t column) {
    if constexpr (Lengths == cell_lengths::known && Size <= Cells::word) return from.word_of(column);
    else return from.size(column) == Size ? from.bytes(column) : nullptr;
}

/// The text of a cell; one without address where decode_cell() has to look at it, or at NULL where lengths are known.
template <cell_lengths Lengths, class Cells>
[[gnu::always_inline]] inline std::string_view text_cell(const Cells& from, std::uint32_t column) {
    if constexpr (Lengths == cell_lengths::known) {
        const char* const bytes = from.word_of(column);
        return bytes ? std::string_view(bytes, from.size(column)) : std::string_view();
    } else {
        const auto size = from.size(column);
        return size != 0 ? std::string_view(from.bytes(column), size) : std::string_view();
    }
}

/// Reads a cell of this form that is as it should be. False: decode_cell() has to look at it. Throws what a decoder
/// throws.
template <direct_form Form, cell_lengths Lengths, class Cells>
[[gnu::always_inline]] inline bool decode_directly(const Cells& from, const column_step& step,
                                                   std::byte* start) {
    if constexpr (Form == direct_form::text || Form == direct_form::text_view) {
        const auto text = text_cell<Lengths>(from, step.column);
        if (!text.data()) return false;
        if constexpr (Form == direct_form::text)
            store_text(text, *reinterpret_cast<std::string*>(start + step.offset));
        else *reinterpret_cast<std::string_view*>(start + step.offset) = text;
        return true;
    } else if constexpr (Form == direct_form::optional_text || Form == direct_form::optional_text_view) {
        using text_type =
            std::conditional_t<Form == direct_form::optional_text, std::string, std::string_view>;
        auto& to = *reinterpret_cast<std::optional<text_type>*>(start + step.offset);
        const auto text = text_cell<Lengths>(from, step.column);
        if (text.data()) store_text(text, to);
        else if (step.group == 0 && (Lengths == cell_lengths::known || from.is_null(step.column))) to.reset();
        else return false;
        return true;
    } else if constexpr (Form == direct_form::optional_timestamp) {
        auto& instant = *reinterpret_cast<std::optional<timestamp>*>(start + step.offset);
        const char* const bytes = fixed_cell<8, Lengths>(from, step.column);
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
        const char* const bytes = fixed_cell<1, Lengths>(from, step.column);
        return bytes && store_bool(bytes, start + step.offset);
    } else if constexpr (Form == direct_form::timestamp) {
        const char* const bytes = fixed_cell<8, Lengths>(from, step.column);
        if (!bytes) return false;
        const raw_timestamp raw{load_big_endian<std::uint64_t>(bytes)};
        if (!raw.fits()) return false;
        const auto instant = raw.value();
        std::memcpy(start + step.offset, &instant, sizeof instant); // a local_timestamp as well
        return true;
    } else if constexpr (Form == direct_form::none) {
        const auto size = from.size(step.column);
        if (size == 0) return false;
        void* value = start + step.offset;
        if (step.codec->engage) value = step.codec->engage(value);
        step.decode({from.bytes(step.column), size}, step.from, value);
        return true;
    } else {
        constexpr std::size_t size = Form == direct_form::four_bytes    ? 4
                                     : Form == direct_form::eight_bytes ? 8
                                                                        : 16;
        const char* const bytes = fixed_cell<size, Lengths>(from, step.column);
        if (!bytes) return false;
        if constexpr (size == 4) store_bits<std::uint32_t>(bytes, start + step.offset);
        else if constexpr (size == 8) store_bits<std::uint64_t>(bytes, start + step.offset);
        else std::memcpy(start + step.offset, bytes, 16);
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
                    return decode_directly<Form, Lengths>(from, *step, start) ? outcome::read : outcome::left;
            });
            if (came == outcome::end) break;
            if (came == outcome::left) decode_cell(Cells(from), *step, start + step->offset);
        }
    } catch (...) {
        at_ = step; // for whoever catches
        throw;
    }
    if (!plan_.groups.empty()) settle_groups(start);
}

template <cell_lengths Lengths, class Cells>
[[gnu::noinline]] void cell_decoder::decode(const Cells& cells, void* into) {
    const Cells from = cells; // a copy: an object whose address is known stays in memory
    decode_row<Lengths>(from, static_cast<std::byte*>(into));
}

template <cell_lengths Lengths, class Cells>
[[gnu::noinline]] void cell_decoder::decode_rows(const Cells& cells, row_block& into) {
    Cells from = cells;
    for (auto* place = static_cast<std::byte*>(into.first); into.done < into.count; ++into.done) {
        decode_row<Lengths>(from, place);
        place += into.stride;
        from.next();
    }
}

} // namespace howdah::detail

// SPDX-License-Identifier: BSL-1.0
//
// Cells of the usual types that are as they should be, read in place.
#pragma once

#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include <howdah/time.hpp>

#include "calendar.hpp"
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
            // Where lengths are known only NULL has no bytes.
            if (step.group != 0 || (Lengths == cell_lengths::checked && !from.is_null())) return false;
            instant.reset();
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

} // namespace howdah::detail

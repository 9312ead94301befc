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

#include <howdah/detail/reading_plan.hpp>
#include <howdah/time.hpp>

#include "calendar.hpp"

namespace howdah::detail {

/// Stores what stands at `from` in network order.
template <class Bits> void store_bits(const char* from, void* into) noexcept {
    const auto value = load_big_endian<Bits>(from);
    std::memcpy(into, &value, sizeof value);
}

/// Nothing for the infinities and for what a timestamp does not hold.
inline std::optional<timestamp> load_timestamp(const char* from) noexcept {
    // Unsigned: one comparison refuses both ends.
    const auto since_2000 = load_big_endian<std::uint64_t>(from);
    constexpr auto first = static_cast<std::uint64_t>(first_instant);
    if (since_2000 - first > static_cast<std::uint64_t>(last_instant) - first) return std::nullopt;
    return timestamp{std::chrono::microseconds{
        static_cast<std::int64_t>(since_2000 + static_cast<std::uint64_t>(epoch_us))}};
}

inline bool store_timestamp(const char* from, void* into) noexcept {
    const auto value = load_timestamp(from);
    if (value) std::memcpy(into, &*value, sizeof *value); // a local_timestamp as well
    return value.has_value();
}

inline bool store_bool(const char* from, void* into) noexcept {
    const auto value = static_cast<unsigned char>(*from);
    if (value > 1) return false;
    *static_cast<bool*>(into) = value == 1;
    return true;
}

/// A text that is too long for the string that stands there is made in its place: assign() costs twice as much then.
inline void store_text(const char* from, std::size_t size, std::string& text) {
    if (size <= text.capacity()) {
        text.assign(from, size);
        return;
    }
    std::destroy_at(&text);
    try {
        std::construct_at(&text, from, size);
    } catch (...) {
        std::construct_at(&text);
        throw;
    }
}

inline void store_text(const char* from, std::size_t size, std::optional<std::string>& text) {
    if (text) store_text(from, size, *text); // a struct that is read into again keeps its memory
    else text.emplace(from, size);
}

/// Every cell that the loops below do not read by themselves.
template <class Cells>
[[gnu::noinline]] void decode_cell(const Cells& from, const column_step& step, void* value) {
    const auto size = from.size(step.column);
    if (size == 0 && from.is_null(step.column)) {
        if (!step.set_null) throw decode_error("NULL, and the field is not a std::optional");
        step.set_null(value);
        return;
    }
    if (step.engage) value = step.engage(value);
    step.decode({from.bytes(step.column), size}, step.from, value);
}

/// Reads a cell of this form that is as it should be. False: decode_cell() has to look at it. NULL has no size.
template <direct_form Form, class Cells>
[[gnu::always_inline]] inline bool decode_directly(const Cells& from, const column_step& step, void* value) {
    if constexpr (Form == direct_form::none) {
        return false;
    } else if constexpr (Form == direct_form::text || Form == direct_form::optional_text) {
        using field_type =
            std::conditional_t<Form == direct_form::text, std::string, std::optional<std::string>>;
        const auto size = from.size(step.column);
        if (size == 0) return false;
        store_text(from.bytes(step.column), size, *static_cast<field_type*>(value));
        return true;
    } else if constexpr (Form == direct_form::text_view || Form == direct_form::optional_text_view) {
        const auto size = from.size(step.column);
        if (size == 0) return false;
        using field_type = std::conditional_t<Form == direct_form::text_view, std::string_view,
                                              std::optional<std::string_view>>;
        *static_cast<field_type*>(value) = std::string_view(from.bytes(step.column), size);
        return true;
    } else if constexpr (Form == direct_form::optional_timestamp) {
        if (from.size(step.column) != 8) return false;
        const auto read = load_timestamp(from.bytes(step.column));
        if (read) *static_cast<std::optional<timestamp>*>(value) = *read;
        return read.has_value();
    } else if constexpr (Form == direct_form::boolean) {
        return from.size(step.column) == 1 && store_bool(from.bytes(step.column), value);
    } else if constexpr (Form == direct_form::timestamp) {
        return from.size(step.column) == 8 && store_timestamp(from.bytes(step.column), value);
    } else if constexpr (Form == direct_form::sixteen_bytes) {
        if (from.size(step.column) != 16) return false;
        std::memcpy(value, from.bytes(step.column), 16);
        return true;
    } else if constexpr (Form == direct_form::four_bytes) {
        if (from.size(step.column) != 4) return false;
        store_bits<std::uint32_t>(from.bytes(step.column), value);
        return true;
    } else {
        static_assert(Form == direct_form::eight_bytes);
        if (from.size(step.column) != 8) return false;
        store_bits<std::uint64_t>(from.bytes(step.column), value);
        return true;
    }
}

template <class Cells> void cell_decoder::decode(const Cells& from, void* into) {
    auto* const start = static_cast<std::byte*>(into);
    const auto* offset = offsets_;
    const column_step* step = steps_;
    const auto read = [&]<direct_form Form>(std::integral_constant<direct_form, Form>) {
        void* const value = start + *offset++;
        if (!decode_directly<Form>(from, *step, value)) decode_cell(from, *step, value);
        ++step;
    };
#define HOWDAH_FORM(name)                                                                                    \
    case direct_form::name: read(std::integral_constant<direct_form, direct_form::name>{}); break
    try {
        for (;;) switch (step->direct) {
                HOWDAH_FORM(none);
                HOWDAH_FORM(boolean);
                HOWDAH_FORM(four_bytes);
                HOWDAH_FORM(eight_bytes);
                HOWDAH_FORM(timestamp);
                HOWDAH_FORM(sixteen_bytes);
                HOWDAH_FORM(text);
                HOWDAH_FORM(optional_text);
                HOWDAH_FORM(optional_timestamp);
                HOWDAH_FORM(text_view);
                HOWDAH_FORM(optional_text_view);
            case direct_form::end: return;
            default: __builtin_unreachable();
            }
    } catch (...) {
        at_ = step; // for whoever catches
        throw;
    }
#undef HOWDAH_FORM
}

} // namespace howdah::detail

// SPDX-License-Identifier: BSL-1.0
//
// Fields as cells in binary, [length][bytes] each: what rows of COPY and elements of arrays are made of. Cells of the
// usual types are written without a call.
#pragma once

#include <bit>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <howdah/detail/codec_enum.hpp>
#include <howdah/detail/row_description.hpp>
#include <howdah/time.hpp>

#include "calendar.hpp"
#include "column_types.hpp"
#include "utf8.hpp"

namespace howdah::detail {

/// How one field is written.
struct writing_step {
    const erased_codec* codec = nullptr;
    std::size_t field = 0;  ///< its index in the struct
    std::size_t offset = 0; ///< its place in the struct, once one is known
    std::string_view column{};
    oid type = 0; ///< of the value, or of the elements if that is an array
    direct_form direct = direct_form::none;
    /// Appends the bytes of a value that is not NULL.
    void (*write)(const writing_step& step, const void* leaf, byte_writer& to) = nullptr;
    const type_details* structure = nullptr; ///< what structs are written as
};

/// The step that writes a field exactly as a column of this type stores it: the value itself, an integer or a float in
/// a column that is wider (a smaller one checks the range), or a text where the binary form holds one. `write` is null
/// and `direct` is none where that cannot be. `structure`: the record of the column's type, for structs; it must
/// outlive the step.
[[nodiscard]] writing_step exact_step(const row_field& field, std::size_t index, const column_type& column,
                                      const type_details* structure = nullptr);
/// The step that writes a struct as the composite type of this record, which must outlive it, or as that under a
/// domain. `write` is null where it has no binary form, or where the field is no struct.
[[nodiscard]] writing_step struct_step(const row_field& field, std::size_t index,
                                       const type_details& structure);
/// The step that writes a field in the binary form of the codec's own type.
[[nodiscard]] writing_step own_step(const row_field& field, std::size_t index);
/// The step that writes a field's text form: as a text.
[[nodiscard]] writing_step text_step(const row_field& field, std::size_t index);

/// Tells the steps where the fields are, from a struct that exists.
void place_steps(std::span<writing_step> steps, const row_description& row, const void* first);

/// What the server takes, and the protocol can say.
inline constexpr std::size_t longest_value = std::size_t{1} << 30;

void write_cell_by_codec(const writing_step& step, const void* value, byte_writer& to);

template <class Bits> void store_cell(Bits bits, byte_writer& to) {
    char* const at = to.extend(4 + sizeof bits);
    store_big_endian(static_cast<std::int32_t>(sizeof bits), at);
    store_big_endian(bits, at + 4);
}
template <class Bits> void write_bits_cell(const void* value, byte_writer& to) {
    Bits bits;
    std::memcpy(&bits, value, sizeof bits);
    store_cell(bits, to);
}
inline void write_bytes_cell(const char* bytes, std::size_t size, byte_writer& to) {
    char* const at = to.extend(4 + size);
    store_big_endian(static_cast<std::uint32_t>(size), at);
    std::memcpy(at + 4, bytes, size);
}
/// False for what cannot be sent.
[[nodiscard]] inline bool write_text_cell(std::string_view text, byte_writer& to) {
    if (first_bad_byte(text) != text.size() || text.size() > longest_value) return false;
    write_bytes_cell(text.data(), text.size(), to);
    return true;
}
[[nodiscard]] inline bool write_time_cell(const void* value, byte_writer& to) {
    std::uint64_t since_1970;
    std::memcpy(&since_1970, value, sizeof since_1970);
    // Unsigned: one comparison refuses both ends.
    const auto since_2000 = since_1970 - static_cast<std::uint64_t>(epoch_us);
    constexpr auto first = static_cast<std::uint64_t>(first_instant);
    if (since_2000 - first > static_cast<std::uint64_t>(last_instant) - first) return false;
    store_cell(since_2000, to);
    return true;
}
inline constexpr std::int32_t null_size = -1;

/// Appends the cell of the field at `value`. Throws usage_error for a value that cannot be sent.
[[gnu::always_inline]] inline void write_cell(const writing_step& step, const void* value, byte_writer& to) {
    switch (step.direct) {
    case direct_form::boolean:
        return store_cell(static_cast<std::uint8_t>(*static_cast<const bool*>(value)), to);
    case direct_form::four_bytes: return write_bits_cell<std::uint32_t>(value, to);
    case direct_form::eight_bytes: return write_bits_cell<std::uint64_t>(value, to);
    case direct_form::sixteen_bytes: return write_bytes_cell(static_cast<const char*>(value), 16, to);
    case direct_form::timestamp:
        if (write_time_cell(value, to)) return;
        break;
    case direct_form::text:
        if (write_text_cell(*static_cast<const std::string*>(value), to)) return;
        break;
    case direct_form::optional_text: {
        const auto& text = *static_cast<const std::optional<std::string>*>(value);
        if (text && write_text_cell(*text, to)) return;
        break;
    }
    case direct_form::optional_timestamp: {
        const auto& time = *static_cast<const std::optional<timestamp>*>(value);
        if (time && write_time_cell(&*time, to)) return;
        break;
    }
    default: break;
    }
    write_cell_by_codec(step, value, to); // a NULL, and what has to be refused, too
}

} // namespace howdah::detail

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
#include <type_traits>
#include <vector>

#include <howdah/detail/codec_enum.hpp>
#include <howdah/detail/row_description.hpp>
#include <howdah/time.hpp>

#include "calendar.hpp"
#include "column_types.hpp"
#include "direct_form.hpp"
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

/// Bytes of a value that is never NULL and never refused; 0 for other forms.
template <direct_form Form>
inline constexpr std::size_t size_of_form = Form == direct_form::boolean         ? 1
                                            : Form == direct_form::four_bytes    ? 4
                                            : Form == direct_form::eight_bytes   ? 8
                                            : Form == direct_form::sixteen_bytes ? 16
                                                                                 : 0;

/// Stores the cell of a value of this many bytes: sixteen are bytes, and fewer a number.
template <std::size_t Size> void store_cell(const void* value, char* at) {
    store_big_endian(static_cast<std::uint32_t>(Size), at);
    if constexpr (Size == 16) {
        std::memcpy(at + 4, value, Size);
    } else {
        std::conditional_t<Size == 1, std::uint8_t,
                           std::conditional_t<Size == 4, std::uint32_t, std::uint64_t>>
            bits;
        std::memcpy(&bits, value, Size);
        store_big_endian(bits, at + 4);
    }
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
    store_cell<8>(&since_2000, to.extend(12));
    return true;
}
inline constexpr std::int32_t null_size = -1;
inline bool write_null_cell(byte_writer& to) {
    to.write(null_size);
    return true;
}

/// Appends the cell of a value of this form. False: write_cell_by_codec() has to look at it.
template <direct_form Form>
[[gnu::always_inline]] inline bool write_cell_directly(const void* value, byte_writer& to) {
    if constexpr (constexpr auto size = size_of_form<Form>; size != 0) {
        store_cell<size>(value, to.extend(4 + size));
        return true;
    } else if constexpr (Form == direct_form::timestamp) return write_time_cell(value, to);
    else if constexpr (Form == direct_form::text)
        return write_text_cell(*static_cast<const std::string*>(value), to);
    else if constexpr (Form == direct_form::optional_text) {
        const auto& text = *static_cast<const std::optional<std::string>*>(value);
        return text ? write_text_cell(*text, to) : write_null_cell(to);
    } else if constexpr (Form == direct_form::optional_timestamp) {
        const auto& time = *static_cast<const std::optional<timestamp>*>(value);
        return time ? write_time_cell(&*time, to) : write_null_cell(to);
    } else return false;
}

/// Appends the cell of the field at `value`. Throws usage_error for a value that cannot be sent.
[[gnu::always_inline]] inline void write_cell(const writing_step& step, const void* value, byte_writer& to) {
    const bool written =
        with_form(step.direct, [&]<direct_form Form>() { return write_cell_directly<Form>(value, to); });
    if (!written) write_cell_by_codec(step, value, to);
}

/// Structs side by side in memory.
struct structs {
    const std::byte* first = nullptr;
    std::size_t count = 0, stride = 0; ///< stride: from one to the next, in bytes
};

/// The same for one field of many structs. `done`: how many are written, also when it throws.
void write_cells(const writing_step& step, const structs& of, byte_writer& to, std::size_t& done);

} // namespace howdah::detail

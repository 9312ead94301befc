// SPDX-License-Identifier: BSL-1.0
//
// How the cells of a result become the members of a struct: a plan, made once for the columns of a statement and the
// fields of a struct, and the loop that it drives, compiled once for every struct.
//
// A plan is immutable and may be read from several threads; a cell_decoder may not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include <howdah/codec.hpp>
#include <howdah/executor.hpp>

namespace howdah::detail {

/// The cells that the loop reads by itself, without a call, when they are as they should be.
enum class direct_form : std::uint8_t {
    none,
    boolean,
    four_bytes,
    eight_bytes,
    timestamp,
    sixteen_bytes,
    text,
    optional_text,
    optional_timestamp,
    text_view,
    optional_text_view,
    end, ///< no step: stands behind the last one
};
/// The form of a field with this codec, whose cells `decode` reads.
[[nodiscard]] direct_form direct_form_of(const erased_codec& field, decode_function decode) noexcept;

/// How the cells of one column are read.
struct column_step {
    decode_function decode = nullptr;
    void* (*engage)(void*) = nullptr;
    void (*set_null)(void*) = nullptr;
    wire from{};
    std::uint32_t column = 0;
    direct_form direct = direct_form::none;
};

struct reading_plan {
    row_reading reading; ///< what it was made for
    format encoding;
    std::vector<column_step>
        steps; ///< one per field, by form, so that the loop decides once per form; then an `end`

    /// Orders the steps. To be called once, when they are complete.
    void finish();
};

/// Runs a plan over rows. `Cells` answers, for a column, size() in bytes (0 for NULL), bytes() and is_null().
class cell_decoder {
public:
    /// `offsets`: of each field, in bytes from the start of the struct. Both must outlive the decoder.
    cell_decoder(const reading_plan& plan, const std::size_t* offsets) noexcept
        : steps_(plan.steps.data()), offsets_(offsets) {}

    /// Throws what the decoders throw, and decode_error for a NULL that a field does not take.
    template <class Cells> void decode(const Cells& from, void* into);
    /// The field at which decode() stopped.
    [[nodiscard]] std::size_t failed() const noexcept { return static_cast<std::size_t>(at_ - steps_); }

private:
    const column_step *steps_, *at_ = nullptr;
    const std::size_t* offsets_;
};

} // namespace howdah::detail

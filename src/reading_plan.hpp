// SPDX-License-Identifier: BSL-1.0
//
// How the cells of a result become the members of a struct: a plan, made once for the columns of a statement and the
// fields of a struct, and the loop that it drives, compiled once for every struct.
//
// A plan is immutable and may be read from several threads; a cell_decoder may not.
#pragma once

#include <atomic>
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

/// How the cells of one column are read where the loop does not do so by itself.
struct column_reader {
    decode_function decode = nullptr;
    void* (*engage)(void*) = nullptr; ///< of the codec
    wire from{};
    const erased_codec* codec = nullptr; ///< of the field
};

/// Where the cells of one column stand and where in a row struct their values go: small, since a statement that
/// reads one row finds little of what it needs in the cache.
struct column_step {
    const column_reader* reader = nullptr;
    std::uint32_t column = 0, offset = 0; ///< offset: in bytes from the start of the struct
    std::uint16_t group = 0; ///< the innermost optional struct that it stands in, from 1; 0: none
    direct_form direct = direct_form::none;
};

/// A std::optional<struct> inside a row: empty where all its columns are NULL.
struct optional_group {
    void* (*engage)(void*); ///< makes the struct if there is none; its address
    void (*reset)(void*);
    std::uint32_t offset;       ///< of the optional, from the start of the row
    std::uint16_t first, count; ///< its steps
};

struct reading_plan {
    reading_plan(row_reading made_for, format asked_for) noexcept : reading(made_for), encoding(asked_for) {}

    row_reading reading; ///< what it was made for
    format encoding;
    std::size_t columns = 0;            ///< of the result, whether they are read or not
    std::vector<column_step> steps;     ///< one per field, in the order of the struct; then an `end`
    std::vector<column_reader> readers; ///< what the steps point at
    std::vector<optional_group> groups; ///< outer ones first
    bool allocates = false;             ///< do rows own memory?
    /// Once a row of this statement was read whose cells all had the length of their types: how far from the start of
    /// a PGresult the value of its NULL cells stands. 0 until then.
    mutable std::atomic<std::ptrdiff_t> distance_of_null{0};
};

/// Does every cell's length have to be looked at, or did those of a row before show that the server sends values of a
/// fixed length as the types have them?
enum class cell_lengths : bool { checked, known };

/// Structs in memory that rows are read into.
struct row_block {
    void* next;                ///< the first that has not been read
    std::size_t count, stride; ///< stride: from one to the next, in bytes
    bool used = false;         ///< were rows read into them before, so that their strings have memory?
    std::size_t done = 0;      ///< how many have been read, also after a failure
    void advance(std::size_t rows) noexcept {
        next = static_cast<std::byte*>(next) + rows * stride;
        done += rows;
    }
};

/// Runs a plan over rows. `Cells` are those of one row, next() goes on by rows and before() compares them; cell() of a
/// column answers size() in bytes (0 for NULL), bytes() and is_null(), and word(): its bytes, of which `word_size` can
/// be read whatever the length is, or null for NULL. next() of a cell is the one below it.
class cell_decoder {
public:
    /// The plan must outlive the decoder.
    explicit cell_decoder(const reading_plan& plan) noexcept : plan_(plan), at_(plan.steps.data()) {}

    /// Reads the rows from that of `cells` on; where nothing has to be allocated for them, column by column. Throws
    /// what the decoders throw, and decode_error for a NULL that a field does not take.
    template <cell_lengths Lengths, class Cells> void decode_rows(const Cells& cells, row_block& into);
    /// The same row by row, up to `until` of `into`.
    template <cell_lengths Lengths, class Cells>
    void decode_each(const Cells& cells, row_block& into, std::size_t until);
    [[nodiscard]] const reading_plan& plan() const noexcept { return plan_; }
    /// The field at which decoding stopped.
    [[nodiscard]] const column_step& failed() const noexcept { return *at_; }

private:
    /// False if a cell cannot be read; which one is not known then.
    template <cell_lengths Lengths, class Cells>
    bool decode_columns(const Cells& first, const Cells& end, const row_block& into);
    template <direct_form Form, cell_lengths Lengths, class Cell>
    void decode_column(Cell from, const Cell& end, const column_step& step, const row_block& into);
    template <class Cell> void decode_cell(const Cell& from, const column_step& step, void* value);
    void set_null(const column_step& step, void* value);
    void begin_groups(void* into);
    void settle_groups(void* into);

    const reading_plan& plan_;
    const column_step* at_;
    std::vector<char> nulls_; // per step; for plans with groups alone
};

} // namespace howdah::detail

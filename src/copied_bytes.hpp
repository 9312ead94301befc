// SPDX-License-Identifier: BSL-1.0
//
// The bytes of a COPY out as they arrive, and the rows that are whole among them (PostgreSQL manual, COPY, "Binary
// Format").
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace howdah::detail {

/// What the bytes begin with.
inline constexpr std::string_view copy_signature{"PGCOPY\n\377\r\n\0", 11};

/// Where the cells of a few rows are, row by row.
class copied_cells {
public:
    static constexpr std::size_t rows_at_once = 16;
    struct value {
        const char* bytes; ///< null: NULL
        std::uint32_t size;
    };

    /// For rows of so many columns.
    explicit copied_cells(std::size_t columns)
        : columns_(columns), stride_(columns > 0 ? columns : 1), values_(stride_ * rows_at_once) {}
    [[nodiscard]] std::size_t columns() const noexcept { return columns_; }
    /// The cells of row `index`, which is below rows_at_once.
    [[nodiscard]] value* of_row(std::size_t index) noexcept { return values_.data() + index * stride_; }

    /// One cell, as cell_decoder reads it.
    struct cell_at {
        static constexpr std::size_t word_size = 0; // lengths are at hand
        const value* at;
        std::size_t stride; ///< from one row to the next, in cells; never 0
        [[nodiscard]] std::size_t size() const noexcept { return at->size; }
        /// Not to be asked of NULL.
        [[nodiscard]] const char* bytes() const noexcept {
            if (at->bytes == nullptr) __builtin_unreachable();
            return at->bytes;
        }
        [[nodiscard]] bool is_null() const noexcept { return !at->bytes; }
        void next() noexcept { at += stride; }
        [[nodiscard]] bool before(const cell_at& other) const noexcept { return at != other.at; }
    };
    struct row_at {
        const value* first;
        std::size_t stride;
        [[nodiscard]] cell_at cell(std::uint32_t column) const noexcept { return {first + column, stride}; }
        void next(std::size_t rows = 1) noexcept { first += rows * stride; }
        [[nodiscard]] bool before(const row_at& other) const noexcept { return first != other.first; }
    };
    [[nodiscard]] row_at row(std::size_t index) const noexcept {
        return {values_.data() + index * stride_, stride_};
    }

private:
    std::size_t columns_, stride_;
    std::vector<value> values_;
};

using copied_block = std::unique_ptr<char[]>;

/// Rows that are kept: their bytes, which stay where they are, also if this object is moved.
class kept_rows {
public:
    [[nodiscard]] std::size_t size() const noexcept { return begins_.size(); }
    /// Rows from `first` on, at most rows_at_once, which must be there. Valid until it is called again.
    [[nodiscard]] copied_cells::row_at rows(std::size_t first, std::size_t count);

private:
    friend class copied_bytes;
    kept_rows(std::vector<copied_block> blocks, std::vector<const char*> begins, copied_cells cells) noexcept
        : blocks_(std::move(blocks)), begins_(std::move(begins)), cells_(std::move(cells)) {}

    std::vector<copied_block> blocks_;
    std::vector<const char*> begins_; // of every row, in one of the blocks
    copied_cells cells_;
};

class copied_bytes {
public:
    static constexpr std::size_t rows_at_once = copied_cells::rows_at_once;

    /// For rows of so many columns; `block`: the size of the first block in bytes, not 0.
    explicit copied_bytes(std::size_t columns, std::size_t block = 65'536);

    /// Where the next bytes belong, and how many there is room for.
    [[nodiscard]] char* end() const noexcept { return block_.get() + end_; }
    [[nodiscard]] std::size_t room() const noexcept { return capacity_ - end_; }
    /// So many have been written there, at most room().
    void add(std::size_t bytes) noexcept {
        end_ += bytes;
        mark_end();
    }

    /// From now on rows are kept where they are when they are done with.
    void keep_rows() noexcept { keeping_ = true; }
    /// All rows that were kept. This object is of no use any more.
    [[nodiscard]] kept_rows take_rows();

    /// The rows at hand are done with. There is room afterwards: throws decode_error for a row of more than a gigabyte.
    void make_room();
    /// Drops everything.
    void clear() noexcept { next_ = end_ = rows_ = 0; }

    /// Looks for more whole rows, up to rows_at_once; how many are at hand then. Throws decode_error for what is not
    /// the format, and for a row of another number of columns once it is the next one.
    [[nodiscard]] std::size_t find_rows();
    [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
    /// Is what follows the rows at hand the beginning of another one? After the end of the rows nothing is.
    [[nodiscard]] bool within_row() const noexcept { return next_ != end_ && !complete_; }
    /// Of the rows at hand. Valid until there is made room.
    [[nodiscard]] copied_cells::row_at row(std::size_t index) const noexcept { return cells_.row(index); }

private:
    [[nodiscard]] bool find_row();
    [[nodiscard]] bool skip_header();
    void end_rows(std::uint16_t count);
    void begin_block();
    /// A length may be loaded from behind the last byte before it is known to be there.
    void mark_end() noexcept { std::memset(end(), 0, slack); }
    static constexpr std::size_t slack = 4;

    copied_block block_;
    std::size_t capacity_, next_ = 0, end_ = 0; // next_: behind the rows at hand
    copied_cells cells_;                        // of the rows at hand
    std::size_t rows_ = 0;
    std::array<const char*, rows_at_once> begins_{};
    bool header_read_ = false, complete_ = false, keeping_ = false;
    std::vector<copied_block> kept_blocks_;
    std::vector<const char*> kept_begins_;
};

} // namespace howdah::detail

// SPDX-License-Identifier: BSL-1.0
//
// The bytes of a COPY out as they arrive, and the rows that are whole among them (PostgreSQL manual, COPY, "Binary
// Format").
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace howdah::detail {

/// What the bytes begin with.
inline constexpr std::string_view copy_signature{"PGCOPY\n\377\r\n\0", 11};

class copied_bytes {
    struct value {
        const char* bytes; ///< null: NULL
        std::uint32_t size;
    };

public:
    static constexpr std::size_t rows_at_once = 16;

    /// For rows of so many columns.
    explicit copied_bytes(std::size_t columns);

    /// Where the next bytes belong, and how many there is room for.
    [[nodiscard]] char* end() const noexcept { return buffer_.get() + end_; }
    [[nodiscard]] std::size_t room() const noexcept { return capacity_ - end_; }
    /// So many have been written there, at most room().
    void add(std::size_t bytes) noexcept { end_ += bytes; }

    /// The rows at hand are done with. There is room afterwards: throws decode_error for a row of more than a gigabyte.
    void drop_rows();
    /// Drops everything.
    void clear() noexcept { next_ = end_ = rows_ = 0; }

    /// Looks for more whole rows, up to rows_at_once; how many are at hand then. Throws decode_error for what is not
    /// the format, and for a row of another number of columns once it is the next one.
    [[nodiscard]] std::size_t find_rows() {
        while (next_ != end_ && find_row()) {
        }
        return rows_;
    }
    [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
    /// Is what follows the rows at hand the beginning of another one? After the end of the rows nothing is.
    [[nodiscard]] bool within_row() const noexcept { return next_ != end_ && !complete_; }

    /// One cell of the rows at hand, as cell_decoder reads it.
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
    /// Valid until rows are dropped.
    [[nodiscard]] row_at row(std::size_t index) const noexcept {
        return {values_.data() + index * stride_, stride_};
    }

private:
    [[nodiscard]] bool find_row();
    [[nodiscard]] bool skip_header();

    std::unique_ptr<char[]> buffer_;
    std::size_t capacity_, next_ = 0, end_ = 0; // next_: behind the rows at hand
    std::size_t columns_, stride_, rows_ = 0;
    std::vector<value> values_; // of the rows at hand, row by row
    bool header_read_ = false, complete_ = false;
};

} // namespace howdah::detail

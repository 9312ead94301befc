// SPDX-License-Identifier: BSL-1.0
#include "copied_bytes.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include <howdah/bytes.hpp>
#include <howdah/error.hpp>

namespace howdah::detail {

namespace {

constexpr std::size_t header_size = copy_signature.size() + 8; // flags, and the length of an extension
constexpr std::size_t usual_capacity = 1'048'576;              // of the blocks of many rows that are kept
constexpr std::uint32_t no_value = 0xFFFFFFFF; // the length of a NULL; more than a row has bytes

/// Finds the cells of a row; how many bytes it has, or 0 if not all of them are among the `size` from `row` on.
[[gnu::always_inline]] inline std::size_t find_cells(const char* row, std::size_t size,
                                                     copied_cells::value* out, std::size_t columns) {
    // Addresses as numbers, of 64 bits everywhere: with a length that is none they leave every object.
    const auto bytes_at = [](std::uint64_t address) {
        return reinterpret_cast<const char*>(static_cast<std::uintptr_t>(address)); // NOLINT: it was one
    };
    const std::uint64_t begin = reinterpret_cast<std::uintptr_t>(row), end = begin + size;
    std::uint64_t at = begin + 2; // behind the number of columns
    for (const auto* const last = out + columns; out != last; ++out) {
        const auto length = load_big_endian<std::uint32_t>(bytes_at(at));
        const auto value = at + 4;
        at = value + length;
        if (at > end) [[unlikely]] { // also where the length itself is not there
            if (value > end || at - value != no_value) return 0;
            *out = {nullptr, 0};
            at = value;
            continue;
        }
        *out = {bytes_at(value), length};
    }
    return static_cast<std::size_t>(at - begin);
}

} // namespace

copied_bytes::copied_bytes(std::size_t columns, std::size_t block)
    : block_(std::make_unique_for_overwrite<char[]>(block + slack)), capacity_(block), cells_(columns) {}

void copied_bytes::make_room() {
    if (keeping_) kept_begins_.insert(kept_begins_.end(), begins_.begin(), begins_.begin() + rows_);
    rows_ = 0;
    if (!within_row()) end_ = next_; // what follows the end of the rows is nothing
    if (!keeping_ && next_ > 0) {
        std::memmove(block_.get(), block_.get() + next_, end_ - next_);
        end_ -= std::exchange(next_, 0);
    }
    if (end_ == capacity_) begin_block();
}

/// Goes on in a larger block, or another one, with what there is of the next row.
void copied_bytes::begin_block() {
    const auto size = end_ - next_;
    if (size > INT32_MAX / 2) throw decode_error("a row of COPY of more than a gigabyte");
    const auto capacity = std::max(2 * size, std::min(2 * capacity_, usual_capacity));
    auto block = std::make_unique_for_overwrite<char[]>(capacity + slack);
    std::memcpy(block.get(), block_.get() + next_, size);
    if (next_ > 0) kept_blocks_.push_back(std::move(block_)); // rows stand in it
    block_ = std::move(block);
    capacity_ = capacity;
    end_ = size;
    next_ = 0;
    mark_end();
}

[[gnu::noinline]] bool copied_bytes::skip_header() {
    if (end_ - next_ < header_size) return false;
    const char* const at = block_.get() + next_;
    const auto flags = load_big_endian<std::uint32_t>(at + copy_signature.size());
    const auto extension = load_big_endian<std::uint32_t>(at + copy_signature.size() + 4);
    if (std::string_view(at, copy_signature.size()) != copy_signature || flags != 0 || extension > INT32_MAX)
        throw decode_error("what the server sent is not the binary format of COPY");
    if (end_ - next_ - header_size < extension) return false;
    next_ += header_size + extension;
    return header_read_ = true;
}

/// What comes next is no row of as many columns as there should be.
[[gnu::cold, gnu::noinline]] void copied_bytes::end_rows(std::uint16_t count) {
    complete_ = count == 0xFFFF;
    if (!complete_ && rows_ == 0) // the rows at hand are given before it is refused
        throw decode_error("a row of COPY has other columns than the server said");
}

/// Finds the cells of one more row, for which there must be room; false if it is not there as a whole.
[[gnu::always_inline]] inline bool copied_bytes::find_row() {
    if (end_ - next_ < 2) return false;
    const char* const begin = block_.get() + next_;
    if (const auto count = load_big_endian<std::uint16_t>(begin); count != cells_.columns()) {
        end_rows(count);
        return false;
    }
    const auto size = find_cells(begin, end_ - next_, cells_.of_row(rows_), cells_.columns());
    if (size == 0) return false;
    begins_[rows_++] = begin;
    next_ += size;
    return true;
}

std::size_t copied_bytes::find_rows() {
    if (complete_ || (!header_read_ && !skip_header())) return rows_;
    while (rows_ < rows_at_once && find_row()) {
    }
    return rows_;
}

kept_rows copied_bytes::take_rows() {
    kept_blocks_.push_back(std::move(block_));
    return {std::move(kept_blocks_), std::move(kept_begins_), std::move(cells_)};
}

copied_cells::row_at kept_rows::rows(std::size_t first, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) // it was whole when it was found, so nothing bounds it here
        static_cast<void>(find_cells(begins_[first + i], no_value, cells_.of_row(i), cells_.columns()));
    return cells_.row(0);
}

} // namespace howdah::detail

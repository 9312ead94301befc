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
constexpr std::size_t first_capacity = 65'536;
constexpr std::size_t no_value = 0xFFFFFFFF; // the length of a NULL
constexpr std::size_t slack = 4; // a length may be loaded behind the last byte before it is known to be there

} // namespace

copied_bytes::copied_bytes(std::size_t columns)
    : buffer_(std::make_unique<char[]>(first_capacity + slack)), capacity_(first_capacity), columns_(columns),
      stride_(std::max<std::size_t>(columns, 1)), values_(stride_ * rows_at_once) {}

void copied_bytes::drop_rows() {
    rows_ = 0;
    if (!within_row()) {
        next_ = end_ = 0;
    } else if (next_ > 0) {
        std::memmove(buffer_.get(), buffer_.get() + next_, end_ - next_);
        end_ -= std::exchange(next_, 0);
    }
    if (end_ < capacity_) return;
    if (capacity_ > INT32_MAX / 2) throw decode_error("a row of COPY of more than a gigabyte");
    auto larger = std::make_unique<char[]>(2 * capacity_ + slack);
    std::memcpy(larger.get(), buffer_.get(), end_);
    buffer_ = std::move(larger);
    capacity_ *= 2;
}

[[gnu::noinline]] bool copied_bytes::skip_header() {
    if (end_ - next_ < header_size) return false;
    const char* const at = buffer_.get() + next_;
    const auto flags = load_big_endian<std::uint32_t>(at + copy_signature.size());
    const auto extension = load_big_endian<std::uint32_t>(at + copy_signature.size() + 4);
    if (std::string_view(at, copy_signature.size()) != copy_signature || flags != 0 || extension > INT32_MAX)
        throw decode_error("what the server sent is not the binary format of COPY");
    if (end_ - next_ - header_size < extension) return false;
    next_ += header_size + extension;
    return header_read_ = true;
}

/// Finds the cells of one more row; false if there is no room for them or the row is not there as a whole.
bool copied_bytes::find_row() {
    if (rows_ == rows_at_once || complete_ || (!header_read_ && !skip_header()) || end_ - next_ < 2)
        return false;
    const char* const buffer = buffer_.get();
    const auto count = load_big_endian<std::int16_t>(buffer + next_);
    if (count < 0 || static_cast<std::size_t>(count) != columns_) {
        complete_ = count == -1;
        if (complete_ || rows_ > 0) return false; // the rows at hand are given before it is refused
        throw decode_error("a row of COPY has other columns than the server said");
    }
    std::size_t at = next_ + 2;
    value* out = values_.data() + rows_ * stride_;
    for (const value* const last = out + columns_; out != last; ++out) {
        const std::size_t size = load_big_endian<std::uint32_t>(buffer + at);
        at += 4;
        if (at + size > end_) [[unlikely]] { // also where the length itself is not there
            if (at > end_ || size != no_value) return false;
            *out = {nullptr, 0};
            continue;
        }
        *out = {buffer + at, static_cast<std::uint32_t>(size)};
        at += size;
    }
    next_ = at;
    ++rows_;
    return true;
}

} // namespace howdah::detail

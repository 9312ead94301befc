// SPDX-License-Identifier: BSL-1.0
#include <howdah/bytes.hpp>

#include <algorithm>
#include <utility>

namespace howdah {

void detail::free_bytes(char* bytes) noexcept {
    delete[] bytes;
}

byte_writer& byte_writer::operator=(byte_writer&& other) noexcept {
    if (this == &other) return *this;
    heap_ = std::move(other.heap_);
    size_ = std::exchange(other.size_, 0);
    capacity_ = std::exchange(other.capacity_, sizeof inline_);
    if (!heap_) std::memcpy(inline_, other.inline_, size_);
    return *this;
}

void byte_writer::patch(std::size_t offset, std::int32_t value) noexcept {
    store_big_endian(value, (heap_ ? heap_.get() : inline_) + offset);
}

void byte_writer::grow(std::size_t more) {
    const std::size_t capacity = std::max(capacity_ * 2, size_ + more);
    detail::owned<char, &detail::free_bytes> larger(new char[capacity]);
    std::memcpy(larger.get(), data(), size_);
    heap_ = std::move(larger);
    capacity_ = capacity;
}

} // namespace howdah

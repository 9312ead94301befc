// SPDX-License-Identifier: BSL-1.0
//
// Reading and writing values in network byte order: a reader whose first failure sticks, so that a decoder
// reads straight on and asks once at the end, and a writer that keeps small values on the stack.
//
// Neither is safe to share between threads.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>
#include <utility>

#include <howdah/detail/owner.hpp>

namespace howdah {

namespace detail {
/// Of memory that a byte_writer made.
void free_bytes(char* bytes) noexcept;
} // namespace detail

/// The value with its bytes in network order, or a value in network order as the machine holds it.
template <std::unsigned_integral T> [[nodiscard]] constexpr T network_order(T value) noexcept {
    if constexpr (sizeof(T) == 1 || std::endian::native == std::endian::big) return value;
    else if constexpr (sizeof(T) == 2) return __builtin_bswap16(value);
    else if constexpr (sizeof(T) == 4) return __builtin_bswap32(value);
    else return __builtin_bswap64(value);
}

/// Reads the sizeof(T) bytes at `from`, in network order.
template <std::integral T> [[nodiscard]] T load_big_endian(const char* from) noexcept {
    std::make_unsigned_t<T> value;
    std::memcpy(&value, from, sizeof value);
    return static_cast<T>(network_order(value));
}
/// Writes the sizeof(T) bytes at `to`, in network order.
template <std::integral T> void store_big_endian(T value, char* to) noexcept {
    const auto ordered = network_order(static_cast<std::make_unsigned_t<T>>(value));
    std::memcpy(to, &ordered, sizeof ordered);
}

/// Reads big-endian values from a span of bytes. After a read past the end every further read gives zero and
/// ok() is false.
class byte_reader {
public:
    constexpr explicit byte_reader(std::string_view bytes) noexcept : rest_(bytes) {}

    /// The next sizeof(T) bytes; zero after a failure.
    template <std::integral T> [[nodiscard]] T read() noexcept {
        if (rest_.size() < sizeof(T)) {
            fail();
            return T{};
        }
        const T value = load_big_endian<T>(rest_.data());
        rest_.remove_prefix(sizeof(T));
        return value;
    }

    /// The next `size` bytes, a view into the input; empty after a failure.
    [[nodiscard]] std::string_view bytes(std::size_t size) noexcept {
        if (rest_.size() < size) {
            fail();
            return {};
        }
        const auto taken = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return taken;
    }

    /// Bytes not read yet; 0 after a failure.
    [[nodiscard]] std::size_t left() const noexcept { return rest_.size(); }
    /// True while every read was inside the input.
    [[nodiscard]] bool ok() const noexcept { return ok_; }
    /// True if every read was inside the input and nothing is left over.
    [[nodiscard]] bool finished() const noexcept { return ok_ && rest_.empty(); }

private:
    void fail() noexcept {
        ok_ = false;
        rest_ = {};
    }
    std::string_view rest_;
    bool ok_ = true;
};

/// Appends values in network byte order. The first 256 bytes need no allocation.
class byte_writer {
public:
    byte_writer() noexcept = default;
    byte_writer(const byte_writer&) = delete;
    byte_writer& operator=(const byte_writer&) = delete;
    byte_writer(byte_writer&& other) noexcept { *this = std::move(other); }
    byte_writer& operator=(byte_writer&& other) noexcept;

    /// Appends the bytes of a value in network order, or bytes as they are. Throws std::bad_alloc.
    template <std::integral T> void write(T value) { store_big_endian(value, extend(sizeof(T))); }
    void write(std::string_view bytes) {
        if (!bytes.empty()) std::memcpy(extend(bytes.size()), bytes.data(), bytes.size());
    }
    /// Overwrites four bytes written before, at `offset`: a length that is known only afterwards.
    void patch(std::size_t offset, std::int32_t value) noexcept;

    /// What was written. Pointer and view are valid until the next write or move.
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    /// Bytes for which no more memory is needed.
    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
    [[nodiscard]] const char* data() const noexcept { return heap_ ? heap_.get() : inline_; }
    [[nodiscard]] std::string_view view() const noexcept { return {data(), size_}; }
    /// Makes room for `more` bytes at the end and returns where they go: they are to be written before anything else.
    [[nodiscard]] char* extend(std::size_t more) {
        if (more > capacity_ - size_) grow(more);
        char* at = (heap_ ? heap_.get() : inline_) + size_;
        size_ += more;
        return at;
    }
    /// Forgets what was written; keeps the memory.
    void clear() noexcept { size_ = 0; }
    /// Forgets what was written after the first `size` bytes.
    void shrink(std::size_t size) noexcept { size_ = size < size_ ? size : size_; }

private:
    void grow(std::size_t more);

    detail::owned<char, &detail::free_bytes> heap_;
    std::size_t size_ = 0, capacity_ = sizeof inline_;
    char inline_[256];
};

} // namespace howdah

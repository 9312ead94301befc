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
#include <memory>
#include <string_view>

namespace howdah {

/// Reads big-endian values from a span of bytes. After a read past the end every further read gives zero and
/// ok() is false.
class byte_reader {
public:
    constexpr explicit byte_reader(std::string_view bytes) noexcept : rest_(bytes) {}

    template <std::integral T> [[nodiscard]] T read() noexcept {
        if (rest_.size() < sizeof(T)) {
            fail();
            return T{};
        }
        std::make_unsigned_t<T> value = 0;
        for (std::size_t i = 0; i < sizeof(T); ++i)
            value = static_cast<std::make_unsigned_t<T>>((static_cast<std::uint64_t>(value) << 8) |
                                                         static_cast<unsigned char>(rest_[i]));
        rest_.remove_prefix(sizeof(T));
        return static_cast<T>(value);
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

    template <std::integral T> void write(T value) {
        char* to = extend(sizeof(T));
        auto rest = static_cast<std::make_unsigned_t<T>>(value);
        for (std::size_t i = sizeof(T); i-- > 0;
             rest = static_cast<decltype(rest)>(static_cast<std::uint64_t>(rest) >> 8))
            to[i] = static_cast<char>(rest & 0xFF);
    }
    void write(std::string_view bytes) {
        if (!bytes.empty()) std::memcpy(extend(bytes.size()), bytes.data(), bytes.size());
    }
    /// Overwrites four bytes written before, at `offset`: a length that is known only afterwards.
    void patch(std::size_t offset, std::int32_t value) noexcept;

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] const char* data() const noexcept { return heap_ ? heap_.get() : inline_; }
    [[nodiscard]] std::string_view view() const noexcept { return {data(), size_}; }
    void clear() noexcept { size_ = 0; }
    /// Forgets what was written after the first `size` bytes.
    void shrink(std::size_t size) noexcept { size_ = size < size_ ? size : size_; }

private:
    /// Makes room for `more` bytes at the end and returns where they go.
    char* extend(std::size_t more) {
        if (more > capacity_ - size_) grow(more);
        char* at = (heap_ ? heap_.get() : inline_) + size_;
        size_ += more;
        return at;
    }
    void grow(std::size_t more);

    std::unique_ptr<char[]> heap_;
    std::size_t size_ = 0, capacity_ = sizeof inline_;
    char inline_[256];
};

} // namespace howdah

// SPDX-License-Identifier: BSL-1.0
//
// What the formatters of dates, times, intervals and addresses share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "calendar.hpp"

namespace howdah::detail {

/// A text on the stack: the longest, an interval, has 69 characters.
class short_text {
public:
    void put(char c) noexcept { buffer_[size_++] = c; }
    void put(std::string_view text) noexcept {
        for (const char c : text) put(c);
    }
    /// At least `width` digits.
    void put_digits(std::uint64_t value, int width) noexcept {
        char reversed[20];
        int digits = 0;
        for (; value != 0 || digits < width; value /= 10)
            reversed[digits++] = static_cast<char>('0' + value % 10);
        while (digits > 0) put(reversed[--digits]);
    }
    void drop_zeros() noexcept {
        while (buffer_[size_ - 1] == '0') --size_;
    }
    std::string text() const { return {buffer_, size_}; }
    std::string_view view() const noexcept { return {buffer_, size_}; }

private:
    char buffer_[96];
    std::size_t size_ = 0;
};

/// "03:04:05", with more than two digits of hours where there are as many.
inline void put_time(short_text& out, std::uint64_t micros) noexcept {
    const auto seconds = micros / static_cast<std::uint64_t>(second_us);
    out.put_digits(seconds / 3600, 2);
    out.put(':');
    out.put_digits(seconds / 60 % 60, 2);
    out.put(':');
    out.put_digits(seconds % 60, 2);
}

/// ".5": as many digits of the microseconds of a second as are needed; none for 0.
inline void put_fraction(short_text& out, std::uint64_t micros) noexcept {
    const auto fraction = micros % static_cast<std::uint64_t>(second_us);
    if (fraction == 0) return;
    out.put('.');
    out.put_digits(fraction, 6);
    out.drop_zeros();
}

} // namespace howdah::detail

// SPDX-License-Identifier: BSL-1.0
//
// What the strict text parsers share: reading forward through a text, where every refusal names the byte.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <howdah/error.hpp>

#include "calendar.hpp"

namespace howdah::detail {

/// Reads forward; every refusal names the byte.
class text_cursor {
public:
    explicit text_cursor(std::string_view text) noexcept : text_(text) {}

    [[noreturn]] void fail(const char* reason) const { fail(reason, at_); }
    [[noreturn]] void fail(const char* reason, std::size_t where) const {
        throw decode_error(reason, std::string(text_), where);
    }
    std::size_t at() const noexcept { return at_; }
    bool done() const noexcept { return at_ == text_.size(); }
    bool sees(char c) const noexcept { return !done() && text_[at_] == c; }
    bool sees(std::string_view word) const noexcept { return text_.substr(at_).starts_with(word); }
    bool sees_digit() const noexcept { return !done() && text_[at_] >= '0' && text_[at_] <= '9'; }

    bool take(char c) noexcept {
        if (!sees(c)) return false;
        ++at_;
        return true;
    }
    bool take(std::string_view word) noexcept {
        if (!sees(word)) return false;
        at_ += word.size();
        return true;
    }
    /// The next character, which must be there; and back to a place where the cursor was.
    void skip() noexcept { ++at_; }
    void back_to(std::size_t at) noexcept { at_ = at; }
    void expect(char c, const char* reason) {
        if (!take(c)) fail(reason);
    }
    unsigned digit(const char* reason) {
        if (!sees_digit()) fail(reason);
        return static_cast<unsigned>(text_[at_++] - '0');
    }
    /// Exactly two digits, at most `last`; a larger number is blamed on its first digit.
    unsigned two_digits(unsigned last, const char* reason) {
        const auto begin = at_;
        const auto tens = digit(reason);
        const auto value = tens * 10 + digit(reason);
        if (value > last) fail(reason, begin);
        return value;
    }

private:
    std::string_view text_;
    std::size_t at_ = 0;
};

/// ".5" is 500,000 microseconds; nothing there is 0.
inline std::int64_t read_fraction(text_cursor& in) {
    if (!in.take('.')) return 0;
    std::int64_t value = in.digit("expected a digit of the fraction");
    std::int64_t unit = second_us / 10;
    for (; in.sees_digit(); unit /= 10) {
        if (unit == 1) in.fail("a fraction of more than six digits: round it to microseconds");
        value = value * 10 + in.digit("");
    }
    return value * unit;
}

} // namespace howdah::detail

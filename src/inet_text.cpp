// SPDX-License-Identifier: BSL-1.0
//
// The text of addresses, as src/backend/utils/adt/inet_net_ntop.c of PostgreSQL writes it.
#include <howdah/inet.hpp>

#include <algorithm>
#include <optional>

#include "short_text.hpp"
#include "text_cursor.hpp"

namespace howdah {

namespace {

using detail::short_text;
using detail::text_cursor;

constexpr std::size_t words_of_v6 = 8;

// ---- reading text

/// A decimal number without leading zeros, which some programs take for octal.
unsigned read_decimal(text_cursor& in, unsigned last, const char* reason) {
    const auto begin = in.at();
    auto value = in.digit(reason);
    const bool zero = value == 0;
    for (; in.sees_digit() && value <= last; value = value * 10 + in.digit(reason))
        if (zero) in.fail("a number with a leading zero", begin);
    if (value > last) in.fail(reason, begin);
    return value;
}

void read_v4(text_cursor& in, std::uint8_t* bytes) {
    for (int i = 0; i < 4; ++i) {
        if (i > 0) in.expect('.', "expected the '.' of an IPv4 address");
        bytes[i] =
            static_cast<std::uint8_t>(read_decimal(in, 255, "expected a number of an address, 0 to 255"));
    }
}

std::optional<unsigned> hexadecimal_digit(const text_cursor& in) noexcept {
    constexpr std::string_view digits = "0123456789abcdef", capitals = "ABCDEF";
    for (unsigned i = 0; i < digits.size(); ++i)
        if (in.sees(digits[i]) || (i >= 10 && in.sees(capitals[i - 10]))) return i;
    return std::nullopt;
}

/// Up to four digits; nothing if there is none.
std::optional<unsigned> read_word(text_cursor& in) {
    std::optional<unsigned> value;
    for (int i = 0; i < 4; ++i) {
        const auto digit = hexadecimal_digit(in);
        if (!digit) break;
        value = value.value_or(0) * 16 + *digit;
        in.skip();
    }
    return value;
}

/// Reads eight words; "::" stands once for a run of zeros, and an IPv4 address for the last two words.
class v6_reader {
public:
    explicit v6_reader(text_cursor& in) noexcept : in_(in) {}

    std::array<std::uint8_t, 16> read() {
        if (in_.take("::")) gap_ = 0;
        while (count_ < words_of_v6 && read_item() && read_separator()) {
        }
        if (gap_ == none ? count_ != words_of_v6 : count_ == words_of_v6)
            in_.fail("expected eight words of an IPv6 address, or \"::\" instead of some");
        return spread();
    }

private:
    /// A word or an IPv4 address; false at the end behind "::".
    bool read_item() {
        const auto begin = in_.at();
        const auto word = read_word(in_);
        if (!word) {
            if (gap_ != count_) in_.fail("expected a word of an IPv6 address");
            return false;
        }
        if (!in_.sees('.')) {
            put(*word);
            return true;
        }
        if (count_ > words_of_v6 - 2) in_.fail("an IPv6 address of more than eight words", begin);
        in_.back_to(begin);
        std::uint8_t v4[4];
        read_v4(in_, v4);
        put(v4[0] * 256u + v4[1]);
        put(v4[2] * 256u + v4[3]);
        ends_ = true;
        return true;
    }

    /// False where the address ends.
    bool read_separator() {
        if (ends_ || !in_.sees(':')) return false;
        if (in_.take("::")) {
            if (gap_ != none) in_.fail("\"::\" twice in an IPv6 address");
            gap_ = count_;
        } else if (count_ < words_of_v6) {
            in_.take(':');
        }
        return true;
    }

    void put(unsigned word) noexcept { words_[count_++] = static_cast<std::uint16_t>(word); }

    std::array<std::uint8_t, 16> spread() const noexcept {
        std::array<std::uint8_t, 16> bytes{};
        for (std::size_t i = 0; i < count_; ++i) {
            const auto at = i < gap_ ? i : words_of_v6 - (count_ - i);
            bytes[2 * at] = static_cast<std::uint8_t>(words_[i] >> 8);
            bytes[2 * at + 1] = static_cast<std::uint8_t>(words_[i] & 255);
        }
        return bytes;
    }

    static constexpr std::size_t none = static_cast<std::size_t>(-1);
    text_cursor& in_;
    std::uint16_t words_[words_of_v6]{};
    std::size_t count_ = 0, gap_ = none; ///< so many words stand before "::"
    bool ends_ = false;
};

unsigned read_prefix(text_cursor& in, unsigned most) {
    const auto prefix =
        in.take('/')
            ? read_decimal(in, most, "expected the bits of the prefix, up to the length of the address")
            : most;
    if (!in.done()) in.fail("something follows the end of the address");
    return prefix;
}

// ---- writing text

void put_v4(short_text& out, const std::uint8_t* bytes) {
    for (int i = 0; i < 4; ++i) {
        if (i > 0) out.put('.');
        out.put_digits(bytes[i], 1);
    }
}

/// The longest run of at least two zero words, the first of several.
struct zero_run {
    std::size_t begin = 0, size = 0;
};
zero_run longest_run(const std::array<unsigned, words_of_v6>& words) noexcept {
    zero_run best;
    for (std::size_t begin = 0; begin < words.size();) {
        auto end = begin;
        while (end < words.size() && words[end] == 0) ++end;
        if (end - begin > std::max<std::size_t>(best.size, 1)) best = {begin, end - begin};
        begin = end + 1;
    }
    return best;
}

void put_word(short_text& out, unsigned word) {
    constexpr std::string_view digits = "0123456789abcdef";
    bool any = false;
    for (unsigned shift = 16; shift > 0;) {
        shift -= 4;
        const auto digit = word >> shift & 15;
        any = any || digit != 0 || shift == 0;
        if (any) out.put(digits[digit]);
    }
}

void put_v6(short_text& out, std::span<const std::uint8_t> bytes) {
    std::array<unsigned, words_of_v6> words{};
    for (std::size_t i = 0; i < words.size(); ++i) words[i] = bytes[2 * i] * 256u + bytes[2 * i + 1];
    const auto run = longest_run(words);
    // Addresses that hold one of IPv4 end as that is written.
    const bool holds_v4 = run.begin == 0 && (run.size == 6 || (run.size == 7 && words[7] != 1) ||
                                             (run.size == 5 && words[5] == 0xFFFF));
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (run.size > 0 && i == run.begin) out.put(':');
        if (i >= run.begin && i < run.begin + run.size) continue;
        if (i > 0) out.put(':');
        if (i == 6 && holds_v4) return put_v4(out, bytes.data() + 12);
        put_word(out, words[i]);
    }
    if (run.size > 0 && run.begin + run.size == words.size()) out.put(':');
}

std::string text_of(const inet& address, bool with_prefix) {
    short_text out;
    if (address.family() == address_family::ipv4) put_v4(out, address.bytes().data());
    else put_v6(out, address.bytes());
    if (with_prefix) {
        out.put('/');
        out.put_digits(address.prefix_length(), 1);
    }
    return out.text();
}

} // namespace

inet inet::parse(std::string_view text) {
    text_cursor in(text);
    if (text.find(':') != std::string_view::npos) {
        const auto bytes = v6_reader(in).read();
        return v6(bytes, read_prefix(in, 128));
    }
    std::array<std::uint8_t, 4> bytes{};
    read_v4(in, bytes.data());
    return v4(bytes, read_prefix(in, 32));
}

std::string inet::text() const {
    return text_of(*this, !is_host());
}

std::string cidr::text() const {
    return text_of(network_, true);
}

} // namespace howdah

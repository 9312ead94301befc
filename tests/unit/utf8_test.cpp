// SPDX-License-Identifier: BSL-1.0
#include <doctest/doctest.h>

#include <cstdint>
#include <string>

#include "utf8.hpp"

namespace {

/// Encodes any number up to 21 bits as UTF-8 would, in the shortest form, well-formed or not.
std::string encoded(std::uint32_t point) {
    std::string out;
    const auto push = [&](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
    if (point < 0x80) {
        push(point);
    } else if (point < 0x800) {
        push(0xC0 | point >> 6);
        push(0x80 | (point & 0x3F));
    } else if (point < 0x10000) {
        push(0xE0 | point >> 12);
        push(0x80 | (point >> 6 & 0x3F));
        push(0x80 | (point & 0x3F));
    } else {
        push(0xF0 | point >> 18);
        push(0x80 | (point >> 12 & 0x3F));
        push(0x80 | (point >> 6 & 0x3F));
        push(0x80 | (point & 0x3F));
    }
    return out;
}

bool good(std::string_view text) {
    return howdah::detail::first_bad_byte(text) == text.size();
}

} // namespace

TEST_CASE("every code point is accepted, save NUL, surrogates and numbers above U+10FFFF") {
    std::uint32_t wrong = 0;
    for (std::uint32_t point = 0; point < 0x200000; ++point) {
        const bool expected = point != 0 && point <= 0x10FFFF && !(point >= 0xD800 && point <= 0xDFFF);
        if (good(encoded(point)) != expected) ++wrong;
    }
    CHECK(wrong == 0);
}

TEST_CASE("of all sequences of two bytes exactly the well-formed ones are accepted") {
    for (unsigned first = 0; first < 256; ++first)
        for (unsigned second = 0; second < 256; ++second) {
            const std::string text{static_cast<char>(first), static_cast<char>(second)};
            const bool ascii = first > 0 && first < 0x80 && second > 0 && second < 0x80;
            const bool pair = first >= 0xC2 && first <= 0xDF && second >= 0x80 && second <= 0xBF;
            if (good(text) != (ascii || pair)) FAIL_CHECK(first << " " << second);
        }
}

TEST_CASE("overlong forms are refused") {
    CHECK_FALSE(good("\xC0\x80"));
    CHECK_FALSE(good("\xC1\xBF"));
    CHECK_FALSE(good("\xE0\x9F\xBF"));
    CHECK_FALSE(good("\xF0\x8F\xBF\xBF"));
}

TEST_CASE("sequences that are cut short or continue wrongly are refused") {
    for (const std::string whole : {"\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x90\x98"}) {
        for (std::size_t size = 1; size < whole.size(); ++size) {
            CHECK_FALSE(good(whole.substr(0, size)));
            CHECK_FALSE(good(whole.substr(0, size) + "a"));
            CHECK_FALSE(good(whole.substr(0, size) + whole));
        }
        CHECK_FALSE(good(whole.substr(1)));
    }
}

TEST_CASE("the offset is that of the first byte of the bad sequence, wherever it stands") {
    for (std::size_t before = 0; before < 40; ++before)
        for (std::size_t after = 0; after < 20; ++after)
            for (const std::string& bad :
                 {std::string(1, '\0'), std::string("\xFF"), std::string("\xED\xA0\x80"),
                  std::string("\xE2\x82"), std::string("\x80")}) {
                const std::string text = std::string(before, 'x') + bad + std::string(after, 'y');
                if (howdah::detail::first_bad_byte(text) != before) FAIL_CHECK(before << " " << after);
            }
}

TEST_CASE("a text of many characters is accepted at every alignment") {
    std::string text = "elephant \xF0\x9F\x90\x98 caf\xC3\xA9 \xE2\x82\xAC ";
    for (int i = 0; i < 4; ++i) text += text;
    for (std::size_t from = 0; from < 9; ++from) CHECK(good(text.substr(from)));
    CHECK(good(""));
}

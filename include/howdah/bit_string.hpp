// SPDX-License-Identifier: BSL-1.0
//
// bit_string: PostgreSQL's bit(n) and bit varying(n), a sequence of bits with its length.
//
//     auto flags = howdah::bit_string::parse("1011");
//     flags.test(1) == false; flags.size() == 4; flags.text() == "1011";
//
// Not safe to change from several threads. Source: PostgreSQL manual, section 8.10.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <howdah/codec.hpp>

namespace howdah {

/// Bits, counted from 0 at the left, as they are written. Equal if length and bits are.
class bit_string {
public:
    /// What bit varying holds at most.
    static constexpr std::size_t max_size = 2'147'483'640;

    bit_string() = default;
    /// So many bits of 0. Throws usage_error above max_size.
    explicit bit_string(std::size_t size);
    /// Parses "1011". Throws decode_error with the offset of the first other character.
    [[nodiscard]] static bit_string parse(std::string_view text);

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    /// One bit. Both throw usage_error if there is no such bit.
    [[nodiscard]] bool test(std::size_t index) const;
    void set(std::size_t index, bool value);
    /// Appends one bit. Throws usage_error above max_size.
    void push_back(bool value);

    /// "1011".
    [[nodiscard]] std::string text() const;
    /// Eight bits to the byte, the leftmost in the highest place; unused places at the end are 0. Lives as long as
    /// this object.
    [[nodiscard]] const std::vector<std::uint8_t>& bytes() const noexcept { return bytes_; }

    friend bool operator==(const bit_string&, const bit_string&) = default;

private:
    friend struct bit_string_access;
    std::vector<std::uint8_t> bytes_;
    std::size_t size_ = 0;
};

/// Reads bit and bit varying; goes as bit varying, which the server converts to bit(n) of the same length.
template <> struct codec<bit_string> : detail::compiled_codec<bit_string, oids::varbit> {};

} // namespace howdah

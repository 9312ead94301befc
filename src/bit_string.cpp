// SPDX-License-Identifier: BSL-1.0
//
// bit and varbit: in binary the number of bits, then the bytes that hold them. Source: varbit_send() in
// src/backend/utils/adt/varbit.c of PostgreSQL.
#include <howdah/bit_string.hpp>

#include "codec_support.hpp"

namespace howdah {

/// Makes a bit_string from bytes whose unused places are 0.
struct bit_string_access {
    static bit_string from_bytes(std::string_view bytes, std::size_t size) {
        bit_string out;
        out.bytes_.assign(bytes.begin(), bytes.end());
        out.size_ = size;
        return out;
    }
};

namespace {

constexpr std::size_t bytes_for(std::size_t bits) noexcept {
    return (bits + 7) / 8;
}
constexpr std::uint8_t mask_of(std::size_t index) noexcept {
    return static_cast<std::uint8_t>(0x80u >> (index % 8));
}

void check_size(std::size_t size) {
    if (size > bit_string::max_size)
        throw usage_error("a howdah::bit_string holds 2,147,483,640 bits at most");
}

bit_string read_binary(std::string_view cell) {
    byte_reader in(cell);
    const auto size = in.read<std::int32_t>();
    if (!in.ok()) throw decode_error("a binary bit string of less than four bytes", {}, cell.size());
    if (size < 0 || static_cast<std::size_t>(size) > bit_string::max_size)
        throw decode_error("a bit string of an impossible length", {}, 0);
    const auto bits = static_cast<std::size_t>(size);
    if (in.left() != bytes_for(bits))
        throw decode_error("a bit string of another size than its length says", {}, 0);
    const auto bytes = in.bytes(bytes_for(bits));
    if (bits % 8 != 0 && (static_cast<std::uint8_t>(bytes.back()) & (0xFFu >> bits % 8)) != 0)
        throw decode_error("a bit string with bits behind its end", {}, cell.size() - 1);
    return bit_string_access::from_bytes(bytes, bits);
}

void decode_binary(std::string_view bytes, wire, void* value) {
    *static_cast<bit_string*>(value) = read_binary(bytes);
}
void decode_text(std::string_view text, wire, void* value) {
    *static_cast<bit_string*>(value) = bit_string::parse(text);
}

} // namespace

bit_string::bit_string(std::size_t size) : size_(size) {
    check_size(size);
    bytes_.resize(bytes_for(size));
}

bit_string bit_string::parse(std::string_view text) {
    const auto other = text.find_first_not_of("01");
    if (other != std::string_view::npos)
        throw decode_error("a character of a bit string that is neither 0 nor 1", std::string(text), other);
    bit_string out(text.size());
    for (std::size_t i = 0; i < text.size(); ++i)
        if (text[i] == '1') out.bytes_[i / 8] |= mask_of(i);
    return out;
}

bool bit_string::test(std::size_t index) const {
    if (index >= size_) throw usage_error("there is no such bit in a howdah::bit_string");
    return (bytes_[index / 8] & mask_of(index)) != 0;
}

void bit_string::set(std::size_t index, bool value) {
    if (index >= size_) throw usage_error("there is no such bit in a howdah::bit_string");
    auto& byte = bytes_[index / 8];
    byte = static_cast<std::uint8_t>(value ? byte | mask_of(index) : byte & ~mask_of(index));
}

void bit_string::push_back(bool value) {
    check_size(size_ + 1);
    if (size_ % 8 == 0) bytes_.push_back(0);
    ++size_;
    set(size_ - 1, value);
}

std::string bit_string::text() const {
    std::string out(size_, '0');
    for (std::size_t i = 0; i < size_; ++i)
        if ((bytes_[i / 8] & mask_of(i)) != 0) out[i] = '1';
    return out;
}

namespace detail {

using bit_codec = compiled_codec<bit_string, oids::varbit>;

template <> std::string bit_codec::name() {
    return "howdah::bit_string";
}
template <> decode_function bit_codec::decoder(wire from) noexcept {
    const oid own = from.type == oids::bit ? oids::bit : oids::varbit;
    return only_from(own, from, decode_binary, decode_text);
}
template <> void bit_codec::encode(const bit_string& value, format encoding, byte_writer& to) {
    if (encoding == format::text) return to.write(value.text());
    to.write(static_cast<std::int32_t>(value.size()));
    for (const auto byte : value.bytes()) to.write(byte);
}

} // namespace detail

} // namespace howdah

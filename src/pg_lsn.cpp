// SPDX-License-Identifier: BSL-1.0
//
// pg_lsn: in binary a 64-bit number, in text its two halves in hexadecimal.
#include <howdah/pg_lsn.hpp>

#include "codec_support.hpp"
#include "text_cursor.hpp"

namespace howdah {

namespace {

constexpr std::string_view digits = "0123456789ABCDEF", small_digits = "abcdef";

bool take_digit(detail::text_cursor& in, std::uint64_t& value) noexcept {
    for (std::size_t i = 0; i < digits.size(); ++i)
        if (in.take(digits[i]) || (i >= 10 && in.take(small_digits[i - 10]))) {
            value = value * 16 + i;
            return true;
        }
    return false;
}

std::uint64_t read_half(detail::text_cursor& in) {
    std::uint64_t value = 0;
    if (!take_digit(in, value)) in.fail("expected a hexadecimal digit of a log position");
    for (int more = 7; more > 0 && take_digit(in, value); --more) {
    }
    return value;
}

std::string half(std::uint64_t value) {
    std::string out;
    for (int shift = 28; shift >= 0; shift -= 4) {
        const auto digit = value >> shift & 15;
        if (digit != 0 || !out.empty() || shift == 0) out += digits[digit];
    }
    return out;
}

void decode_binary(std::string_view bytes, wire from, void* value) {
    static_cast<pg_lsn*>(value)->position = detail::exactly(8, bytes, from.type).read<std::uint64_t>();
}
void decode_text(std::string_view text, wire, void* value) {
    *static_cast<pg_lsn*>(value) = pg_lsn::parse(text);
}

} // namespace

pg_lsn pg_lsn::parse(std::string_view text) {
    detail::text_cursor in(text);
    const auto high = read_half(in);
    in.expect('/', "expected the '/' of a log position");
    const auto low = read_half(in);
    if (!in.done()) in.fail("something follows the end of the log position");
    return {high << 32 | low};
}

std::string pg_lsn::text() const {
    return half(position >> 32) + '/' + half(position & 0xFFFFFFFFu);
}

namespace detail {

using lsn_codec = compiled_codec<pg_lsn, oids::pg_lsn>;

template <> std::string lsn_codec::name() {
    return "howdah::pg_lsn";
}
template <> decode_function lsn_codec::decoder(wire from) noexcept {
    return only_from(oids::pg_lsn, from, decode_binary, decode_text);
}
template <> void lsn_codec::encode(const pg_lsn& value, format encoding, byte_writer& to) {
    if (encoding == format::binary) to.write(value.position);
    else to.write(value.text());
}

} // namespace detail

} // namespace howdah

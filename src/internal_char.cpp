// SPDX-License-Identifier: BSL-1.0
//
// "char". Its text: before PostgreSQL 16 the byte as it is, since then "\ooo" for bytes above 0x7F; '\0' is empty.
#include <howdah/internal_char.hpp>

#include "codec_support.hpp"

namespace howdah {

namespace {

void decode_binary(std::string_view bytes, wire from, void* value) {
    static_cast<internal_char*>(value)->value =
        static_cast<char>(detail::exactly(1, bytes, from.type).read<std::uint8_t>());
}

void decode_text(std::string_view text, wire, void* value) {
    auto& out = static_cast<internal_char*>(value)->value;
    const auto octal = [&](std::size_t at, char last) { return text[at] >= '0' && text[at] <= last; };
    if (text.empty()) out = '\0';
    else if (text.size() == 1) out = text[0];
    else if (text.size() == 4 && text[0] == '\\' && octal(1, '3') && octal(2, '7') && octal(3, '7'))
        out = static_cast<char>((text[1] - '0') * 64 + (text[2] - '0') * 8 + (text[3] - '0'));
    else throw decode_error("not the text of a value of type \"char\"", std::string(text), 0);
}

} // namespace

namespace detail {

using char_codec = compiled_codec<internal_char, oids::character>;

template <> std::string char_codec::name() {
    return "howdah::internal_char";
}
template <> decode_function char_codec::decoder(wire from) noexcept {
    return only_from(oids::character, from, decode_binary, decode_text);
}
template <> void char_codec::encode(const internal_char& value, format encoding, byte_writer& to) {
    const auto byte = static_cast<unsigned char>(value.value);
    if (encoding == format::binary) return to.write(byte);
    if (byte >= 0x80) throw usage_error("a \"char\" above 0x7F has no text form: send it in binary");
    if (byte != 0) to.write(std::string_view(&value.value, 1));
}

} // namespace detail

} // namespace howdah

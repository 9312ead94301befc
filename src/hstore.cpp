// SPDX-License-Identifier: BSL-1.0
//
// hstore. Source: hstore_send() and hstore_out() in contrib/hstore/hstore_io.c of PostgreSQL.
#include <howdah/hstore.hpp>
#include <howdah/type_details.hpp>

#include "codec_support.hpp"
#include "text_cursor.hpp"
#include "utf8.hpp"

namespace howdah {

namespace {

// ---- text

class hstore_reader {
public:
    explicit hstore_reader(std::string_view text) noexcept : text_(text), in_(text) {}

    hstore read() {
        hstore out;
        while (!in_.done()) {
            if (!out.pairs.empty() && !in_.take(", "))
                in_.fail("expected \", \" between the pairs of an hstore");
            const auto begin = in_.at();
            auto key = quoted();
            if (!in_.take("=>")) in_.fail("expected \"=>\" behind the key of an hstore");
            std::optional<std::string> value;
            if (!in_.take("NULL")) value = quoted();
            if (!out.pairs.emplace(std::move(key), std::move(value)).second)
                in_.fail("a key twice in an hstore", begin);
        }
        return out;
    }

private:
    std::string quoted() {
        std::string out;
        in_.expect('"', "expected the '\"' of a text in an hstore");
        for (; !in_.take('"'); in_.skip()) {
            in_.take('\\');
            if (in_.done()) in_.fail("an unfinished text in an hstore");
            out += text_[in_.at()];
        }
        return out;
    }

    std::string_view text_;
    detail::text_cursor in_;
};

void put_quoted(std::string& out, std::string_view text) {
    out += '"';
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    out += '"';
}

// ---- binary

[[noreturn]] void refuse(const char* what) {
    throw decode_error(std::string("not a binary hstore: ") + what);
}

std::string read_text(byte_reader& in, std::int32_t length) {
    if (!in.ok() || length < 0) refuse("a malformed length");
    const auto text = in.bytes(static_cast<std::size_t>(length));
    if (!in.ok()) refuse("it ends within a text");
    // Of an unknown type all that is known is its form: this is part of it.
    if (detail::first_bad_byte(text) != text.size()) refuse("a text that is not UTF-8");
    return std::string(text);
}

hstore read_binary(std::string_view cell) {
    byte_reader in(cell);
    const auto count = in.read<std::int32_t>();
    // Every pair has at least two lengths.
    if (!in.ok() || count < 0 || static_cast<std::size_t>(count) > in.left() / 8)
        refuse("a malformed number of pairs");
    hstore out;
    for (std::int32_t i = 0; i < count; ++i) {
        auto key = read_text(in, in.read<std::int32_t>());
        std::optional<std::string> value;
        const auto length = in.read<std::int32_t>();
        if (length != -1) value = read_text(in, length);
        if (!out.pairs.emplace(std::move(key), std::move(value)).second) refuse("a key twice");
    }
    if (!in.finished()) refuse("bytes behind its end");
    return out;
}

void write_text(std::string_view text, byte_writer& to) {
    if (text.size() > INT32_MAX) throw usage_error("a text of more than two gigabytes in an hstore");
    to.write(static_cast<std::int32_t>(text.size()));
    detail::encode_text(text, to);
}

void decode_binary(std::string_view bytes, wire, void* value) {
    *static_cast<hstore*>(value) = read_binary(bytes);
}
void decode_text(std::string_view text, wire, void* value) {
    *static_cast<hstore*>(value) = parse_hstore(text);
}

} // namespace

hstore parse_hstore(std::string_view text) {
    return hstore_reader(text).read();
}

std::string format_hstore(const hstore& value) {
    std::string out;
    for (const auto& [key, text] : value.pairs) {
        if (!out.empty()) out += ", ";
        put_quoted(out, key);
        out += "=>";
        if (text) put_quoted(out, *text);
        else out += "NULL";
    }
    return out;
}

namespace detail {

using hstore_codec = compiled_codec<hstore, oids::inferred, oids::inferred, format::text>;

template <> std::string hstore_codec::name() {
    return "howdah::hstore";
}
template <> decode_function hstore_codec::decoder(wire from) noexcept {
    if (from.type < oids::first_user_defined || (from.details && from.details->name != "hstore"))
        return nullptr;
    return from.encoding == format::binary ? decode_binary : decode_text;
}
template <> void hstore_codec::encode(const hstore& value, format encoding, byte_writer& to) {
    if (encoding == format::text) return encode_text(format_hstore(value), to);
    to.write(static_cast<std::int32_t>(value.pairs.size()));
    for (const auto& [key, text] : value.pairs) {
        write_text(key, to);
        if (text) write_text(*text, to);
        else to.write(std::int32_t{-1});
    }
}

} // namespace detail

} // namespace howdah

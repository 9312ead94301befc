// SPDX-License-Identifier: BSL-1.0
//
// What every fuzz target asks of a codec: a cell that nobody sent is a decode_error or a value, and a value that was
// read can be sent and read again, in both encodings, without changing. A target is a file of a few lines:
//
//     HOWDAH_FUZZ(howdah::fuzz::decodes<howdah::interval>(howdah::oids::interval, howdah::format::text))
//
// With several decoders the first byte of the input chooses one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <howdah/codec.hpp>

#include "utf8.hpp"

namespace howdah::fuzz {

template <class T> std::string encoded(const T& value, format encoding) {
    byte_writer out;
    const auto& codec = codec_for<T>;
    codec.encode(codec.look ? codec.look(&value) : &value, encoding, out);
    return std::string(out.view());
}

/// NaN equals nothing; its bytes tell. So does the text of arrays of it.
template <class T> bool same(const T& one, const T& other) {
    return one == other || (!(one == one) && encoded(one, format::text) == encoded(other, format::text));
}

/// Sends the value in one encoding and reads it again.
template <class T> void comes_back(const T& value, wire from) {
    const std::string cell = encoded(value, from.encoding);
    T again{};
    decode_value(codec_for<T>, from, cell, &again);
    if (!same(value, again)) std::abort();
}

/// How a cell of one wire form is read, checked and sent again.
struct decoder {
    wire from;
    void (*check)(wire from, std::string_view cell);
};

/// The encodings in which a value comes back.
enum class way { both, as_it_came, as_text };

/// Texts are read as they come: one that no server sends is refused when it is sent. No other value that was read may
/// be refused. The message tells, since a binary cell says nothing as a whole: its lengths have NUL bytes, and the byte
/// behind a text that was cut off may make a character of it.
inline bool may_refuse(const usage_error& refusal, wire from, std::string_view cell) {
    const std::string_view why(refusal.what());
    if (!why.starts_with("the text is not valid UTF-8") && !why.starts_with("the text holds a NUL byte"))
        return false;
    return from.encoding == format::binary || detail::first_bad_byte(cell) != cell.size();
}

template <class T, way Back> void check(wire from, std::string_view cell) {
    T value{};
    try {
        decode_value(codec_for<T>, from, cell, &value);
    } catch (const decode_error&) {
        return;
    }
    try {
        if constexpr (Back != way::as_text) comes_back(value, from);
        const bool text = from.encoding == format::text;
        if constexpr (Back == way::both) comes_back(value, {from.type, text ? format::binary : format::text});
        if constexpr (Back == way::as_text) comes_back(value, {from.type, format::text});
    } catch (const usage_error& refusal) {
        if (!may_refuse(refusal, from, cell)) std::abort();
    }
}

/// Reads cells of this form into a T, and sends what was read in both encodings.
template <class T> constexpr decoder decodes(oid type, format encoding) {
    return {{type, encoding}, &check<T, way::both>};
}
/// The same for a type that can be sent in this encoding alone.
template <class T> constexpr decoder decodes_only(oid type, format encoding) {
    return {{type, encoding}, &check<T, way::as_it_came>};
}
/// The same for a type that can be sent as text alone.
template <class T> constexpr decoder decodes_to_text(oid type, format encoding) {
    return {{type, encoding}, &check<T, way::as_text>};
}

inline int run(const decoder* begin, std::size_t count, const std::uint8_t* data, std::size_t size) {
    std::string_view input(reinterpret_cast<const char*>(data), size);
    std::size_t chosen = 0;
    if (count > 1) {
        if (input.empty()) return 0;
        chosen = static_cast<std::uint8_t>(input[0]) % count;
        input.remove_prefix(1);
    }
    begin[chosen].check(begin[chosen].from, input);
    return 0;
}

} // namespace howdah::fuzz

/// The entry of libFuzzer, for the decoders in the parentheses.
#define HOWDAH_FUZZ(...)                                                                                     \
    extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);                       \
    extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {                      \
        static constexpr howdah::fuzz::decoder decoders[] = {__VA_ARGS__};                                   \
        return howdah::fuzz::run(decoders, sizeof decoders / sizeof decoders[0], data, size);                \
    }

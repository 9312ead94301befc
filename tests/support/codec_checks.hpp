// SPDX-License-Identifier: BSL-1.0
//
// What the codec tests share: encode and decode through the erased core, as parameters and results do it.
#pragma once

#include <doctest/doctest.h>

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <howdah/codec.hpp>

namespace howdah::tests {

/// The bytes of a literal that holds NULs.
template <std::size_t N> std::string bytes(const char (&literal)[N]) {
    return std::string(literal, N - 1);
}

/// The value without its optionals; null if one of them is empty.
inline const void* leaf_of(const erased_codec& with, const void* value) {
    return with.look ? with.look(value) : value;
}
inline std::string encoded_by(const erased_codec& with, const void* value, format encoding) {
    byte_writer out;
    with.encode(leaf_of(with, value), encoding, out);
    return std::string(out.view());
}
template <class T> std::string encoded(const T& value, format encoding) {
    return encoded_by(codec_for<T>, &value, encoding);
}

inline bool can_read(const erased_codec& with, wire from) {
    return with.decoder != nullptr && with.decoder(from) != nullptr;
}

template <class T> T decoded(wire from, std::optional<std::string_view> cell) {
    T value{};
    decode_value(codec_for<T>, from, cell, &value);
    return value;
}

template <class T> T from_text(oid type, std::string_view cell) {
    return decoded<T>({type, format::text}, cell);
}
template <class T> T from_binary(oid type, std::string_view cell) {
    return decoded<T>({type, format::binary}, cell);
}

/// The decode_error that decoding gives; fails the test if it gives none.
template <class T> decode_error failure_of(wire from, std::optional<std::string_view> cell) {
    try {
        (void)decoded<T>(from, cell);
    } catch (const decode_error& failure) {
        return failure;
    }
    FAIL_CHECK("no decode_error");
    return decode_error("none");
}

/// A generator whose seed is HOWDAH_TEST_SEED if that is set: the seed that a failed test printed.
struct seeded {
    std::uint64_t seed;
    std::mt19937_64 generator;
    seeded() : seed(chosen()), generator(seed) {}

    template <class T> T integer() { return static_cast<T>(generator()); }
    std::size_t below(std::size_t end) { return static_cast<std::size_t>(generator() % end); }
    bool coin() { return below(2) == 0; }

private:
    static std::uint64_t chosen() {
        const char* const given = std::getenv("HOWDAH_TEST_SEED");
        return given ? std::strtoull(given, nullptr, 10) : std::random_device{}();
    }
};

} // namespace howdah::tests

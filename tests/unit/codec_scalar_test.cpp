// SPDX-License-Identifier: BSL-1.0
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include <howdah/codec.hpp>

#include "codec_checks.hpp"

using namespace howdah;
using namespace howdah::tests;

namespace {

template <class T> bool reads(oid type) {
    const bool text = can_read(codec_for<T>, {type, format::text});
    CHECK(text == can_read(codec_for<T>, {type, format::binary}));
    return text;
}

/// Sends every boundary of Wire to a T: accepted with the same value where it fits, refused where not.
template <class T, class Wire> void check_boundaries(oid type) {
    for (const std::int64_t value : {std::int64_t{0},
                                     std::int64_t{1},
                                     std::int64_t{-1},
                                     std::int64_t{127},
                                     std::int64_t{128},
                                     std::int64_t{-128},
                                     std::int64_t{-129},
                                     std::int64_t{255},
                                     std::int64_t{256},
                                     std::int64_t{32767},
                                     std::int64_t{32768},
                                     std::int64_t{-32768},
                                     std::int64_t{-32769},
                                     std::int64_t{65535},
                                     std::int64_t{65536},
                                     std::int64_t{2147483647},
                                     std::int64_t{2147483648},
                                     std::int64_t{-2147483648},
                                     std::int64_t{-2147483649},
                                     std::int64_t{4294967295},
                                     std::int64_t{4294967296},
                                     std::numeric_limits<std::int64_t>::max(),
                                     std::numeric_limits<std::int64_t>::min()}) {
        if (!std::in_range<Wire>(value)) continue;
        byte_writer binary;
        binary.write(static_cast<Wire>(value));
        for (const auto& [from, cell] : {std::pair(wire{type, format::binary}, std::string(binary.view())),
                                         std::pair(wire{type, format::text}, std::to_string(value))}) {
            CAPTURE(value);
            CAPTURE(type);
            if (std::in_range<T>(value)) {
                CHECK(decoded<T>(from, cell) == static_cast<T>(value));
            } else {
                const auto failure = failure_of<T>(from, cell);
                CHECK(failure.reason() == "value does not fit " + codec<T>::name());
                CHECK(failure.value() == std::to_string(value));
            }
        }
    }
}

template <class T> void check_integer() {
    check_boundaries<T, std::int16_t>(oids::int2);
    check_boundaries<T, std::int32_t>(oids::int4);
    check_boundaries<T, std::int64_t>(oids::int8);
    check_boundaries<T, std::uint32_t>(oids::oid_type);
}

} // namespace

TEST_CASE("every integer type reads every integer column, by range check, in both encodings") {
    check_integer<std::int8_t>();
    check_integer<std::uint8_t>();
    check_integer<std::int16_t>();
    check_integer<std::uint16_t>();
    check_integer<std::int32_t>();
    check_integer<std::uint32_t>();
    check_integer<std::int64_t>();
    check_integer<std::uint64_t>();
    check_integer<long long>();
    check_integer<unsigned long long>();
}

TEST_CASE("an integer does not read what is no integer") {
    for (const oid type : {oids::boolean, oids::text, oids::numeric, oids::float8, oids::bytea,
                           oids::timestamptz, oids::first_user_defined})
        CHECK_FALSE(reads<std::int32_t>(type));
    CHECK(failure_of<std::int32_t>({oids::text, format::text}, "1").reason() ==
          "text cannot be read into std::int32_t");
}

TEST_CASE("the text of an integer is read whole or refused with the offset") {
    CHECK(from_text<std::int32_t>(oids::int4, "-42") == -42);
    for (const auto& [text, offset] : {std::pair("", 0),
                                       {"+1", 0},
                                       {" 1", 0},
                                       {"1 ", 1},
                                       {"12x", 2},
                                       {"1.5", 1},
                                       {"-", 0},
                                       {"0x10", 1},
                                       {"--1", 0}}) {
        CAPTURE(std::string(text));
        const auto failure = failure_of<std::int32_t>({oids::int4, format::text}, text);
        CHECK(failure.offset() == static_cast<std::size_t>(offset));
        CHECK(failure.value() == text);
    }
    CHECK(failure_of<std::int64_t>({oids::int8, format::text}, "9223372036854775808").reason() ==
          "value does not fit bigint");
}

TEST_CASE("integers are sent in the type that holds them all, and never as a number that they are not") {
    CHECK(codec<std::int8_t>::parameter_type == oids::int2);
    CHECK(codec<std::uint8_t>::parameter_type == oids::int2);
    CHECK(codec<std::int16_t>::parameter_type == oids::int2);
    CHECK(codec<std::uint16_t>::parameter_type == oids::int4);
    CHECK(codec<std::int32_t>::parameter_type == oids::int4);
    CHECK(codec<std::uint32_t>::parameter_type == oids::int8);
    CHECK(codec<std::int64_t>::parameter_type == oids::int8);
    CHECK(encoded(std::uint8_t{255}, format::binary) == bytes("\x00\xFF"));
    CHECK(encoded(std::uint32_t{4294967295}, format::binary) == bytes("\0\0\0\0\xFF\xFF\xFF\xFF"));
    CHECK(encoded(std::uint64_t{INT64_MAX}, format::text) == "9223372036854775807");
    for (const auto encoding : {format::text, format::binary}) {
        CHECK_THROWS_AS(encoded(std::uint64_t{INT64_MAX} + 1, encoding), usage_error);
        CHECK_THROWS_AS(encoded(UINT64_MAX, encoding), usage_error);
    }
}

TEST_CASE("a bool is strict: one byte of 0 or 1, or the text t or f") {
    CHECK(from_binary<bool>(oids::boolean, bytes("\x01")));
    CHECK_FALSE(from_binary<bool>(oids::boolean, bytes("\x00")));
    CHECK(from_text<bool>(oids::boolean, "t"));
    CHECK_FALSE(from_text<bool>(oids::boolean, "f"));
    for (const auto& cell : {bytes("\x02"), bytes("\xFF"), bytes(""), bytes("\x00\x01")})
        failure_of<bool>({oids::boolean, format::binary}, cell);
    for (const auto* cell : {"", "true", "false", "T", "1", "tt", "on"})
        CHECK(failure_of<bool>({oids::boolean, format::text}, cell).offset() == 0);
    for (const oid type : {oids::int2, oids::int4, oids::text, oids::character})
        CHECK_FALSE(reads<bool>(type));
    CHECK(encoded(true, format::text) == "t");
    CHECK(encoded(false, format::binary) == bytes("\0"));
}

TEST_CASE("a cell of the wrong length is refused, whatever the column") {
    for (std::size_t size = 0; size < 20; ++size) {
        const std::string cell(size, '\0');
        CAPTURE(size);
        if (size != 1) failure_of<bool>({oids::boolean, format::binary}, cell);
        if (size != 2) failure_of<std::int64_t>({oids::int2, format::binary}, cell);
        if (size != 4) failure_of<std::int64_t>({oids::int4, format::binary}, cell);
        if (size != 4) failure_of<std::int64_t>({oids::oid_type, format::binary}, cell);
        if (size != 8) failure_of<std::int64_t>({oids::int8, format::binary}, cell);
        if (size != 4) failure_of<double>({oids::float4, format::binary}, cell);
        if (size != 8) failure_of<double>({oids::float8, format::binary}, cell);
        if (size != 4) failure_of<float>({oids::float4, format::binary}, cell);
    }
    CHECK(failure_of<std::int32_t>({oids::int4, format::binary}, "abc").reason() ==
          "a cell of 3 bytes where integer has 4");
}

TEST_CASE("a double reads both floating point types, a float only its own") {
    CHECK(reads<double>(oids::float4));
    CHECK(reads<double>(oids::float8));
    CHECK(reads<float>(oids::float4));
    CHECK_FALSE(reads<float>(oids::float8));
    for (const oid type : {oids::numeric, oids::int4, oids::text}) CHECK_FALSE(reads<double>(type));
}

TEST_CASE("a real gives the same double in text and in binary") {
    CHECK(from_binary<double>(oids::float4, encoded(0.1F, format::binary)) == static_cast<double>(0.1F));
    CHECK(from_text<double>(oids::float4, "0.1") == static_cast<double>(0.1F));
    CHECK(from_text<double>(oids::float8, "0.1") == 0.1);
}

TEST_CASE("floating point texts are those of the server, special values included") {
    CHECK(std::isnan(from_text<double>(oids::float8, "NaN")));
    CHECK(from_text<double>(oids::float8, "Infinity") == std::numeric_limits<double>::infinity());
    CHECK(from_text<double>(oids::float8, "-Infinity") == -std::numeric_limits<double>::infinity());
    CHECK(from_text<double>(oids::float8, "1e+300") == 1e300);
    CHECK(from_text<double>(oids::float8, "5e-324") == 5e-324);
    CHECK(std::signbit(from_text<double>(oids::float8, "-0")));
    for (const auto* text :
         {"", "nan", "inf", "-inf", "infinity", "0x1p3", " 1", "1 ", "1,5", "+1", "nan(1)", "1e", "e5"})
        CHECK_MESSAGE(failure_of<double>({oids::float8, format::text}, text).offset() != decode_error::npos,
                      text);
    CHECK(failure_of<float>({oids::float4, format::text}, "1e39").reason() == "value does not fit real");
    CHECK(encoded(std::nan(""), format::text) == "NaN");
    CHECK(encoded(-std::numeric_limits<float>::infinity(), format::text) == "-Infinity");
    CHECK(encoded(0.1, format::text) == "0.1");
    CHECK(encoded(0.1F, format::text) == "0.1");
    CHECK(encoded(1.0, format::binary) == bytes("\x3F\xF0\0\0\0\0\0\0"));
}

TEST_CASE("bytes are read from bytea alone: binary, hex text and the older escape text") {
    using value = std::vector<std::byte>;
    const value expected{std::byte{0}, std::byte{'\\'}, std::byte{'a'}, std::byte{0xFF}, std::byte{'\''}};
    CHECK(from_binary<value>(oids::bytea, bytes("\0\\a\xFF'")) == expected);
    CHECK(from_text<value>(oids::bytea, "\\x005c61fF27") == expected);
    CHECK(from_text<value>(oids::bytea, "\\000\\\\a\\377'") == expected);
    CHECK(from_text<value>(oids::bytea, "").empty());
    CHECK(from_text<value>(oids::bytea, "\\x").empty());
    CHECK(from_binary<value>(oids::bytea, "").empty());
    CHECK(encoded(expected, format::binary) == bytes("\0\\a\xFF'"));
    CHECK(encoded(expected, format::text) == "\\x005c61ff27");
    for (const oid type : {oids::text, oids::boolean, oids::uuid, oids::json})
        CHECK_FALSE(reads<value>(type));
}

TEST_CASE("malformed bytea texts are refused at their offset") {
    for (const auto& [text, offset] : {std::pair("\\x0", 3),
                                       {"\\x0g", 3},
                                       {"\\xg0", 2},
                                       {"a\\", 1},
                                       {"\\12", 0},
                                       {"\\400", 0},
                                       {"ab\\19a", 2},
                                       {"\\x 00", 2}}) {
        CAPTURE(std::string(text));
        CHECK(failure_of<std::vector<std::byte>>({oids::bytea, format::text}, text).offset() ==
              static_cast<std::size_t>(offset));
    }
}

TEST_CASE("NULL needs an optional, and a wrong type is named before NULL is") {
    CHECK(failure_of<std::int32_t>({oids::int4, format::binary}, std::nullopt).reason() ==
          "NULL cannot be read into std::int32_t: use std::optional");
    CHECK(decoded<std::optional<std::int32_t>>({oids::int4, format::text}, std::nullopt) == std::nullopt);
    std::optional<std::int32_t> full = 5;
    decode_value(codec_for<decltype(full)>, {oids::int4, format::text}, std::nullopt, &full);
    CHECK_FALSE(full);
    decode_value(codec_for<decltype(full)>, {oids::int4, format::text}, "7", &full);
    CHECK(full == 7);
    CHECK(failure_of<std::optional<std::int32_t>>({oids::text, format::text}, std::nullopt).reason() ==
          "text cannot be read into std::optional<std::int32_t>");
}

TEST_CASE("a type that can only be sent is not readable") {
    CHECK(bindable<std::string_view>);
    CHECK_FALSE(readable<std::string_view>);
    CHECK_FALSE(can_read(codec_for<std::string_view>, {oids::text, format::text}));
    std::string_view view;
    CHECK_THROWS_AS(decode_value(codec_for<std::string_view>, {oids::text, format::text}, "x", &view),
                    decode_error);
}

TEST_CASE("transaction ids are read into unsigned integers, by range check") {
    CHECK(from_binary<std::uint32_t>(oids::xid, bytes("\xFF\xFF\xFF\xFF")) == UINT32_MAX);
    CHECK(from_text<std::uint32_t>(oids::cid, "4294967295") == UINT32_MAX);
    CHECK(from_binary<std::uint64_t>(oids::xid8, bytes("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF")) == UINT64_MAX);
    CHECK(from_text<std::uint64_t>(oids::xid8, "18446744073709551615") == UINT64_MAX);
    CHECK_THROWS_AS(from_binary<std::int32_t>(oids::xid, bytes("\x80\0\0\0")), decode_error);
    CHECK_THROWS_AS(from_text<std::int64_t>(oids::xid8, "9223372036854775808"), decode_error);
    CHECK_THROWS_AS(from_binary<std::int64_t>(oids::xid8, bytes("\x80\0\0\0\0\0\0\0")), decode_error);
}

TEST_CASE("integers of 128 bits have no codec, also where the compiler counts them as integers") {
    __extension__ using wide = __int128;
    static_assert(!detail::plain_integer<wide>);
    static_assert(!bindable<wide> && !readable<wide>);
}

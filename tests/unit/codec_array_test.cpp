// SPDX-License-Identifier: BSL-1.0
#include <doctest/doctest.h>

#include <array>
#include <optional>
#include <string>
#include <vector>

#include <howdah/codec.hpp>
#include <howdah/json.hpp>

#include "codec_checks.hpp"

using namespace howdah;
using namespace howdah::tests;

namespace {

enum class mood { sad, ok };

struct user_id {
    std::int32_t value = 0;
    bool operator==(const user_id&) const = default;
};

constexpr oid text_array = 1009, int4_array = 1007, user_array = 16400, user_enum = 16399;
using ints = std::vector<std::int32_t>;
using maybe_ints = std::vector<std::optional<std::int32_t>>;
using strings = std::vector<std::string>;
using maybe_strings = std::vector<std::optional<std::string>>;

/// A binary array header as array_send writes it.
byte_writer header(std::int32_t dimensions, std::int32_t has_null, oid element, std::int32_t count,
                   std::int32_t lower_bound) {
    byte_writer out;
    out.write(dimensions);
    out.write(has_null);
    out.write(element);
    out.write(count);
    out.write(lower_bound);
    return out;
}

decode_error refused_ints(std::string_view cell) {
    return failure_of<ints>({int4_array, format::binary}, cell);
}
decode_error refused_text(std::string_view cell) {
    return failure_of<strings>({text_array, format::text}, cell);
}

} // namespace

template <> struct howdah::enum_labels<mood> {
    static constexpr std::array<std::pair<mood, std::string_view>, 2> values{
        {{mood::sad, "sad"}, {mood::ok, "ok"}}};
};

TEST_CASE("an array is written as array_send writes it") {
    CHECK(encoded(maybe_ints{7, std::nullopt}, format::binary) ==
          bytes("\0\0\0\1\0\0\0\1\0\0\0\x17\0\0\0\2\0\0\0\1\0\0\0\4\0\0\0\7\xFF\xFF\xFF\xFF"));
    CHECK(encoded(ints{}, format::binary) == bytes("\0\0\0\0\0\0\0\0\0\0\0\x17"));
    CHECK(encoded(ints{1, -2}, format::text) == "{1,-2}");
    CHECK(encoded(ints{}, format::text) == "{}");
}

TEST_CASE("the element type in a binary header is that of the codec, and no number stands there for enums") {
    CHECK(encoded(strings{"a"}, format::binary).substr(8, 4) == bytes("\0\0\0\x19"));
    CHECK(encoded(std::vector<json>{json("1")}, format::binary).substr(8, 4) == bytes("\0\0\x0E\xDA"));
    CHECK(codec<std::vector<mood>>::parameter_type == oids::inferred);
    CHECK(codec<std::vector<mood>>::parameter_format == format::text);
    CHECK(encoded(std::vector<mood>{mood::sad, mood::ok}, format::text) == "{sad,ok}");
    CHECK(encoded(std::vector<mood>{mood::sad}, format::binary) ==
          bytes("\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\1\0\0\0\3sad"));
}

TEST_CASE("text elements are quoted exactly where the server would misread them") {
    const maybe_strings values{"plain",      "",     std::nullopt, "NULL",  "nUlL", "a,b", "{x}",
                               "say \"hi\"", "a\\b", "a b",        "tab\t", "nil",  "\n",  "Nulls"};
    CHECK(encoded(values, format::text) ==
          "{plain,\"\",NULL,\"NULL\",\"nUlL\",\"a,b\",\"{x}\",\"say \\\"hi\\\"\","
          "\"a\\\\b\",\"a b\",\"tab\t\",nil,\"\n\",Nulls}");
    for (const auto encoding : {format::text, format::binary})
        CHECK(decoded<maybe_strings>({text_array, encoding}, encoded(values, encoding)) == values);
}

TEST_CASE("arrays are read as the server writes them") {
    CHECK(from_text<strings>(text_array, R"({a,"b \" c","NULL","\\"})") ==
          strings{"a", "b \" c", "NULL", "\\"});
    CHECK(from_text<maybe_strings>(text_array, "{NULL,null}") == maybe_strings{std::nullopt, std::nullopt});
    CHECK(from_text<ints>(int4_array, "{1,-2,3}") == ints{1, -2, 3});
    CHECK(from_text<ints>(int4_array, "{}").empty());
    CHECK(from_text<std::vector<bool>>(1000, "{t,f}") == std::vector<bool>{true, false});
    CHECK(from_text<std::vector<user_id>>(int4_array, "{5}") == std::vector<user_id>{{5}});
}

TEST_CASE("reading replaces what the vector held") {
    for (const auto& [from, cell] :
         {std::pair(wire{int4_array, format::text}, std::string("{4}")),
          std::pair(wire{int4_array, format::binary}, encoded(ints{4}, format::binary))}) {
        ints value{1, 2, 3};
        decode_value(codec_for<ints>, from, cell, &value);
        CHECK(value == ints{4});
    }
    std::vector<bool> flags{true, true};
    decode_value(codec_for<std::vector<bool>>, {1000, format::text}, "{f}", &flags);
    CHECK(flags == std::vector<bool>{false});
}

TEST_CASE("a malformed text array is refused at its offset") {
    for (const auto& [text, offset] :
         {std::pair("", 0), {"a", 0},       {"{", 1},           {"{a", 2},     {"{a,", 3},
          {"{a,}", 3},      {"{,a}", 1},    {"{a}b", 3},        {"{a b}", 2},  {"{ a}", 1},
          {"{\"a}", 4},     {"{\"a\\", 4},  {"{\"a\"b}", 4},    {"{a\"b}", 2}, {"{a\\b}", 2},
          {"{{a},{b}}", 1}, {"{a,{b}}", 3}, {"[0:1]={a,b}", 0}, {"{}}", 2},    {"{}{", 2},
          {"{a{b}", 2}}) {
        CAPTURE(std::string(text));
        CHECK(refused_text(text).offset() == static_cast<std::size_t>(offset));
    }
    CHECK(refused_text("{{a},{b}}").reason().find("several dimensions") != std::string::npos);
    CHECK(refused_text("[0:1]={a,b}").reason().find("first index is not 1") != std::string::npos);
}

TEST_CASE("NULL where the element cannot hold it is refused by its index") {
    CHECK(refused_text("{a,b,NULL}").reason() ==
          "element [2] is NULL, which std::string cannot hold: use std::optional");
    CHECK(refused_ints(encoded(maybe_ints{1, std::nullopt}, format::binary))
              .reason()
              .starts_with("element [1] is NULL"));
}

TEST_CASE("a bad element is refused by its index, with its own reason, value and offset") {
    const auto failure = failure_of<ints>({int4_array, format::text}, "{10,2x}");
    CHECK(failure.reason() == "element [1]: not the text of a value of type integer");
    CHECK(failure.value() == "2x");
    CHECK(failure.offset() == 1);
    const auto narrow = failure_of<std::vector<std::int16_t>>({int4_array, format::binary},
                                                              encoded(ints{1, 70000}, format::binary));
    CHECK(narrow.reason() == "element [1]: value does not fit std::int16_t");
}

TEST_CASE("a binary array that does not keep its word is refused") {
    auto square = header(2, 0, oids::int4, 1, 1);
    for (const std::int32_t word : {1, 1, 4, 7}) square.write(word);
    CHECK(refused_ints(square.view()).reason().find("2 dimensions") != std::string::npos);
    refused_ints(header(2, 0, oids::int4, 1, 1).view());
    CHECK(refused_ints(header(-1, 0, oids::int4, 1, 1).view()).reason() == "a malformed array header");
    CHECK(refused_ints(header(1, 2, oids::int4, 0, 1).view()).reason() == "a malformed array header");
    CHECK(refused_ints(header(1, 0, oids::int4, 0, 0).view()).reason().find("first index") !=
          std::string::npos);
    for (const std::int32_t count : {1, -1, 0x7FFFFFFF, -0x7FFFFFFF})
        CHECK(refused_ints(header(1, 0, oids::int4, count, 1).view()).reason().find("shorter") !=
              std::string::npos);
    CHECK(refused_ints(encoded(ints{1}, format::binary) + "x").reason().find("after the last") !=
          std::string::npos);
    CHECK(refused_ints(encoded(ints{}, format::binary) + "x").reason().find("after the last") !=
          std::string::npos);
    for (const std::int32_t length : {-2, 5, 0x7FFFFFFF}) {
        auto cell = header(1, 0, oids::int4, 1, 1);
        cell.write(length);
        cell.write(std::int32_t{7});
        refused_ints(cell.view());
    }
}

TEST_CASE("the elements of a binary array are read by the type in its header") {
    const std::string smallints = encoded(std::vector<std::int16_t>{1, -2}, format::binary);
    CHECK(from_binary<ints>(1005, smallints) == ints{1, -2});
    CHECK(refused_ints(encoded(strings{"a"}, format::binary)).reason() ==
          "an array of text cannot hold elements of std::int32_t");
    refused_ints(header(0, 0, 0, 0, 0).view().substr(0, 12)); // no element type at all
}

TEST_CASE("a vector reads the arrays whose elements its element reads") {
    const auto reads = [](const erased_codec& with, oid type) {
        const bool text = can_read(with, {type, format::text});
        CHECK(text == can_read(with, {type, format::binary}));
        return text;
    };
    for (const oid array : {1005U, 1007U, 1016U, 1028U}) CHECK(reads(codec_for<ints>, array));
    for (const oid array : {oid{1009}, oid{1000}, oids::int4, oids::text, oid{0}, oid{22}, user_array})
        CHECK_FALSE(reads(codec_for<ints>, array));
    for (const oid array : {1009U, 1015U, 1014U, 1003U, 199U, 143U}) CHECK(reads(codec_for<strings>, array));
    for (const oid array : {1007U, 1185U, 1231U, 2951U, 3807U}) CHECK_FALSE(reads(codec_for<strings>, array));
    for (const oid array : {199U, 3807U}) CHECK(reads(codec_for<std::vector<json>>, array));
    CHECK(reads(codec_for<std::vector<bool>>, 1000));
    CHECK_FALSE(reads(codec_for<std::vector<bool>>, 1005));
    CHECK(reads(codec_for<std::vector<std::vector<std::byte>>>, 1001));
}

TEST_CASE("arrays of users' types are read as labels in both encodings, as strings in text") {
    CHECK(can_read(codec_for<std::vector<mood>>, {user_array, format::binary}));
    CHECK(from_text<std::vector<mood>>(user_array, "{ok,sad}") == std::vector<mood>{mood::ok, mood::sad});
    auto cell = header(1, 0, user_enum, 1, 1);
    cell.write(std::int32_t{2});
    cell.write(std::string_view("ok"));
    CHECK(from_binary<std::vector<mood>>(user_array, cell.view()) == std::vector<mood>{mood::ok});
    CHECK(from_text<strings>(user_array, "{ok}") == strings{"ok"});
    CHECK_FALSE(can_read(codec_for<strings>, {user_array, format::binary}));
    CHECK(from_text<std::vector<mood>>(text_array, "{ok}") == std::vector<mood>{mood::ok});
}

TEST_CASE("a vector of vectors is no type that travels") {
    CHECK_FALSE(readable<std::vector<ints>>);
    CHECK_FALSE(bindable<std::vector<ints>>);
    CHECK_FALSE(readable<std::vector<std::optional<ints>>>);
    CHECK(readable<std::vector<std::vector<std::byte>>>);
}

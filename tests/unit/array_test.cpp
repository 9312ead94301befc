// SPDX-License-Identifier: BSL-1.0
//
// Arrays of several dimensions.
#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <howdah/array.hpp>

#include "codec_checks.hpp"

using namespace howdah;
using namespace howdah::tests;

namespace {

constexpr oid int4_array = 1007, text_array = 1009, bool_array = 1000;
using ints = array<std::int32_t>;
using maybe_texts = array<std::optional<std::string>>;
using table = std::vector<std::vector<std::int32_t>>;
using texts = std::vector<std::vector<std::string>>;

const ints cube{{{2}, {1, -1}, {3, 5}}, {1, 2, 3, 4, 5, 6}};

std::string header(std::int32_t dimensions, std::initializer_list<array_dimension> all,
                   std::int32_t elements) {
    byte_writer out;
    out.write(dimensions);
    out.write(std::int32_t{0});
    out.write(oids::int4);
    for (const auto& [size, lower] : all) {
        out.write(size);
        out.write(lower);
    }
    for (; elements > 0; --elements) {
        out.write(std::int32_t{4});
        out.write(elements);
    }
    return std::string(out.view());
}
template <class T = ints> decode_error refused(std::string_view cell, format encoding = format::binary) {
    return failure_of<T>({int4_array, encoding}, cell);
}

} // namespace

TEST_CASE("an array of several dimensions is written as the server writes it") {
    CHECK(encoded(cube, format::text) == "[1:2][-1:-1][5:7]={{{1,2,3}},{{4,5,6}}}");
    CHECK(encoded(ints{{{2}, {2}}, {1, 2, 3, 4}}, format::text) == "{{1,2},{3,4}}");
    CHECK(encoded(ints{{{2, 0}}, {1, 2}}, format::text) == "[0:1]={1,2}");
    CHECK(encoded(ints{{{2}}, {1, 2}}, format::text) == "{1,2}");
    CHECK(encoded(ints{}, format::text) == "{}");
    CHECK(encoded(ints{}, format::binary) == encoded(std::vector<std::int32_t>{}, format::binary));
    CHECK(encoded(ints{{{2}}, {1, 2}}, format::binary) ==
          encoded(std::vector<std::int32_t>{1, 2}, format::binary));
    CHECK(encoded(ints{{{1}, {1, 7}}, {9}}, format::binary) ==
          bytes("\0\0\0\2\0\0\0\0\0\0\0\x17\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\7\0\0\0\4\0\0\0\x09"));
    CHECK(encoded(table{{1, 2}, {3, 4}}, format::text) == "{{1,2},{3,4}}");
    CHECK(encoded(table{}, format::text) == "{}");
    CHECK(codec_for<ints>.parameter_type == int4_array);
    CHECK(codec_for<table>.parameter_type == int4_array);
    CHECK(codec_for<texts>.parameter_type == text_array);
}

TEST_CASE("every shape comes back in both encodings") {
    const maybe_texts odd{{{2, -3}, {2}}, {"NULL", std::nullopt, "{\"a\", b}", ""}};
    const ints deep{{{1}, {1}, {2}, {1}, {1}, {1, 9}}, {1, 2}};
    const array<bool> flags{{{1}, {2}}, {true, false}};
    for (const auto encoding : {format::text, format::binary}) {
        for (const auto& each : {cube, deep, ints{}, ints{{{3}}, {1, 2, 3}}})
            CHECK(decoded<ints>({int4_array, encoding}, encoded(each, encoding)) == each);
        CHECK(decoded<maybe_texts>({text_array, encoding}, encoded(odd, encoding)) == odd);
        CHECK(decoded<array<bool>>({bool_array, encoding}, encoded(flags, encoding)) == flags);
        for (const auto& each : {table{{1, 2, 3}, {4, 5, 6}}, table{{1}}, table{}})
            CHECK(decoded<table>({int4_array, encoding}, encoded(each, encoding)) == each);
        const texts words{{"a b"}, {"{"}};
        CHECK(decoded<texts>({text_array, encoding}, encoded(words, encoding)) == words);
    }
}

TEST_CASE("elements are found by the subscripts of SQL") {
    CHECK(cube.at({1, -1, 5}) == 1);
    CHECK(cube.at({2, -1, 7}) == 6);
    for (const auto& outside :
         {std::initializer_list<std::int32_t>{0, -1, 5}, {3, -1, 5}, {1, 0, 5}, {1, -1, 8}, {1, -1}, {}})
        CHECK_THROWS_AS((void)cube.at(outside), usage_error);
    CHECK_THROWS_AS((void)ints{}.at({1}), usage_error);
}

TEST_CASE("an array that no server has is not sent") {
    const auto refuses = [](const auto& value) {
        for (const auto encoding : {format::text, format::binary})
            CHECK_THROWS_AS(encoded(value, encoding), usage_error);
    };
    refuses(ints{{{2}}, {1}});
    refuses(ints{{{2}, {2}}, {1, 2, 3}});
    refuses(ints{{}, {1}});
    refuses(ints{{{0}}, {}});
    refuses(ints{{{-1}}, {1}});
    refuses(ints{{{1}, {1}, {1}, {1}, {1}, {1}, {1}}, {1}});
    refuses(ints{{{2, std::numeric_limits<std::int32_t>::max()}}, {1, 2}});
    refuses(ints{
        {{std::numeric_limits<std::int32_t>::max()}, {std::numeric_limits<std::int32_t>::max()}, {4}}, {1}});
    refuses(table{{1, 2}, {3}});
    refuses(table{{}, {}});
    refuses(table{{1}, {}});
}

TEST_CASE("every truncation of a binary array of several dimensions is refused") {
    const auto whole = encoded(cube, format::binary);
    for (std::size_t size = 0; size < whole.size(); ++size) refused(std::string_view(whole).substr(0, size));
    refused(whole + "x");
    const auto words = encoded(maybe_texts{{{2}, {1}}, {"ab", std::nullopt}}, format::binary);
    for (std::size_t size = 0; size < words.size(); ++size)
        failure_of<maybe_texts>({text_array, format::binary}, std::string_view(words).substr(0, size));
}

TEST_CASE("a binary header that does not keep its word is refused") {
    constexpr auto most = std::numeric_limits<std::int32_t>::max(),
                   least = std::numeric_limits<std::int32_t>::min();
    CHECK(refused(header(7, {{1}, {1}, {1}, {1}, {1}, {1}, {1}}, 1)).reason().find("six dimensions") !=
          std::string::npos);
    CHECK(refused(header(most, {{1}}, 1)).reason().find("six dimensions") != std::string::npos);
    CHECK(refused(header(2, {{most}, {most}}, 1)).reason().find("shorter") != std::string::npos);
    CHECK(refused(header(2, {{2}, {2}}, 1)).reason().find("shorter") != std::string::npos);
    refused(header(2, {{2}, {2}}, 3));
    CHECK(refused(header(2, {{-1}, {-1}}, 1)).reason().find("shorter") != std::string::npos);
    CHECK(refused(header(1, {{2, most}}, 2)).reason().find("bounds") != std::string::npos);
    CHECK(refused(header(2, {{1}, {1}}, 2)).reason().find("after the last") != std::string::npos);
    // No server sends this; it is as empty as can be.
    CHECK(from_binary<ints>(int4_array, header(2, {{0}, {5}}, 0)) == ints{});
    CHECK(from_binary<ints>(int4_array, header(1, {{1, least}}, 1)).dimensions.front().lower == least);
}

TEST_CASE("a malformed text of an array of several dimensions is refused at its offset") {
    for (const auto& [text, offset] : {std::pair("{{1},{2,3}}", 10),
                                       {"{{1,2},{3}}", 10},
                                       {"{{1},2}", 5},
                                       {"{1,{2}}", 3},
                                       {"{{1},{2}", 8},
                                       {"{{}}", 2},
                                       {"{{1}}}", 5},
                                       {"[1:2]={1}", 9},
                                       {"[1:1]={1,2}", 11},
                                       {"[2:1]={1}", 5},
                                       {"[1:]={1}", 3},
                                       {"[1:1]{1}", 5},
                                       {"[1:1][1:1]={1}", 12},
                                       {"[0:2147483647]={1}", 14},
                                       {"{{{{{{{1}}}}}}}", 0},
                                       {"[0:0]={}", 7},
                                       {"[1:1][1:1][1:1][1:1][1:1][1:1][1:1]={1}", 30}}) {
        CAPTURE(std::string(text));
        CHECK(refused(text, format::text).offset() == static_cast<std::size_t>(offset));
    }
}

TEST_CASE("what a vector cannot hold is refused with the name of what can") {
    for (const auto encoding : {format::text, format::binary}) {
        for (const auto& each : {cube, ints{{{2}, {2}}, {1, 2, 3, 4}}, ints{{{2, 0}}, {1, 2}}})
            CHECK(refused<std::vector<std::int32_t>>(encoded(each, encoding), encoding)
                      .reason()
                      .find("howdah::array") != std::string::npos);
        for (const auto& each : {cube, ints{{{2}}, {1, 2}}, ints{{{2, 0}, {1}}, {1, 2}}})
            CHECK(refused<table>(encoded(each, encoding), encoding).reason().find("howdah::array") !=
                  std::string::npos);
    }
}

TEST_CASE("arrays are no elements of arrays") {
    CHECK_FALSE(readable<std::vector<ints>>);
    CHECK_FALSE(readable<array<ints>>);
    CHECK_FALSE(readable<array<std::vector<std::int32_t>>>);
    CHECK_FALSE(readable<std::vector<table>>);
    CHECK(readable<array<std::vector<std::byte>>>);
    CHECK(readable<std::vector<std::vector<std::byte>>>);
}

// SPDX-License-Identifier: BSL-1.0
#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <howdah/numeric.hpp>
#include <howdah/range.hpp>
#include <howdah/time.hpp>
#include <howdah/type_details.hpp>

#include "codec_checks.hpp"

using namespace howdah;
using namespace howdah::tests;

namespace {

constexpr oid int4range = 3904, int4multirange = 4451, daterange = 3912, user_range = 16400;
using ints = range<std::int32_t>;
using many_ints = multirange<std::int32_t>;
using texts = range<std::string>;
using days = range<or_infinity<date>>;

const std::vector<ints> every_form{{},
                                   ints::all(),
                                   {1, 10},
                                   {1, 10, bounds::open},
                                   {1, 10, bounds::closed},
                                   {1, 10, bounds::left_open},
                                   {std::nullopt, 5},
                                   {5, std::nullopt},
                                   {std::nullopt, 5, bounds::closed},
                                   {-1, -1, bounds::closed}};

decode_error refused(std::string_view cell, format encoding = format::binary) {
    return failure_of<ints>({int4range, encoding}, cell);
}

} // namespace

TEST_CASE("a range is written as range_out and range_send write it") {
    const std::vector<std::string> printed{"empty",  "(,)",  "[1,10)", "(1,10)", "[1,10]",
                                           "(1,10]", "(,5)", "[5,)",   "(,5]",   "[-1,-1]"};
    for (std::size_t i = 0; i < every_form.size(); ++i)
        CHECK(encoded(every_form[i], format::text) == printed[i]);
    CHECK(encoded(ints{}, format::binary) == bytes("\1"));
    CHECK(encoded(ints::all(), format::binary) == bytes("\x18"));
    CHECK(encoded(ints{1, 10}, format::binary) == bytes("\2\0\0\0\4\0\0\0\1\0\0\0\4\0\0\0\x0A"));
    CHECK(encoded(ints{std::nullopt, 5, bounds::closed}, format::binary) == bytes("\x0C\0\0\0\4\0\0\0\5"));
    CHECK(encoded(many_ints{}, format::text) == "{}");
    CHECK(encoded(many_ints{{{1, 2}, {5, std::nullopt}}}, format::text) == "{[1,2),[5,)}");
    CHECK(encoded(many_ints{{{}}}, format::binary) == bytes("\0\0\0\1\0\0\0\1\1"));
    CHECK(encoded(texts{"", "a,\"\\b"}, format::text) == R"(["","a,""\\b"))");
    CHECK(encoded(std::vector<ints>{{1, 2}, {}}, format::text) == "{\"[1,2)\",empty}");
}

TEST_CASE("ranges know the types of their parameters") {
    CHECK(codec_for<ints>.parameter_type == int4range);
    CHECK(codec_for<range<std::int64_t>>.parameter_type == 3926);
    CHECK(codec_for<range<numeric>>.parameter_type == 3906);
    CHECK(codec_for<range<timestamp>>.parameter_type == 3910);
    CHECK(codec_for<range<local_timestamp>>.parameter_type == 3908);
    CHECK(codec_for<days>.parameter_type == daterange);
    CHECK(codec_for<many_ints>.parameter_type == int4multirange);
    CHECK(codec_for<std::vector<many_ints>>.parameter_type == 6150);
    CHECK(codec_for<std::vector<ints>>.parameter_type == 3905);
    CHECK(codec_for<texts>.parameter_type == oids::inferred);
    CHECK(codec_for<texts>.parameter_format == format::text);
}

TEST_CASE("every form of a range comes back in both encodings") {
    for (const auto encoding : {format::text, format::binary}) {
        for (const auto& each : every_form)
            CHECK(decoded<ints>({int4range, encoding}, encoded(each, encoding)) == each);
        const many_ints many{every_form};
        CHECK(decoded<many_ints>({int4multirange, encoding}, encoded(many, encoding)) == many);
        CHECK(decoded<many_ints>({int4multirange, encoding}, encoded(many_ints{}, encoding)) == many_ints{});
        CHECK(decoded<std::vector<ints>>({3905, encoding}, encoded(every_form, encoding)) == every_form);
    }
    const texts odd{"a \" \\ ( ] ,", ""};
    CHECK(from_text<texts>(user_range, encoded(odd, format::text)) == odd);
}

TEST_CASE("a missing bound is not an infinite one") {
    const days until{date{}, or_infinity<date>::kind::infinity}, open{date{}, std::nullopt};
    CHECK(encoded(until, format::text) == "[1970-01-01,infinity)");
    CHECK(encoded(open, format::text) == "[1970-01-01,)");
    for (const auto encoding : {format::text, format::binary})
        for (const auto& each : {until, open})
            CHECK(decoded<days>({daterange, encoding}, encoded(each, encoding)) == each);
    CHECK(failure_of<range<date>>({daterange, format::text}, "[1970-01-01,infinity)")
              .reason()
              .starts_with("upper bound: "));
}

TEST_CASE("reading replaces what the range held") {
    ints value{1, 2};
    decode_value(codec_for<ints>, {int4range, format::text}, "empty", &value);
    CHECK(value == ints{});
    value = {1, 2};
    decode_value(codec_for<ints>, {int4range, format::text}, "(,7]", &value);
    CHECK(value == ints{std::nullopt, 7, bounds::closed});
}

TEST_CASE("every truncation of a binary range is refused") {
    const auto whole = encoded(ints{1, 10}, format::binary);
    for (std::size_t size = 0; size < whole.size(); ++size) refused(std::string_view(whole).substr(0, size));
    const auto many = encoded(many_ints{{{1, 2}, {5, 7}}}, format::binary);
    for (std::size_t size = 0; size < many.size(); ++size)
        failure_of<many_ints>({int4multirange, format::binary}, std::string_view(many).substr(0, size));
    CHECK(refused(whole + "x").reason() == "bytes after the end of a range");
    failure_of<many_ints>({int4multirange, format::binary}, many + "x");
}

TEST_CASE("a binary range that does not keep its word is refused") {
    for (const auto& [cell, part] : {std::pair(bytes("\x81"), "bounds"),
                                     {bytes("\x40"), "flags"},
                                     {bytes("\x1A"), "not there"},
                                     {bytes("\x1C"), "not there"},
                                     {bytes("\1\0"), "after"},
                                     {bytes("\2\xFF\xFF\xFF\xFF"), "lower"},
                                     {bytes("\2\x7F\xFF\xFF\xFF"), "lower"},
                                     {bytes("\x10\0\0\0\1\1"), "lower bound: a cell"}}) {
        CAPTURE(part);
        CHECK(refused(cell).reason().find(part) != std::string::npos);
    }
    for (const auto& count : {bytes("\x7F\xFF\xFF\xFF"), bytes("\xFF\xFF\xFF\xFF"), bytes("\0\0\0\2")})
        CHECK(failure_of<many_ints>({int4multirange, format::binary}, count + bytes("\0\0\0\1\1"))
                  .reason()
                  .find("shorter") != std::string::npos);
}

TEST_CASE("a malformed text of a range is refused at its offset") {
    for (const auto& [text, offset] : {std::pair("", 0),
                                       {"1,2", 0},
                                       {"[1,2", 4},

                                       {"[1 ,2)", 2},
                                       {"[,2)", 3},
                                       {"(1,]", 3},
                                       {"[1,2)x", 5},
                                       {"[\"1,2)", 6},
                                       {"emptyx", 5},
                                       {"[1,2,3)", 4}}) {
        CAPTURE(std::string(text));
        const auto failure = refused(text, format::text);
        CHECK(failure.offset() == static_cast<std::size_t>(offset));
    }
    CHECK(refused("[x,2)", format::text).reason() == "lower bound: not the text of a value of type integer");
    for (const auto* text : {"", "{", "{[1,2)", "{[1,2),}", "{[1,2)}x", "[1,2)", "{,}"}) {
        CAPTURE(std::string(text));
        failure_of<many_ints>({int4multirange, format::text}, text);
    }
}

TEST_CASE("a range is read from its own type, and a user's range by what the catalogue says") {
    type_details known;
    known.type = user_range;
    known.kind = type_kind::range;
    known.subtype = {oids::float8, nullptr};
    type_details many = known;
    many.kind = type_kind::multirange;
    many.range = {user_range, &known};
    for (const auto encoding : {format::text, format::binary}) {
        CHECK(can_read(codec_for<ints>, {int4range, encoding}));
        CHECK(can_read(codec_for<range<std::int64_t>>, {int4range, encoding}));
        CHECK_FALSE(can_read(codec_for<ints>, {daterange, encoding}));
        CHECK_FALSE(can_read(codec_for<ints>, {oids::int4, encoding}));
        CHECK_FALSE(can_read(codec_for<ints>, {int4multirange, encoding}));
        CHECK_FALSE(can_read(codec_for<many_ints>, {int4range, encoding}));
        CHECK(can_read(codec_for<range<double>>, {user_range, encoding, &known}));
        CHECK_FALSE(can_read(codec_for<ints>, {user_range, encoding, &known}));
        CHECK(can_read(codec_for<multirange<double>>, {16401, encoding, &many}));
        CHECK_FALSE(can_read(codec_for<range<double>>, {16401, encoding, &many}));
        CHECK_FALSE(can_read(codec_for<many_ints>, {16401, encoding, &many}));
    }
    // Eight bytes of who knows what.
    CHECK_FALSE(can_read(codec_for<range<double>>, {user_range, format::binary}));
    CHECK(from_text<range<double>>(user_range, "[1.5,2)") == range<double>{1.5, 2});
}

TEST_CASE("ranges answer questions about themselves") {
    const ints some{1, 10};
    CHECK(some.contains(1));
    CHECK_FALSE(some.contains(10));
    CHECK_FALSE(some.contains(0));
    CHECK(ints{1, 10, bounds::left_open}.contains(10));
    CHECK_FALSE(ints{1, 10, bounds::open}.contains(1));
    CHECK(ints::all().contains(5));
    CHECK_FALSE(ints{}.contains(5));
    CHECK(ints{}.empty());
    CHECK_FALSE(ints{std::nullopt, 1, bounds::closed}.lower_inclusive());
}

TEST_CASE("the canonical form is that of the server") {
    CHECK(canonical(ints{1, 5, bounds::closed}) == ints{1, 6});
    CHECK(canonical(ints{1, 5, bounds::open}) == ints{2, 5});
    CHECK(canonical(ints{1, 2, bounds::open}) == ints{});
    CHECK(canonical(ints{1, 1}) == ints{});
    CHECK(canonical(ints{1, 1, bounds::closed}) == ints{1, 2});
    CHECK(canonical(ints{std::nullopt, 5, bounds::closed}) == ints{std::nullopt, 6});
    CHECK(canonical(ints::all()) == ints::all());
    CHECK(canonical(ints{}) == ints{});
    CHECK(canonical(range<date>{date{}, date{}, bounds::closed}) ==
          range<date>{date{}, date{} + std::chrono::days{1}});
    CHECK_THROWS_AS((void)canonical(ints{1, std::numeric_limits<std::int32_t>::max(), bounds::closed}),
                    usage_error);
}

// SPDX-License-Identifier: BSL-1.0
#include <howdah/numeric.hpp>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <doctest/doctest.h>

using namespace howdah;

namespace {

std::string words(std::initializer_list<int> values) {
    std::string out;
    for (const int value : values) {
        out += static_cast<char>(value >> 8);
        out += static_cast<char>(value);
    }
    return out;
}

std::string decode(std::string_view bytes, oid type = oids::numeric, format encoding = format::binary) {
    numeric out;
    codec<numeric>::decoder({type, encoding})(bytes, {type, encoding}, &out);
    return out.text();
}

std::string encode(const numeric& value, format encoding = format::binary) {
    byte_writer out;
    codec<numeric>::encode(value, encoding, out);
    return std::string(out.view());
}

std::size_t refused_at(std::string_view text) {
    try {
        static_cast<void>(numeric(text));
    } catch (const decode_error& failure) {
        CHECK(failure.value() == text);
        return failure.offset();
    }
    FAIL("accepted");
    return 0;
}

std::string random_digits(std::mt19937& random, std::size_t most) {
    std::string out(random() % (most + 1), '0');
    // Long runs of zeros, and groups of them, are where mistakes are made.
    const auto zeros = random() % 3;
    for (auto& c : out)
        if (random() % 3 >= zeros) c = static_cast<char>('0' + random() % 10);
    return out;
}

/// A number as the server would write it.
std::string random_canonical(std::mt19937& random) {
    auto whole = random_digits(random, 30);
    whole.erase(0, whole.find_first_not_of('0'));
    if (whole.empty()) whole = "0";
    const auto fraction = random_digits(random, 30);
    auto out = fraction.empty() ? whole : whole + "." + fraction;
    return random() % 2 == 0 && out.find_first_not_of("0.") != out.npos ? "-" + out : out;
}

} // namespace

TEST_CASE("numeric keeps the canonical text and its scale") {
    const std::vector<std::pair<std::string_view, std::string_view>> table{
        {"0", "0"},
        {"1.50", "1.50"},
        {"-1.5", "-1.5"},
        {"+7", "7"},
        {"000123.4500", "123.4500"},
        {".5", "0.5"},
        {"5.", "5"},
        {"-0", "0"},
        {"-0.00", "0.00"},
        {"-0.01", "-0.01"},
        {"1e5", "100000"},
        {"1.5E+3", "1500"},
        {"1.2345e2", "123.45"},
        {"12345e-2", "123.45"},
        {"1.5e-3", "0.0015"},
        {"1e-3", "0.001"},
        {"100e-2", "1.00"},
        {"0e5", "0"},
        {"0.0e5", "0"},
        {"0e999999999999999999999", "0"},
        {"1e00000000000000000002", "100"},
        {"0.000e2", "0.0"},
        {"NaN", "NaN"},
        {"Infinity", "Infinity"},
        {"-Infinity", "-Infinity"},
    };
    for (const auto& [text, canonical] : table) {
        CAPTURE(std::string(text));
        CHECK(numeric(text).text() == canonical);
    }
    CHECK(numeric().text() == "0");
    CHECK(numeric("1.5") != numeric("1.50"));
}

TEST_CASE("a text that is no number is refused at the first bad byte") {
    CHECK(refused_at("") == 0);
    CHECK(refused_at("-") == 1);
    CHECK(refused_at(".") == 1);
    CHECK(refused_at("+-1") == 1);
    CHECK(refused_at("1 ") == 1);
    CHECK(refused_at(" 1") == 0);
    CHECK(refused_at("1,5") == 1);
    CHECK(refused_at("1.5.2") == 3);
    CHECK(refused_at("1e") == 2);
    CHECK(refused_at("1e+") == 3);
    CHECK(refused_at("1e5.0") == 3);
    CHECK(refused_at("0x10") == 1);
    CHECK(refused_at("nan") == 0);
    CHECK(refused_at("+Infinity") == 1);
    CHECK(refused_at(std::string_view("1\0", 2)) == 1);
}

TEST_CASE("numbers beyond PostgreSQL's limits are refused, the largest are not") {
    CHECK(numeric(std::string(131'072, '9')).text().size() == 131'072);
    CHECK(numeric("1e131071").text().size() == 131'072);
    CHECK(numeric("000" + std::string(131'072, '9')).text().size() == 131'072);
    CHECK(numeric("1e-16383").text().size() == 16'385);
    for (const std::string& text :
         {std::string(131'073, '9'), std::string("1e131072"), std::string("1e-16384"),
          "0." + std::string(16'384, '0'), std::string("1e999999999999999999999"),
          std::string("1e-999999999999999999999"), std::string("0e-99999")})
        CHECK(refused_at(text) == decode_error::npos);
}

TEST_CASE("from_integer and to_double_lossy reach the ends of their types") {
    CHECK(numeric::from_integer(INT64_MIN).text() == "-9223372036854775808");
    CHECK(numeric::from_integer(0) == numeric());
    CHECK(numeric("-1.5").to_double_lossy() == -1.5);
    CHECK(numeric("0.1").to_double_lossy() == 0.1);
    CHECK(std::isnan(numeric("NaN").to_double_lossy()));
    CHECK(numeric("-Infinity").to_double_lossy() == -std::numeric_limits<double>::infinity());
    CHECK(numeric("1e400").to_double_lossy() == std::numeric_limits<double>::infinity());
    CHECK(numeric("-1e400").to_double_lossy() == -std::numeric_limits<double>::infinity());
    CHECK(numeric("-1e-400").to_double_lossy() == 0.0);
    CHECK(numeric("1e400").is_finite());
    CHECK_FALSE(numeric("NaN").is_finite());
    CHECK_FALSE(numeric("-Infinity").is_finite());
}

TEST_CASE("binary numerics are read as the server writes them") {
    // Count of groups, weight, sign, scale, groups: as numeric_send() gives them.
    CHECK(decode(words({0, 0, 0, 0})) == "0");
    CHECK(decode(words({0, 0, 0, 2})) == "0.00");
    CHECK(decode(words({1, 0, 0, 0, 1})) == "1");
    CHECK(decode(words({2, 0, 0, 2, 1, 5000})) == "1.50");
    CHECK(decode(words({2, 1, 0x4000, 0, 1, 2345})) == "-12345");
    CHECK(decode(words({1, 1, 0, 0, 1})) == "10000");
    CHECK(decode(words({1, -1, 0, 4, 1})) == "0.0001");
    CHECK(decode(words({1, -2, 0, 5, 1000})) == "0.00001");
    CHECK(decode(words({3, 0, 0, 6, 12, 3456, 7800})) == "12.345678");
    CHECK(decode(words({2, 2, 0, 3, 1, 2})) == "100020000.000");
    CHECK(decode(words({0, 0, 0xC000, 0})) == "NaN");
    CHECK(decode(words({0, 0, 0xD000, 32})) == "Infinity"); // the server leaves flag bits in the scale
    CHECK(decode(words({0, 0, 0xF000, 32})) == "-Infinity");
}

TEST_CASE("binary numerics that no server sends are refused or harmless") {
    CHECK(decode(words({3, 2, 0x4000, 1, 0, 0, 0})) == "0.0");
    CHECK(decode(words({2, 1, 0, 0, 0, 7})) == "7");
    CHECK(decode(words({0, 32767, 0x4000, 0})) == "0");
    CHECK(decode(words({1, 32767, 0, 0, 9999})).size() == 131'072);
    CHECK(decode(words({1, -32768, 0, 16383, 1})).size() == 16'385);
    for (const auto& bytes : {words({}), words({1, 0, 0}), words({1, 0, 0, 0}), words({1, 0, 0, 0, 1, 1}),
                              words({0xFFFF, 0, 0, 0}), words({1, 0, 0, 0, 10'000}), words({1, 0, 0, 0, -1}),
                              words({1, 0, 1, 0, 1}), words({1, 0, 0x8000, 0, 1}), words({0, 0, 0, 0x4000}),
                              words({1, 0, 0xC000, 0, 1}), words({0, 0, 0, 0}) + "x"})
        CHECK_THROWS_AS(decode(bytes), decode_error);
}

TEST_CASE("numerics are encoded without zeros at either end, as the server does") {
    CHECK(encode(numeric("0")) == words({0, 0, 0, 0}));
    CHECK(encode(numeric("0.00")) == words({0, 0, 0, 2}));
    CHECK(encode(numeric("1.50")) == words({2, 0, 0, 2, 1, 5000}));
    CHECK(encode(numeric("-12345")) == words({2, 1, 0x4000, 0, 1, 2345}));
    CHECK(encode(numeric("10000")) == words({1, 1, 0, 0, 1}));
    CHECK(encode(numeric("0.00001")) == words({1, -2, 0, 5, 1000}));
    CHECK(encode(numeric("100020000.000")) == words({2, 2, 0, 3, 1, 2}));
    CHECK(encode(numeric("NaN")) == words({0, 0, 0xC000, 0}));
    CHECK(encode(numeric("Infinity")) == words({0, 0, 0xD000, 0}));
    CHECK(encode(numeric("-Infinity")) == words({0, 0, 0xF000, 0}));
    CHECK(encode(numeric("-1.50"), format::text) == "-1.50");
}

TEST_CASE("random numbers survive text and binary exactly") {
    const auto seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random(seed);
    for (int i = 0; i < 50'000; ++i) {
        const auto text = random_canonical(random);
        CAPTURE(text);
        const numeric value(text);
        REQUIRE(value.text() == text);
        REQUIRE(decode(encode(value)) == text);
        REQUIRE(decode(encode(value, format::text), oids::numeric, format::text) == text);
    }
    for (const auto& longest : {std::string(131'072, '7') + "." + std::string(16'383, '3'),
                                std::string("1e131071"), std::string("-1e-16383")}) {
        const numeric value(longest);
        CHECK(decode(encode(value)) == value.text());
    }
}

TEST_CASE("random changes of binary numerics are read or refused, never worse") {
    const auto seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random(seed);
    int read = 0;
    for (int i = 0; i < 30'000; ++i) {
        auto bytes = encode(numeric(random_canonical(random)));
        bytes[random() % bytes.size()] = static_cast<char>(random());
        if (random() % 4 == 0) bytes.resize(random() % (bytes.size() + 1));
        const std::vector<char> exact(bytes.begin(), bytes.end());
        try {
            const auto text = decode({exact.data(), exact.size()});
            ++read;
            REQUIRE(numeric(text).text() == text);
        } catch (const decode_error&) {
        }
    }
    CHECK(read > 1000);
}

TEST_CASE("numeric reads integer columns as well, and no others") {
    CHECK(decode(words({-2}), oids::int2) == "-2");
    CHECK(decode(words({0, 70}), oids::int4) == "70");
    CHECK(decode(words({0, 1, 0, 0}), oids::int8) == "4294967296");
    CHECK(decode("-42", oids::int8, format::text) == "-42");
    CHECK_THROWS_AS(decode(words({1}), oids::int4), decode_error);
    for (const oid type : {oids::float8, oids::text, oids::boolean})
        CHECK((codec<numeric>::decoder({type, format::text}) == nullptr));
    CHECK(codec<numeric>::name() == "howdah::numeric");
}

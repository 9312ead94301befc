// SPDX-License-Identifier: BSL-1.0
#include <howdah/time.hpp>

#include <string>

#include <doctest/doctest.h>

using namespace howdah;

namespace {

constexpr std::int64_t epoch_us = 946'684'800'000'000;
constexpr std::int64_t first_wire = -211'813'488'000'000'000;

std::string big_endian(std::int64_t value, std::size_t size) {
    std::string out;
    for (auto i = size; i-- > 0;) out += static_cast<char>(value >> (8 * i));
    return out;
}

template <class T> T decode(std::string_view bytes, format encoding = format::binary) {
    const wire from{codec<T>::type, encoding};
    T out{};
    codec<T>::decoder(from)(bytes, from, &out);
    return out;
}

template <class T> std::string encode(const T& value, format encoding = format::binary) {
    byte_writer out;
    codec<T>::encode(value, encoding, out);
    return std::string(out.view());
}

timestamp at(std::int64_t since_1970) {
    return timestamp{std::chrono::microseconds{since_1970}};
}

} // namespace

TEST_CASE("instants, local times and dates read their own column type only") {
    for (const auto encoding : {format::text, format::binary})
        for (const oid type : {oids::timestamptz, oids::timestamp, oids::date, oids::int8, oids::text}) {
            CAPTURE(type);
            const wire from{type, encoding};
            CHECK((codec<timestamp>::decoder(from) != nullptr) == (type == oids::timestamptz));
            CHECK((codec<local_timestamp>::decoder(from) != nullptr) == (type == oids::timestamp));
            CHECK((codec<date>::decoder(from) != nullptr) == (type == oids::date));
            CHECK((codec<or_infinity<timestamp>>::decoder(from) != nullptr) == (type == oids::timestamptz));
            CHECK((codec<or_infinity<local_timestamp>>::decoder(from) != nullptr) ==
                  (type == oids::timestamp));
            CHECK((codec<or_infinity<date>>::decoder(from) != nullptr) == (type == oids::date));
        }
}

TEST_CASE("binary instants count microseconds from 2000") {
    CHECK(decode<timestamp>(big_endian(0, 8)) == at(epoch_us));
    CHECK(decode<timestamp>(big_endian(-1, 8)) == at(epoch_us - 1));
    CHECK(decode<timestamp>(big_endian(first_wire, 8)) == at(first_wire + epoch_us));
    CHECK(decode<timestamp>(big_endian(INT64_MAX - epoch_us, 8)) == at(INT64_MAX));
    CHECK(decode<local_timestamp>(big_endian(5, 8)).time_since_epoch().count() == epoch_us + 5);
    CHECK(encode(at(epoch_us + 258)) == std::string("\0\0\0\0\0\0\1\2", 8));
    CHECK(encode(at(epoch_us), format::text) == "2000-01-01 00:00:00+00");
    CHECK(encode(local_timestamp{std::chrono::microseconds{epoch_us}}, format::text) ==
          "2000-01-01 00:00:00");
}

TEST_CASE("binary dates count days from 2000") {
    using std::chrono::days;
    CHECK(decode<date>(big_endian(0, 4)) == date{days{10957}});
    CHECK(decode<date>(big_endian(-2'451'545, 4)) == date{days{-2'440'588}});
    CHECK(decode<date>(big_endian(2'145'031'948, 4)) == date{days{2'145'042'905}});
    CHECK(encode(date{days{10957 + 258}}) == std::string("\0\0\1\2", 4));
    CHECK(encode(date{days{0}}, format::text) == "1970-01-01");
}

TEST_CASE("binary values outside of the range are refused without overflow") {
    for (const std::int64_t wire_value :
         {first_wire - 1, INT64_MIN + 1, INT64_MAX - epoch_us + 1, INT64_MAX - 1, INT64_MIN, INT64_MAX}) {
        CAPTURE(wire_value);
        CHECK_THROWS_AS(decode<timestamp>(big_endian(wire_value, 8)), decode_error);
        CHECK_THROWS_AS(decode<local_timestamp>(big_endian(wire_value, 8)), decode_error);
    }
    for (const std::int64_t wire_value : {-2'451'546, 2'145'031'949, INT32_MAX - 1, INT32_MAX, INT32_MIN})
        CHECK_THROWS_AS(decode<date>(big_endian(wire_value, 4)), decode_error);
    for (std::size_t size = 0; size < 12; ++size) {
        CAPTURE(size);
        if (size != 8) CHECK_THROWS_AS(decode<timestamp>(std::string(size, '\0')), decode_error);
        if (size != 8) CHECK_THROWS_AS(decode<or_infinity<timestamp>>(std::string(size, '\0')), decode_error);
        if (size != 4) CHECK_THROWS_AS(decode<date>(std::string(size, '\0')), decode_error);
    }
}

TEST_CASE("an infinite value is a refusal that names or_infinity, and a value of it") {
    using kind = or_infinity<timestamp>::kind;
    try {
        decode<timestamp>(big_endian(INT64_MAX, 8));
        FAIL("accepted");
    } catch (const decode_error& failure) {
        CHECK(failure.reason().find("howdah::or_infinity<howdah::timestamp>") != std::string::npos);
        CHECK(failure.value() == "infinity");
    }
    CHECK(decode<or_infinity<timestamp>>(big_endian(INT64_MAX, 8)).is == kind::infinity);
    CHECK(decode<or_infinity<timestamp>>(big_endian(INT64_MIN, 8)).is == kind::minus_infinity);
    CHECK(decode<or_infinity<timestamp>>(big_endian(0, 8)) == or_infinity<timestamp>(at(epoch_us)));
    CHECK(decode<or_infinity<timestamp>>("infinity", format::text).is == kind::infinity);
    CHECK(decode<or_infinity<timestamp>>("\"-infinity\"", format::text).is == kind::minus_infinity);
    CHECK(decode<or_infinity<timestamp>>("2000-01-01 00:00:00+00", format::text).value == at(epoch_us));
    CHECK_THROWS_AS(decode<or_infinity<timestamp>>("Infinity", format::text), decode_error);
    CHECK_THROWS_AS(decode<or_infinity<timestamp>>(big_endian(INT64_MAX - 1, 8)), decode_error);
    CHECK(decode<or_infinity<date>>(big_endian(INT32_MAX, 4)).is == or_infinity<date>::kind::infinity);
    CHECK(decode<or_infinity<date>>("-infinity", format::text).is == or_infinity<date>::kind::minus_infinity);
    CHECK(decode<or_infinity<local_timestamp>>("infinity", format::text).is ==
          or_infinity<local_timestamp>::kind::infinity);
}

TEST_CASE("infinities are encoded as the server's extremes and words") {
    using kind = or_infinity<timestamp>::kind;
    CHECK(encode(or_infinity<timestamp>(kind::infinity)) == big_endian(INT64_MAX, 8));
    CHECK(encode(or_infinity<timestamp>(kind::minus_infinity)) == big_endian(INT64_MIN, 8));
    CHECK(encode(or_infinity<timestamp>(kind::minus_infinity), format::text) == "-infinity");
    CHECK(encode(or_infinity<timestamp>(at(epoch_us))) == big_endian(0, 8));
    CHECK(encode(or_infinity<date>(or_infinity<date>::kind::infinity)) == big_endian(INT32_MAX, 4));
    CHECK(encode(or_infinity<local_timestamp>(or_infinity<local_timestamp>::kind::infinity), format::text) ==
          "infinity");
}

TEST_CASE("values outside of the server's range are not sent") {
    for (const auto encoding : {format::text, format::binary}) {
        CHECK_THROWS_AS(encode(at(first_wire + epoch_us - 1), encoding), usage_error);
        CHECK_THROWS_AS(encode(at(INT64_MIN), encoding), usage_error);
        CHECK_NOTHROW(encode(at(INT64_MAX), encoding));
        CHECK_THROWS_AS(encode(local_timestamp::min(), encoding), usage_error);
        CHECK_THROWS_AS(encode(date{std::chrono::days{-2'440'589}}, encoding), usage_error);
        CHECK_THROWS_AS(encode(date{std::chrono::days{2'145'042'906}}, encoding), usage_error);
        CHECK_THROWS_AS(encode(or_infinity<timestamp>(at(INT64_MIN)), encoding), usage_error);
    }
}

TEST_CASE("a std::chrono::year_month_day travels as a date and refuses what it cannot hold") {
    using namespace std::chrono;
    const auto day = 2026y / January / 24d;
    CHECK(decode<year_month_day>(encode(day)) == day);
    CHECK(decode<year_month_day>("32767-12-31", format::text) == year{32767} / December / 31d);
    CHECK_THROWS_AS(decode<year_month_day>("32768-01-01", format::text), decode_error);
    CHECK_THROWS_AS(encode(2023y / February / 29d), usage_error);
}

TEST_CASE("codecs name their types as a program writes them") {
    CHECK(codec<timestamp>::name() == "howdah::timestamp");
    CHECK(codec<local_timestamp>::name() == "howdah::local_timestamp");
    CHECK(codec<date>::name() == "howdah::date");
    CHECK(codec<or_infinity<date>>::name() == "howdah::or_infinity<howdah::date>");
}

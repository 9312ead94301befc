// SPDX-License-Identifier: BSL-1.0
#include <doctest/doctest.h>

#include <array>
#include <new>
#include <stdexcept>
#include <string>

#include <howdah/codec.hpp>
#include <howdah/json.hpp>

#include "codec_checks.hpp"

using namespace howdah;
using namespace howdah::tests;

namespace {

enum class mood { sad, ok, happy };
enum class unlisted { here, missing };

struct user_id {
    std::int64_t value = 0;
    bool operator==(const user_id&) const = default;
};
struct nickname {
    std::optional<std::string> value;
    bool operator==(const nickname&) const = default;
};

class email_address {
public:
    email_address() = default;
    explicit email_address(std::string text) : text_(std::move(text)) {
        if (text_ == "memory") throw std::bad_alloc();
        if (text_ == "number") throw 42;
        if (text_ == "own") throw decode_error("an address of our own refusal", text_, 3);
        if (text_.find('@') == std::string::npos) throw std::invalid_argument("no @ in " + text_);
    }
    [[nodiscard]] const std::string& value() const { return text_; }
    bool operator==(const email_address&) const = default;

private:
    std::string text_ = "nobody@example.org";
};

struct celsius {
    double degrees = 0, unused = 0;
};

} // namespace

template <> struct howdah::enum_labels<mood> {
    static constexpr std::array<std::pair<mood, std::string_view>, 3> values{
        {{mood::sad, "sad"}, {mood::ok, "ok"}, {mood::happy, "very happy"}}};
};
template <> struct howdah::enum_labels<unlisted> {
    static constexpr std::array<std::pair<unlisted, std::string_view>, 1> values{{{unlisted::here, "here"}}};
};
template <> struct howdah::codec<celsius> : howdah::codec_via<celsius, double> {
    static celsius from_wire(double degrees) {
        if (degrees < -273.15) throw std::out_of_range("colder than cold");
        return {degrees, 0};
    }
    static double to_wire(const celsius& value) { return value.degrees; }
};

TEST_CASE(
    "a string reads what is text by itself in binary, and everything without a plain C++ type as text") {
    const auto binary = [](oid type) { return can_read(codec_for<std::string>, {type, format::binary}); };
    const auto text = [](oid type) { return can_read(codec_for<std::string>, {type, format::text}); };
    for (const oid type :
         {oids::text, oids::varchar, oids::bpchar, oids::name, oids::unknown, oids::json, oids::xml}) {
        CHECK(binary(type));
        CHECK(text(type));
    }
    for (const oid type : {oids::jsonb, oids::numeric, oids::timestamptz, oids::uuid, oids::date,
                           oids::interval, oids::first_user_defined, oid{16500}, oid{1007}}) {
        CHECK_FALSE(binary(type));
        CHECK(text(type));
    }
    for (const oid type : {oids::boolean, oids::int2, oids::int4, oids::int8, oids::oid_type, oids::float4,
                           oids::float8, oids::bytea}) {
        CHECK_FALSE(binary(type));
        CHECK_FALSE(text(type));
    }
}

TEST_CASE("a string is sent only if the server can store it, and the refusal says where but not what") {
    CHECK(encoded(std::string("caf\xC3\xA9"), format::text) == "caf\xC3\xA9");
    CHECK(encoded(std::string_view("view"), format::binary) == "view");
    try {
        (void)encoded(bytes("12345\0s3cret"), format::text);
        FAIL("sent");
    } catch (const usage_error& failure) {
        const std::string what = failure.what();
        CHECK(what.find("NUL byte at offset 5") != std::string::npos);
        CHECK(what.find("s3cret") == std::string::npos);
    }
    try {
        (void)encoded(std::string_view("s3cret\xFF"), format::text);
        FAIL("sent");
    } catch (const usage_error& failure) {
        const std::string what = failure.what();
        CHECK(what.find("not valid UTF-8 at offset 6") != std::string::npos);
        CHECK(what.find("s3cret") == std::string::npos);
    }
    CHECK_THROWS_AS(encoded(json(bytes("\"\0\"")), format::binary), usage_error);
    CHECK_THROWS_AS(encoded(std::vector<std::string>{"ok", "\xFF"}, format::binary), usage_error);
}

TEST_CASE("json reads json and jsonb in both encodings and nothing else") {
    CHECK(from_text<json>(oids::json, "[1]").text() == "[1]");
    CHECK(from_binary<json>(oids::json, "[1]").text() == "[1]");
    CHECK(from_text<json>(oids::jsonb, "[1]").text() == "[1]");
    CHECK(from_binary<json>(oids::jsonb, "\x01[1]").text() == "[1]");
    failure_of<json>({oids::jsonb, format::binary}, "");
    CHECK(failure_of<json>({oids::jsonb, format::binary}, "\x02[1]").offset() == 0);
    for (const oid type : {oids::text, oids::varchar, oids::bytea, oids::first_user_defined})
        for (const auto encoding : {format::text, format::binary})
            CHECK_FALSE(can_read(codec_for<json>, {type, encoding}));
    CHECK(encoded(json("{}"), format::text) == "{}");
    CHECK(encoded(json("{}"), format::binary) == "\x01{}"); // what an array of jsonb holds
    CHECK(json().text() == "null");
}

TEST_CASE("an enum with labels travels as its labels, from text columns and from types of users") {
    for (const oid type :
         {oids::text, oids::varchar, oids::bpchar, oids::name, oids::first_user_defined, oid{20000}})
        for (const auto encoding : {format::text, format::binary})
            CHECK(decoded<mood>({type, encoding}, "very happy") == mood::happy);
    for (const oid type : {oids::int4, oids::bytea, oids::numeric, oids::jsonb})
        CHECK_FALSE(can_read(codec_for<mood>, {type, format::text}));
    CHECK(encoded(mood::happy, format::text) == "very happy");
    CHECK(label_of(mood::sad) == "sad");
    CHECK(enumerator_of<mood>("ok") == mood::ok);
}

TEST_CASE("labels and enumerators that are not listed are refused, without the value in what()") {
    for (const auto* label : {"", "Sad", "sad ", "angry"}) {
        const auto failure = failure_of<mood>({oids::text, format::text}, label);
        CHECK(failure.value() == label);
        CHECK(failure.reason().find("mood") != std::string::npos);
        CHECK(failure.reason().find("angry") == std::string::npos);
    }
    CHECK_THROWS_AS((void)label_of(unlisted::missing), usage_error);
    CHECK_THROWS_AS(encoded(unlisted::missing, format::text), usage_error);
}

TEST_CASE("a struct of one member travels as that member, NULL included where the member can be NULL") {
    CHECK(from_binary<user_id>(oids::int4, bytes("\0\0\1\0")) == user_id{256});
    CHECK(encoded(user_id{7}, format::text) == "7");
    failure_of<user_id>({oids::int4, format::text}, std::nullopt);
    CHECK(decoded<std::optional<user_id>>({oids::int4, format::text}, std::nullopt) == std::nullopt);
    CHECK(decoded<nickname>({oids::text, format::text}, std::nullopt) == nickname{});
    CHECK(from_text<nickname>(oids::text, "Ada") == nickname{"Ada"});
    const nickname none;
    CHECK(codec_for<nickname>.look(&none) == nullptr);
}

TEST_CASE("what a validating class refuses becomes a decode error that quotes it only in full_message()") {
    CHECK(from_text<email_address>(oids::text, "ada@example.org").value() == "ada@example.org");
    CHECK(encoded(email_address("ada@example.org"), format::text) == "ada@example.org");
    const auto failure = failure_of<email_address>({oids::text, format::text}, "s3cret");
    CHECK(failure.reason().starts_with("refused by "));
    CHECK(failure.reason().ends_with("email_address"));
    CHECK(std::string_view(failure.what()).find("s3cret") == std::string_view::npos);
    CHECK(failure.full_message().find("no @ in s3cret") != std::string::npos);
}

TEST_CASE("a decode error of a user's class passes through, anything else it throws is refused by name") {
    const auto own = failure_of<email_address>({oids::text, format::text}, "own");
    CHECK(own.reason() == "an address of our own refusal");
    CHECK(own.offset() == 3);
    CHECK(failure_of<email_address>({oids::text, format::text}, "number").value().empty());
    CHECK_THROWS_AS(from_text<email_address>(oids::text, "memory"), std::bad_alloc);
}

TEST_CASE("a codec through another type reads what that type reads") {
    CHECK(from_text<celsius>(oids::float8, "36.6").degrees == 36.6);
    CHECK(from_binary<celsius>(oids::float4, encoded(1.5F, format::binary)).degrees == 1.5);
    CHECK(encoded(celsius{1.5, 0}, format::text) == "1.5");
    CHECK_FALSE(can_read(codec_for<celsius>, {oids::text, format::text}));
    CHECK(codec<celsius>::parameter_type == oids::float8);
    CHECK(failure_of<celsius>({oids::float8, format::text}, "-300").full_message().find("colder than cold") !=
          std::string::npos);
    failure_of<celsius>({oids::float8, format::text}, "warm");
}

TEST_CASE("types are named as a programmer writes them") {
    CHECK(codec_for<std::optional<std::string>>.name() == "std::optional<std::string>");
    CHECK(codec_for<std::vector<std::optional<std::int32_t>>>.name() ==
          "std::vector<std::optional<std::int32_t>>");
    CHECK(codec_for<std::vector<bool>>.name() == "std::vector<bool>");
    CHECK(codec_for<std::vector<std::byte>>.name() == "std::vector<std::byte>");
    CHECK(codec_for<json>.name() == "howdah::json");
    CHECK(codec_for<std::uint16_t>.name() == "std::uint16_t");
}

// SPDX-License-Identifier: BSL-1.0
//
// Random values through every codec and back, and random damage to what the codecs read. A failure prints its
// seed; HOWDAH_TEST_SEED=seed repeats it.
#include <doctest/doctest.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <howdah/codec.hpp>
#include <howdah/json.hpp>

#include "codec_damage.hpp"

using namespace howdah;
using namespace howdah::tests;

namespace {

enum class mood { sad, ok, odd };

struct user_id {
    std::int64_t value = 0;
    bool operator==(const user_id&) const = default;
};

class short_text {
public:
    short_text() = default;
    explicit short_text(std::string text) : text_(std::move(text)) {
        if (text_.size() > 200) throw std::length_error("long");
    }
    [[nodiscard]] const std::string& value() const { return text_; }
    bool operator==(const short_text&) const = default;

private:
    std::string text_;
};

struct meters {
    double length = 0, unused = 0;
    bool operator==(const meters&) const = default;
};

} // namespace

template <> struct howdah::enum_labels<mood> {
    static constexpr std::array<std::pair<mood, std::string_view>, 3> values{
        {{mood::sad, "sad"}, {mood::ok, "null"}, {mood::odd, "o\"d\\d, {x}"}}};
};
template <> struct howdah::codec<meters> : howdah::codec_via<meters, double> {
    static meters from_wire(double length) { return {length, 0}; }
    static double to_wire(const meters& value) { return value.length; }
};

namespace {

// ---- random values; NaN is left out, as it equals nothing

template <class T> void fill(std::optional<T>& out, seeded& random);
template <class T> void fill(std::vector<T>& out, seeded& random);

void fill(bool& out, seeded& random) {
    out = random.coin();
}
template <detail::plain_integer T> void fill(T& out, seeded& random) {
    out = static_cast<T>(random.integer<std::uint64_t>() >> random.below(64));
    if constexpr (std::same_as<T, std::uint64_t>) out &= INT64_MAX;
    if constexpr (std::is_signed_v<T>) out = random.coin() ? static_cast<T>(-1 - out) : out;
}
template <std::floating_point T> void fill(T& out, seeded& random) {
    using bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
    do out = std::bit_cast<T>(random.integer<bits>());
    while (std::isnan(out));
}
void fill(std::string& out, seeded& random) {
    constexpr std::array<std::string_view, 14> pieces{"a",
                                                      "NULL",
                                                      "\"",
                                                      "\\",
                                                      "{",
                                                      "}",
                                                      ",",
                                                      " ",
                                                      "\n",
                                                      "'",
                                                      "\t",
                                                      "\xC3\xA9",
                                                      "\xE2\x82\xAC",
                                                      "\xF0\x9F\x90\x98"};
    out.clear();
    for (std::size_t left = random.below(12); left > 0; --left) out += pieces[random.below(pieces.size())];
}
void fill(json& out, seeded& random) {
    out = json("[" + std::to_string(random.integer<int>()) + ", {}]");
}
void fill(std::vector<std::byte>& out, seeded& random) {
    out.resize(random.below(40));
    for (auto& each : out) each = static_cast<std::byte>(random.below(256));
}
void fill(mood& out, seeded& random) {
    out = static_cast<mood>(random.below(3));
}
void fill(user_id& out, seeded& random) {
    fill(out.value, random);
}
void fill(short_text& out, seeded& random) {
    std::string text;
    fill(text, random);
    out = short_text(text);
}
void fill(meters& out, seeded& random) {
    fill(out.length, random);
}
template <class T> void fill(std::optional<T>& out, seeded& random) {
    out.reset();
    if (random.below(4) > 0) fill(out.emplace(), random);
}
template <class T> void fill(std::vector<T>& out, seeded& random) {
    out.clear();
    for (std::size_t left = random.below(6); left > 0; --left) {
        T element{};
        fill(element, random);
        out.push_back(std::move(element));
    }
}

// ---- what is done with each type

template <class T> void check_round_trips(std::vector<wire> arrivals) {
    seeded random;
    CAPTURE(random.seed);
    for (const wire from : arrivals) {
        CAPTURE(from.type);
        for (int i = 0; i < 300; ++i) {
            T value{};
            fill(value, random);
            std::optional<std::string> cell;
            if (leaf_of(codec_for<T>, &value)) cell = encoded(value, from.encoding);
            REQUIRE((decoded<T>(from, cell) == value));
        }
    }
}

template <class T> void check_damage(std::vector<wire> arrivals) {
    seeded random;
    CAPTURE(random.seed);
    for (const wire from : arrivals) {
        for (int i = 0; i < 100; ++i) {
            T value{};
            fill(value, random);
            if (leaf_of(codec_for<T>, &value))
                survives_damage<T>(from, encoded(value, from.encoding), random);
        }
    }
}

template <class T> void check(std::vector<wire> arrivals) {
    check_round_trips<T>(arrivals);
    check_round_trips<std::optional<T>>(arrivals);
    check_damage<T>(arrivals);
    check_damage<std::optional<T>>(arrivals);
}

std::vector<wire> both(oid type) {
    return {{type, format::text}, {type, format::binary}};
}

/// A scalar and the vectors of it; arrays of an enum arrive as arrays of text.
template <class T> void check_with_arrays(oid type) {
    check<T>(both(type));
    std::vector<wire> arrivals = both(array_of(type));
    if (codec<detail::leaf_t<T>>::type == oids::inferred) arrivals.pop_back();
    check<std::vector<T>>(arrivals);
    check<std::vector<std::optional<T>>>(arrivals);
}

} // namespace

TEST_CASE("numbers come back as they were sent, and damage to them is a decode error at worst") {
    check_with_arrays<std::int8_t>(oids::int2);
    check_with_arrays<std::uint8_t>(oids::int2);
    check_with_arrays<std::int16_t>(oids::int2);
    check_with_arrays<std::uint16_t>(oids::int4);
    check_with_arrays<std::int32_t>(oids::int4);
    check_with_arrays<std::uint32_t>(oids::int8);
    check_with_arrays<std::int64_t>(oids::int8);
    check_with_arrays<std::uint64_t>(oids::int8);
    check_with_arrays<float>(oids::float4);
    check_with_arrays<double>(oids::float8);
}

TEST_CASE("bool comes back as it was sent, its arrays and those of optionals too") {
    check<bool>(both(oids::boolean));
    check<std::vector<bool>>(both(1000));
    check<std::vector<std::optional<bool>>>(both(1000));
}

TEST_CASE("texts, documents and bytes come back as they were sent") {
    check_with_arrays<std::string>(oids::text);
    check_with_arrays<json>(oids::jsonb);
    check_with_arrays<std::vector<std::byte>>(oids::bytea);
}

TEST_CASE("users' types come back as they were sent") {
    check_with_arrays<mood>(oids::text);
    check_with_arrays<user_id>(oids::int8);
    check_with_arrays<short_text>(oids::text);
    check_with_arrays<meters>(oids::float8);
}

TEST_CASE("a prefix of a binary array is never taken for the array") {
    const std::vector<std::optional<std::string>> value{"one", std::nullopt, "three"};
    const std::string cell = encoded(value, format::binary);
    for (std::size_t size = 0; size < cell.size(); ++size)
        CHECK_FALSE(
            survives<std::vector<std::optional<std::string>>>({1009, format::binary}, cell.substr(0, size)));
    const std::string text = encoded(value, format::text);
    for (std::size_t size = 0; size < text.size(); ++size)
        CHECK_FALSE(
            survives<std::vector<std::optional<std::string>>>({1009, format::text}, text.substr(0, size)));
}

// SPDX-License-Identifier: BSL-1.0
#include <doctest/doctest.h>

#include <random>
#include <string>
#include <vector>

#include <howdah/error.hpp>
#include <howdah/page.hpp>

namespace {

using howdah::usage_error;
using howdah::detail::pack_cursor;
using howdah::detail::unpack_cursor;
using texts = std::vector<std::string>;

constexpr std::string_view order = R"("created_at" DESC, "id")";

TEST_CASE("random values come out of a cursor as they went in") {
    constexpr unsigned seed = 20261121;
    CAPTURE(seed);
    std::mt19937 random(seed);
    for (int i = 0; i < 20'000; ++i) {
        texts values(1 + random() % 4);
        for (auto& value : values)
            for (auto size = random() % 12; size > 0; --size) value += static_cast<char>(random() % 256);
        const auto cursor = pack_cursor(values, order);
        REQUIRE(cursor.find_first_not_of(
                    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") == std::string::npos);
        REQUIRE(unpack_cursor(cursor, order, values.size()) == values);
    }
}

TEST_CASE("a cursor of another order, or of another number of values, is refused") {
    const auto cursor = pack_cursor({"a", "b"}, order);
    CHECK_THROWS_AS((void)unpack_cursor(cursor, R"("created_at", "id")", 2), usage_error);
    CHECK_THROWS_AS((void)unpack_cursor(cursor, "", 2), usage_error);
    CHECK_THROWS_AS((void)unpack_cursor(cursor, order, 1), usage_error);
    CHECK_THROWS_AS((void)unpack_cursor(cursor, order, 3), usage_error);
}

TEST_CASE("text that is no cursor is refused") {
    for (const auto* bad : {"", "A", "=", "not a cursor", "AAAA", "MTIz", "\xC3\xA9"})
        CHECK_THROWS_AS((void)unpack_cursor(bad, order, 1), usage_error);
}

TEST_CASE("every cursor that lost, gained or changed a character is refused, or is another place in the same "
          "order") {
    const texts values{"2026-01-02 03:04:05+00", "17"};
    const auto cursor = pack_cursor(values, order);
    for (std::size_t i = 0; i < cursor.size(); ++i) {
        CHECK_THROWS_AS((void)unpack_cursor(cursor.substr(0, i), order, 2), usage_error);
        auto changed = cursor;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        try {
            const auto other = unpack_cursor(changed, order, 2);
            CHECK(other.size() == 2);
            CHECK(pack_cursor(other, order) == changed);
        } catch (const usage_error&) {
            continue;
        }
    }
    for (const char extra : {'A', '-', '9', '='})
        CHECK_THROWS_AS((void)unpack_cursor(cursor + extra, order, 2), usage_error);
}

TEST_CASE("a size with a leading zero, or beyond the end, is refused") {
    const auto packed = [](const std::string& order_and_values) {
        // A cursor is base64url of the order, a line end, and "size:value" for each value.
        const auto whole = pack_cursor({}, order_and_values); // adds a line end at its end
        return whole;
    };
    CHECK_THROWS_AS((void)unpack_cursor(packed("x\n01:a"), "x", 1), usage_error);
    CHECK_THROWS_AS((void)unpack_cursor(packed("x\n99:a"), "x", 1), usage_error);
    CHECK_THROWS_AS((void)unpack_cursor(packed("x\n18446744073709551615:a"), "x", 1), usage_error);
    CHECK_THROWS_AS((void)unpack_cursor(packed("x\n-1:a"), "x", 1), usage_error);
}

} // namespace

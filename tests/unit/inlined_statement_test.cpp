// SPDX-License-Identifier: BSL-1.0
//
// Values as part of a statement's text: where they go, and where its characters stood before.
#include "inlined_statement.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <howdah/error.hpp>

#include "codec_checks.hpp"
#include "sql_scanner.hpp"
#include "utf8.hpp"

using howdah::detail::inlined_statement;
using howdah::detail::literal_of;
using howdah::detail::sql_token_kind;

namespace {

const std::vector<std::string> two{"('a'::t)", "(NULL::u)"};

std::string inlined(std::string_view text) {
    return inlined_statement(text, two).text();
}

} // namespace

TEST_CASE("a literal says its type, and doubles quotes and backslashes") {
    CHECK(literal_of("", "int4") == "(''::int4)");
    CHECK(literal_of("it's", "\"a\".\"b\"") == "('it''s'::\"a\".\"b\")");
    CHECK(literal_of("\\'", "text") == "(E'\\\\'''::text)");
    CHECK(literal_of(std::nullopt, "text") == "(NULL::text)");
    CHECK_THROWS_AS((void)literal_of(std::string_view("a\0b", 3), "text"), howdah::usage_error);
    CHECK_THROWS_AS((void)literal_of("\xC3", "text"), howdah::usage_error);
}

TEST_CASE("a literal of a domain is the only element of an array") {
    CHECK(howdah::detail::domain_literal_of("", "_d") == "(('{\"\"}'::_d)[1])");
    CHECK(howdah::detail::domain_literal_of("it's", "_d") == "(('{\"it''s\"}'::_d)[1])");
    CHECK(howdah::detail::domain_literal_of(R"(\")", "_d") == R"(((E'{"\\\\\\""}'::_d)[1]))");
    try {
        (void)howdah::detail::domain_literal_of("\"\xC3", "_d");
        FAIL("nothing was thrown");
    } catch (const howdah::usage_error& failure) {
        CHECK(std::string_view(failure.what()).ends_with("at offset 1"));
    }
}

TEST_CASE("parameters outside of quotes and comments become literals") {
    CHECK(inlined("") == "");
    CHECK(inlined("select 1") == "select 1");
    CHECK(inlined("$1,$2+$1") == "('a'::t),(NULL::u)+('a'::t)");
    CHECK(inlined("$01 $001;") == "('a'::t) ('a'::t);");
    CHECK(inlined("$1.5 $1a $1$2") == "('a'::t).5 ('a'::t)a ('a'::t)(NULL::u)");
    for (const auto* const same : {"'$1'", "\"$1\"", "E'\\'$1'", "$$ $1 $$", "$a$ $1 $a$", "a$1", "-- $1",
                                   "/* $1 */", "$3", "$0", "$", "$99999999999999999999999", "'$1"})
        CHECK(inlined(same) == same);
}

TEST_CASE("a text that would be longer than a message is refused") {
    const std::vector<std::string> megabyte{std::string(std::size_t{1} << 20, 'x')};
    std::string text;
    for (int i = 0; i < 40; ++i) text += "$1";
    CHECK(inlined_statement(text, megabyte).text().size() == std::size_t{40} << 20);
    while (text.size() < 2'048) text += text;
    CHECK_THROWS_AS(inlined_statement(text, megabyte), howdah::usage_error);
}

TEST_CASE("characters are found again where they stood before") {
    const inlined_statement some("'é'$1 b $2c", two); // 'é'('a'::t) b (NULL::u)c
    for (std::size_t i = 0; i < 4; ++i) CHECK(some.position_before(i) == i);
    for (std::size_t i = 4; i < 12; ++i) CHECK(some.position_before(i) == 4);
    for (std::size_t i = 12; i < 15; ++i) CHECK(some.position_before(i) == i - 6);
    for (std::size_t i = 15; i < 24; ++i) CHECK(some.position_before(i) == 9);
    CHECK(some.position_before(24) == 11);
    const inlined_statement shorter("$000000000001a", two);
    CHECK(shorter.position_before(9) == 14);
}

TEST_CASE("every token but the parameters stays what it is, and where it is") {
    howdah::tests::seeded random;
    CAPTURE(random.seed);
    constexpr std::array<std::string_view, 24> parts{"$1",  "$2", "$3", "$",  "'",   "\"", "E'", "\\",
                                                     "$a$", "$$", "--", "\n", "/*",  "*/", "a",  "1",
                                                     ".",   "é",  " ",  "''", "U&'", "(",  ")",  ";"};
    const auto tokens_of = [](std::string_view text) {
        struct token {
            sql_token_kind kind;
            std::size_t position;
            std::string_view text;
        };
        std::vector<token> all;
        howdah::detail::sql_scanner scanner(text);
        for (auto one = scanner.next(); one.kind != sql_token_kind::end; one = scanner.next())
            all.push_back({one.kind, howdah::detail::count_characters(text.substr(0, one.first)) + 1,
                           text.substr(one.first, one.last - one.first)});
        return all;
    };
    for (int round = 0; round < 4'000; ++round) {
        std::string text;
        for (auto left = random.below(20); left > 0; --left) text += parts[random.below(parts.size())];
        CAPTURE(text);
        const inlined_statement one(text, two);
        CAPTURE(one.text());
        auto after = tokens_of(one.text());
        auto at = after.begin();
        for (const auto& before : tokens_of(text)) {
            const bool replaced =
                before.kind == sql_token_kind::parameter && (before.text == "$1" || before.text == "$2");
            REQUIRE(at != after.end());
            REQUIRE(one.position_before(at->position) == before.position);
            if (replaced) at += 6; // ( 'a' : : t ), or with NULL
            else {
                REQUIRE(at->kind == before.kind);
                REQUIRE(at->text == before.text);
                ++at;
            }
        }
        CHECK(at == after.end());
    }
}

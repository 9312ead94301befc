// SPDX-License-Identifier: BSL-1.0
#include <doctest/doctest.h>

#include <string>

#include "migration_journal.hpp"

using howdah::detail::read_journal;

namespace {

/// "offset: reason" of the problem, or "".
std::string problem(std::string_view text) {
    const auto read = read_journal(text);
    return read.problem ? std::to_string(read.problem->offset) + ": " + read.problem->reason : "";
}

} // namespace

TEST_CASE("a journal as drizzle-kit writes it") {
    const auto read =
        read_journal("{\n  \"version\": \"7\",\n  \"dialect\": \"postgresql\",\n  \"entries\": [\n    {\n"
                     "      \"idx\": 0,\n      \"version\": \"7\",\n      \"when\": 1716500000000,\n"
                     "      \"tag\": \"0000_shiny\",\n      \"breakpoints\": true\n    }\n  ]\n}\n");
    REQUIRE_FALSE(read.problem);
    CHECK(read.dialect == "postgresql");
    REQUIRE(read.entries.size() == 1);
    CHECK(read.entries[0].tag == "0000_shiny");
    CHECK(read.entries[0].when == 1716500000000);
}

TEST_CASE("members that nobody knows are skipped, of whatever kind they are") {
    const auto read = read_journal(R"({"a": [1, -0.5e+3, {"b": [[], {}]}, "\"]}", null, true], "entries":
        [{"more": {"tag": "no"}, "tag": "\u00e9\u20ac\/\\\n", "when": -5}], "z": false})");
    REQUIRE_FALSE(read.problem);
    CHECK(read.entries.at(0).tag == "\xc3\xa9\xe2\x82\xac/\\\n");
    CHECK(read.entries.at(0).when == -5);
}

TEST_CASE("what is no JSON, or no journal, is refused at its place") {
    CHECK(problem("") == "0: an object is expected");
    CHECK(problem("[]") == "0: an object is expected");
    CHECK(problem("{}") == "2: the journal has no 'entries'");
    CHECK(problem(R"({"entries": [],})") == "15: a string is expected");
    CHECK(problem(R"({"entries": []} x)") == "16: nothing may follow the value");
    CHECK(problem(R"({"entries": [{"tag": "a"}]})") == "25: an entry has a 'tag' and a 'when'");
    CHECK(problem(R"({"entries": [{"tag": "a", "when": 1.5}]})") == "34: a whole number is expected");
    CHECK(problem(R"({"entries": [{"tag": "a", "when": 99999999999999999999}]})") ==
          "34: a whole number is expected");
    CHECK(problem(R"({"entries": [{"tag": 1, "when": 1}]})") == "21: a string is expected");
    CHECK(problem(R"({"entries" [])") == "11: ':' is expected");
    CHECK(problem(R"({"a": 01})") == "8: a value is expected");
    CHECK(problem(R"({"a": nul})") == "6: a value is expected");
    CHECK(problem(R"({"a": 1.})") == "8: a digit is expected");
    CHECK(problem(R"({"a": 1e})") == "8: a digit is expected");
    CHECK(problem(R"({"a": "x)") == "8: the string never ends");
    CHECK(problem("{\"a\": \"\n\"}") == "7: a control character in a string");
    CHECK(problem(R"({"a": "\x"})") == "8: an escape that JSON does not have");
    CHECK(problem(R"({"a": "\u00g0"})") == "8: an escape that JSON does not have");
    CHECK(problem(R"({"a": "\ud800"})") == "12: write the character itself, in UTF-8");
    CHECK(problem("{\"a\": \"\xff\"}") == "7: not UTF-8; save the file as UTF-8 text");
    CHECK(problem("{\"a\": " + std::string(100, '[')).find("nested too deeply") != std::string::npos);
}

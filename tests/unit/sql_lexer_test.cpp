// SPDX-License-Identifier: BSL-1.0
#include <doctest/doctest.h>

#include <array>
#include <random>
#include <string>
#include <vector>

#include "sql_lexer.hpp"

using howdah::detail::read_sql;
using howdah::detail::sql_problem_kind;

namespace {

/// The commands as they would be sent, blank ones left out.
std::vector<std::string> split(std::string_view text) {
    const auto script = read_sql(text);
    REQUIRE_FALSE(script.problem);
    std::vector<std::string> out;
    for (const auto& command : script.commands)
        if (!command.blank()) out.emplace_back(text.substr(command.first, command.last - command.first));
    return out;
}

using texts = std::vector<std::string>;

void check_problem(std::string_view text, sql_problem_kind kind, std::size_t offset) {
    CAPTURE(text);
    const auto script = read_sql(text);
    REQUIRE(script.problem);
    CHECK(script.problem->kind == kind);
    CHECK(script.problem->offset == offset);
    CHECK_FALSE(script.problem->reason.empty());
}

/// A text that the lexer has to take as one command, whatever is in it.
void check_one(std::string_view text) {
    CAPTURE(text);
    CHECK(split(std::string(text) + "; select 2") == texts{std::string(text), "select 2"});
}

} // namespace

TEST_CASE("commands are split at semicolons, without blanks and comments around them") {
    CHECK(split("") == texts{});
    CHECK(split(" \n-- nothing\n/* at all */ ;; ;") == texts{});
    CHECK(split("select 1") == texts{"select 1"});
    CHECK(split("-- a\nselect 1 /* b */ ;\n\n select 2; -- end") == texts{"select 1", "select 2"});
}

TEST_CASE("a semicolon inside quotes does not end a command") {
    check_one("select 'a;b'");
    check_one("select 'it''s; fine'");
    check_one(R"(select 'c:\')"); // a backslash is no escape in a plain string
    check_one(R"(select E'it\'s; fine')");
    check_one(R"(select e'\\')");
    check_one(R"(select E'a''\';')");
    check_one(R"(select U&'d\0061t;a')");
    check_one(R"(select U&'\')"); // nor in one with Unicode escapes
    check_one(R"(select U&"d;a")");
    check_one(R"(select N'a;', B'0', X'1F;')");
    check_one(R"(select "a;""b;")");
    check_one(R"(select type'\')"); // the e belongs to the word before the quote
}

TEST_CASE("a string that goes on on the next line keeps its kind") {
    check_one("select E'a'\n 'it\\'s;'");
    check_one("select E'a' -- more;\n 'it\\'s;'");
    check_one("select 'a'\n 'b\\'");
    CHECK(split("select E'a' 'b\\'; select 2") == texts{"select E'a' 'b\\'", "select 2"}); // same line: no
}

TEST_CASE("a dollar-quoted string ends with its own tag alone") {
    check_one("do $$ begin perform 1; end $$");
    check_one("do $a$ begin execute $$select 1;$$; end $a$");
    check_one("do $a$ $b$ ; $ ; $$ ; $b$a$");
    check_one("do $été$ ; $été$");
    check_one("select $1$$;$$");
    check_one("select tab$le, a$b$c");
    check_one("select $ , 1");
}

TEST_CASE("comments nest and hide everything") {
    check_one("select /* ; /* ' */ ; */ 1");
    check_one("select 1 -- ; '\n + 1");
    check_one("select 1 /*/ ; */ + 2");
    check_one("select 1 /**/ + /***/ 2");
    check_one("select 2 -/* ; */ 1");
}

TEST_CASE("the parentheses of a rule hold their commands together") {
    check_one("create rule r as on insert to t do also (insert into u values (1); delete from v)");
    CHECK(split("select 1); select 2") == texts{"select 1)", "select 2"}); // the server says what is wrong
}

TEST_CASE("the body of a routine in standard SQL is one command") {
    check_one("create function f() returns int begin atomic select 1; select 2; end");
    check_one("CREATE OR REPLACE PROCEDURE p() BEGIN ATOMIC insert into t values (1); END");
    check_one("create function f(a int) returns int begin atomic "
              "select case when a > 1 then case a when 2 then 1 end else 2 end; select 3; end");
    check_one(
        "create function f() returns int begin /* so */ atomic select 1 as end; select t.end from t; end");
    check_one("create function f(i int default case when true then 1 end) returns int return 1");
}

TEST_CASE("only routines have atomic bodies") {
    CHECK(split("create table atomic (a int); select 1") == texts{"create table atomic (a int)", "select 1"});
}

TEST_CASE("identifiers may hold any character beyond ASCII") {
    check_one("select größe, e'\\';', é'\\'");
    check_one("create table 表格 (列 int)");
}

TEST_CASE("what never ends is reported where it begins") {
    check_problem("select 'a; select 2;", sql_problem_kind::unterminated, 7);
    check_problem("select E'a\\'", sql_problem_kind::unterminated, 7);
    check_problem("select E'a\\", sql_problem_kind::unterminated, 7);
    check_problem("select 1;\n /* a /* b */", sql_problem_kind::unterminated, 11);
    check_problem("select \"a\"\"", sql_problem_kind::unterminated, 7);
    check_problem("do $a$ $$ $A$", sql_problem_kind::unterminated, 3);
    check_problem("select (1, (2); select 3;", sql_problem_kind::unterminated, 7);
    check_problem("create function f() returns int begin atomic select 1;", sql_problem_kind::unterminated,
                  38);
}

TEST_CASE("commands that begin or end a transaction are refused") {
    for (const char* text :
         {"begin", "BEGIN isolation level serializable", "commit", "Commit and chain", "end", "abort",
          "start transaction", "rollback", "rollback work", "rollback transaction and chain",
          "prepare transaction 'x'", "commit prepared 'x'", "/* a */ -- b\n begin"}) {
        const std::string before = "select 1;\n";
        const std::string whole(text);
        check_problem(before + whole + "; select 2", sql_problem_kind::own_transaction,
                      before.size() + (whole[0] == '/' ? whole.find("begin") : 0));
        check_problem(before + whole, sql_problem_kind::own_transaction,
                      before.size() + (whole[0] == '/' ? whole.find("begin") : 0));
    }
}

TEST_CASE("words of a transaction elsewhere are no commands") {
    check_one("savepoint a");
    check_one("rollback to a");
    check_one("ROLLBACK WORK TO SAVEPOINT a");
    check_one("rollback transaction to a");
    check_one("prepare q as select 1");
    check_one("do $$ begin commit; end $$");
    check_one("select 'commit;' -- begin;\n , 1");
    check_one("create function f() returns int begin atomic select 1; end");
}

TEST_CASE("commands of psql are refused by name") {
    check_problem("select 1;\n\\i other.sql", sql_problem_kind::meta_command, 10);
    check_problem("select 1 \\gset", sql_problem_kind::meta_command, 9);
    CHECK(read_sql("\\connect other").problem->reason.find("\\connect is a command of psql") == 0);
    CHECK(read_sql("select 1 \\; select 2").problem->reason.find("a backslash outside quotes") == 0);
    CHECK(read_sql("\\restrict x7Qk").problem->reason.find("pg_dump") != std::string::npos);
    CHECK(read_sql("select 1;\n\\unrestrict x7Qk").problem->reason.find("pg_dump") != std::string::npos);
}

TEST_CASE("COPY from the client has its data behind it") {
    const std::string text =
        "copy t (a, b) from stdin; -- two\n1\tit's ;\n-- howdah: no\n\\N\t$$\n\\.\nselect 2";
    const auto script = read_sql(text);
    REQUIRE_FALSE(script.problem);
    REQUIRE(script.commands.size() == 2);
    const auto& copy = script.commands[0];
    CHECK(copy.kind == howdah::detail::sql_command_kind::copy_in);
    CHECK(text.substr(copy.first, copy.last - copy.first) == "copy t (a, b) from stdin");
    CHECK(text.substr(copy.data, copy.data_end - copy.data) == "1\tit's ;\n-- howdah: no\n\\N\t$$\n");
    CHECK(text.substr(copy.end) == "select 2");
    CHECK(script.directives.empty());
    const std::string empty = "COPY t FROM STDIN WITH (format csv, header);\n\\.";
    CHECK(read_sql(empty).commands[0].data == read_sql(empty).commands[0].data_end);
    CHECK_FALSE(read_sql(empty).problem);
    CHECK_FALSE(read_sql("copy t from /* s */ stdout;\n\\.\n").problem); // as the server's grammar has it
    check_one("copy t from '/tmp/stdin'");
    check_one("copy stdin from '/tmp/a'");
    check_one("select a from stdin");
    check_one("copy (select 1 from stdin) to '/tmp/a'");
}

TEST_CASE("COPY that cannot run is refused") {
    const auto stream = sql_problem_kind::copy_stream;
    check_problem(" COPY t FROM STDIN", stream, 1);
    check_problem("copy t from stdin;", stream, 0);
    check_problem("copy t from stdin;\n1\n2\n", stream, 0);
    check_problem("copy t from stdin;\n1\n \\.\n", stream, 0);
    check_problem("copy t from stdin; select 1;\n1\n\\.\n", stream, 19);
    check_problem("copy t from stdin; /* a\n */\n1\n\\.\n", stream, 19);
    check_problem("copy (select 1) to stdout", stream, 0);
    check_problem("copy t to stdin", stream, 0);
    CHECK(read_sql("copy t from stdin; -- howdah: x\n\\.\n").directives.size() == 1);
}

TEST_CASE("a text may be wrapped in one transaction where that is allowed") {
    using howdah::detail::sql_wrapping;
    for (const char* text :
         {"begin; select 1; commit;", "-- a\nSTART TRANSACTION;\ncommit work; -- b", "begin work;end"}) {
        CAPTURE(text);
        CHECK(read_sql(text, sql_wrapping::allowed).wrapped);
        CHECK_FALSE(read_sql(text, sql_wrapping::allowed).problem);
        CHECK(read_sql(text).problem->kind == sql_problem_kind::own_transaction);
    }
    for (const char* text :
         {"begin; select 1", "select 1; commit", "begin; commit; select 1", "begin; rollback",
          "begin; commit; begin; commit", "begin isolation level serializable; select 1; commit",
          "begin; commit and chain"}) {
        CAPTURE(text);
        CHECK(read_sql(text, sql_wrapping::allowed).problem->kind == sql_problem_kind::own_transaction);
    }
    CHECK(read_sql("begin; select '", sql_wrapping::allowed).problem->kind == sql_problem_kind::unterminated);
    CHECK(read_sql("begin; select '").problem->kind == sql_problem_kind::own_transaction);
}

TEST_CASE("strings keep the meaning that the lexer gives them") {
    for (const char* text :
         {"set standard_conforming_strings = off", "SET LOCAL standard_conforming_strings TO 'Off'",
          "set session standard_conforming_strings=0", "set standard_conforming_strings to false"}) {
        CAPTURE(text);
        const auto script = read_sql(text);
        REQUIRE(script.problem);
        CHECK(script.problem->kind == sql_problem_kind::own_strings);
    }
    check_one("SET standard_conforming_strings = on");
    check_one("set escape_string_warning = off");
    check_one("update t set standard_conforming_strings = 0");
}

TEST_CASE("numbers end where the server ends them") {
    check_one("create function f() returns int begin atomic select case when 1=1.end; end");
    check_one("select 1e'\\';', 1.5e-3, .5e1, a[1:2], 1..2");
}

TEST_CASE("the leading words of a command are those before anything else") {
    using howdah::detail::leading_words;
    CHECK(leading_words("/* a */ Create -- b\n UNIQUE index concurrently x on t", 3) ==
          texts{"create", "unique", "index"});
    CHECK(leading_words("select 'a' b", 9) == texts{"select"});
    CHECK(leading_words("", 9) == texts{});
}

TEST_CASE("comments that are directives are found, and only those") {
    const std::string text =
        "-- howdah: transaction=off\n--HOWDAH:x=1\n-- how\nselect '\n-- howdah: no'; /*\n-- howdah: a */";
    const auto script = read_sql(text);
    REQUIRE(script.directives.size() == 2);
    CHECK(script.directives[0].offset == 0);
    CHECK(script.directives[0].text == " transaction=off");
    CHECK(script.directives[1].text == "x=1");
}

TEST_CASE("places count lines and characters, not bytes") {
    const std::string text = "é\nöü x";
    const auto at = howdah::detail::place_of(text, text.find('x'));
    CHECK(at.line == 2);
    CHECK(at.column == 4);
}

namespace {

void check_tiling(std::string_view text) {
    const auto script = read_sql(text);
    std::size_t end = 0;
    for (const auto& command : script.commands) {
        REQUIRE(command.begin == end);
        REQUIRE(command.begin < command.end);
        REQUIRE(command.begin <= command.first);
        REQUIRE(command.first <= command.last);
        REQUIRE(command.last <= command.end);
        if (command.kind == howdah::detail::sql_command_kind::copy_in && !script.problem) {
            REQUIRE(command.last < command.data);
            REQUIRE(command.data <= command.data_end);
            REQUIRE(command.data_end < command.end);
        }
        end = command.end;
    }
    REQUIRE(end == text.size());
    if (script.problem) REQUIRE(script.problem->offset < text.size());
}

} // namespace

TEST_CASE("any bytes are read to their end, and the commands tile them") {
    const auto seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random(seed);
    static constexpr std::array<std::string_view, 36> parts{
        "'",       "\"",       "$$",       "$a$",  "$",      ";",       "(",
        ")",       "--",       "\n",       "/*",   "*/",     "E'",      "\\",
        "\\'",     "begin",    "atomic",   "end",  "case",   "create",  "or",
        "replace", "function", "as",       ".",    " ",      "copy",    "from",
        "stdin",   "U&'",      "\xC3\xA9", "\xFF", "commit", "howdah:", "copy t from stdin;\n",
        "\n\\.\n"};
    for (int round = 0; round < 20'000; ++round) {
        std::string text;
        for (auto left = random() % 40; left > 0; --left)
            if (random() % 8 != 0) text += parts[random() % parts.size()];
            else text += static_cast<char>(random() % 256);
        CAPTURE(text);
        check_tiling(text);
    }
}

TEST_CASE("commands joined by semicolons are split where they were joined") {
    const auto seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random(seed);
    const std::array<std::string, 10> commands{
        "select 1",
        "select 'a;''b'",
        "do $x$ begin; $$;$$ end $x$",
        "select E'\\';'",
        "create table \"a;\" (b int)",
        "create function f() returns int begin atomic select case when true then 1 end; end",
        "create rule r as on insert to t do (select 1; select 2)",
        "select /* ; /* ; */ */ 2",
        "select 1 -- ;\n+ 1",
        "select é from t"};
    const std::array<std::string, 5> gaps{";", " ;\n", "; -- x;\n", "/* ; */ ;\n", ";;"};
    for (int round = 0; round < 2'000; ++round) {
        texts expected;
        std::string text;
        for (auto left = random() % 12; left > 0; --left) {
            expected.push_back(commands[random() % commands.size()]);
            text += expected.back() + gaps[random() % gaps.size()];
        }
        CAPTURE(text);
        REQUIRE(split(text) == expected);
    }
}

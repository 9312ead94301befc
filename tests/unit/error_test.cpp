// SPDX-License-Identifier: BSL-1.0
#include <doctest/doctest.h>

#include <memory>
#include <string>

#include <howdah/error.hpp>

#include "failure_text.hpp"

using namespace howdah;

namespace {

using howdah::test::holds;

constexpr std::string_view secret = "s3cret";

/// An error in which every free text holds the secret.
server_message message_with(std::string_view code) {
    server_message out;
    out.severity = "ERROR";
    out.sqlstate = sqlstate_code(code);
    out.message = "message s3cret";
    out.detail = "detail s3cret";
    out.hint = "hint s3cret";
    out.context = "context s3cret";
    out.statement = "select 's3cret',\n  n\xC3\xA9 from t";
    return out;
}

server_error failure_with(std::string_view code) {
    return server_error(message_with(code));
}

} // namespace

TEST_CASE(
    "what() of a server error names the condition, the names and the place, and no text of the server") {
    server_message message = message_with("23505");
    message.constraint = "users_email_key";
    message.table = "users";
    message.column = "email";
    message.position = 22;
    const server_error failure(message);
    const std::string_view what = failure.what();
    CHECK(holds(what, "unique_violation (23505)"));
    CHECK(holds(what, "constraint \"users_email_key\""));
    CHECK(holds(what, "table \"users\""));
    CHECK(holds(what, "column \"email\""));
    CHECK(holds(what, "at 2:5 of the statement"));
    CHECK(holds(what, "use find or upsert"));
    CHECK_FALSE(holds(what, secret));
    CHECK(failure.constraint() == "users_email_key");
    CHECK(failure.table() == "users");
    CHECK(failure.column() == "email");
}

TEST_CASE("full_message() of a server error adds every text") {
    const std::string full = failure_with("23505").full_message();
    for (const auto* part :
         {"message s3cret", "detail s3cret", "hint s3cret", "context s3cret", "select 's3cret'"})
        CHECK(holds(full, part));
    CHECK(full.starts_with(failure_with("23505").what()));
}

TEST_CASE("the next step fits the code") {
    CHECK(holds(failure_with("40001").what(), "run the transaction again"));
    CHECK(holds(failure_with("40P01").what(), "run the transaction again"));
    CHECK(holds(failure_with("42P01").what(), "has the migration run?"));
    CHECK(holds(failure_with("42501").what(), "grant the privilege"));
    CHECK(holds(failure_with("25P02").what(), "roll back first"));
    CHECK(holds(failure_with("57014").what(), "statement_timeout"));
    CHECK(holds(failure_with("22012").what(), "a value does not fit")); // by its class
    CHECK_FALSE(holds(failure_with("ZZ999").what(), ";"));
    CHECK(holds(failure_with("ZZ999").what(), "condition (ZZ999)"));
}

TEST_CASE("exactly the codes that may succeed again are retryable") {
    for (const auto* code : {"40001", "40P01", "55P03", "57P01", "57P02", "57P03", "53300", "08006", "08000"})
        CHECK_MESSAGE(failure_with(code).retryable(), code);
    for (const auto* code :
         {"23505", "40002", "40003", "42P01", "57014", "57P04", "53100", "25P02", "XX000", "00000"})
        CHECK_MESSAGE(!failure_with(code).retryable(), code);
}

TEST_CASE("exactly the codes and severities that end a session make its connection unusable") {
    for (const auto* code : {"08006", "57P01", "57P02", "57P03", "57P04", "57P05", "25P03"})
        CHECK_MESSAGE(!failure_with(code).connection_usable(), code);
    for (const auto* code : {"23505", "40001", "25006", "25P02", "57014", "55P03", "53300"})
        CHECK_MESSAGE(failure_with(code).connection_usable(), code);
    for (const auto* severity : {"FATAL", "PANIC"}) {
        server_message message = message_with("53300");
        message.severity = severity;
        CHECK_FALSE(server_error(message).connection_usable());
    }
}

TEST_CASE("a place is counted in characters, lines from 1") {
    CHECK(locate("select 1", 1).column == 1);
    CHECK(locate("select 1", 8).column == 8);
    CHECK(locate("n\xC3\xA9 x", 4).column == 4); // e with an accent is one character of two bytes
    const auto second = locate("a\nbc\nd", 4);
    CHECK(second.line == 2);
    CHECK(second.column == 2);
    CHECK(locate("a\nb", 3).line == 2);
    CHECK(locate("a\nb", 99).line == 2); // beyond the end: the end
    CHECK(locate("", 5).line == 1);
}

TEST_CASE("without the statement a place is the character that the server counted") {
    server_message message = message_with("42601");
    message.statement.clear();
    message.position = 12;
    CHECK(holds(server_error(message).what(), "at character 12"));
}

TEST_CASE("control characters from outside cannot reach a terminal or forge a line") {
    server_message message = message_with("P0001");
    message.message = "one\x1B[2J\ntwo: forged\r\x7F\xC2\x9B end";
    message.table = "t\n\x1B";
    const server_error failure(message);
    for (const std::string& text : {failure.full_message(), std::string(failure.what())})
        for (const char* control : {"\x1B", "\r", "\x7F", "\xC2\x9B", "\ntwo"})
            CHECK_FALSE(holds(text, control));
    CHECK(holds(failure.full_message(), "\n    two: forged"));
}

TEST_CASE("texts from outside are cut to 8 KB between characters") {
    server_message message = message_with("P0001");
    message.message = "x";
    for (int i = 0; i < 10000; ++i) message.message += "\xE2\x82\xAC";
    const std::string full = server_error(message).full_message();
    CHECK(full.size() < 9500);
    CHECK(holds(full, "\xE2\x82\xAC... (30001 bytes in all)"));
}

TEST_CASE("a decode error says column, row, reason and offset, and keeps the value for full_message()") {
    const decode_error plain("not a number", "s3cret", 5);
    CHECK(std::string_view(plain.what()) == "not a number (at offset 5)");
    CHECK(plain.row() == decode_error::npos);
    const decode_error placed = plain.at("age", 3);
    CHECK(std::string_view(placed.what()) == "column \"age\", row 3: not a number (at offset 5)");
    CHECK(placed.full_message() == std::string(placed.what()) + "\nvalue: s3cret");
    CHECK(placed.column() == "age");
    CHECK(placed.row() == 3);
    CHECK(placed.offset() == 5);
    CHECK(placed.reason() == "not a number");
    CHECK(placed.value() == "s3cret");
    CHECK(std::string_view(decode_error("bad").at("age").what()) == "column \"age\": bad");
    CHECK(std::string_view(decode_error("bad").at("", 7).what()) == "row 7: bad");
    CHECK(std::string_view(decode_error("bad").at("age", 7).at("", 8).what()) ==
          "column \"age\", row 8: bad");
    CHECK(decode_error("bad").full_message() == "bad");
}

TEST_CASE("a connection error is worth another try unless trying cannot help") {
    using enum connection_failure;
    for (const auto kind :
         {refused, too_many_connections, starting_up, lost, timeout, acquire_timeout, protocol, other})
        CHECK(connection_error(kind, "x").retryable());
    for (const auto kind : {authentication, no_such_database, tls, name_resolution})
        CHECK_FALSE(connection_error(kind, "x").retryable());
    const connection_error unknown(lost, "x", {}, std::nullopt, true);
    CHECK(unknown.commit_unknown());
    CHECK_FALSE(unknown.retryable());
    CHECK_FALSE(unknown.connection_usable());
    CHECK(connection_error(acquire_timeout, "x").connection_usable());
}

TEST_CASE("a connection error keeps the server's text for full_message()") {
    const connection_error failure(connection_failure::authentication, "wrong password", "FATAL: s3cret",
                                   sqlstates::invalid_password);
    CHECK(std::string_view(failure.what()) == "wrong password");
    CHECK(failure.full_message() == "wrong password\nsqlstate: 28P01\nserver: FATAL: s3cret");
}

TEST_CASE("a migration error tells its cause in full only when asked") {
    const migration_error failure(migration_failure::sql, "0001_a.sql failed", "0001_a.sql", 2, 5,
                                  std::make_shared<const server_error>(failure_with("42P01")));
    CHECK(std::string_view(failure.what()) == "0001_a.sql failed");
    CHECK(holds(failure.full_message(), "0001_a.sql failed\n"));
    CHECK(holds(failure.full_message(), "message s3cret"));
    CHECK(migration_error(migration_failure::drift, "changed", "f").full_message() == "changed");
}

TEST_CASE("the questions have safe answers for errors that do not override them") {
    const usage_error failure("no");
    CHECK_FALSE(failure.retryable());
    CHECK(failure.connection_usable());
    CHECK_FALSE(failure.commit_unknown());
    CHECK(failure.full_message() == "no");
    CHECK(row_count_error("two rows", 2).rows() == 2);
}

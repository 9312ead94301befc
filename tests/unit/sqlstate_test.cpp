// SPDX-License-Identifier: BSL-1.0
#include <doctest/doctest.h>

#include <howdah/sqlstate.hpp>

namespace sqlstates = howdah::sqlstates;
using howdah::sqlstate_code;

TEST_CASE("a sqlstate made of anything but five characters is the successful one") {
    CHECK(sqlstate_code("4000") == sqlstate_code());
    CHECK(sqlstate_code("400011") == sqlstate_code());
    CHECK(sqlstate_code("") == sqlstate_code());
    CHECK(sqlstate_code("40001") == sqlstates::serialization_failure);
}

TEST_CASE("a sqlstate knows its text and its class") {
    CHECK(sqlstates::unique_violation.text() == "23505");
    CHECK(sqlstates::unique_violation.condition_class() == "23");
    CHECK(sqlstate_code().text() == "00000");
}

TEST_CASE("every constant carries the code of the condition that it is named after") {
    CHECK(sqlstates::not_null_violation.name() == "not_null_violation");
    CHECK(sqlstates::foreign_key_violation.name() == "foreign_key_violation");
    CHECK(sqlstates::unique_violation.name() == "unique_violation");
    CHECK(sqlstates::check_violation.name() == "check_violation");
    CHECK(sqlstates::exclusion_violation.name() == "exclusion_violation");
    CHECK(sqlstates::active_sql_transaction.name() == "active_sql_transaction");
    CHECK(sqlstates::read_only_sql_transaction.name() == "read_only_sql_transaction");
    CHECK(sqlstates::in_failed_sql_transaction.name() == "in_failed_sql_transaction");
    CHECK(sqlstates::invalid_sql_statement_name.name() == "invalid_sql_statement_name");
    CHECK(sqlstates::invalid_authorization.name() == "invalid_authorization_specification");
    CHECK(sqlstates::invalid_password.name() == "invalid_password");
    CHECK(sqlstates::invalid_catalog_name.name() == "invalid_catalog_name");
    CHECK(sqlstates::serialization_failure.name() == "serialization_failure");
    CHECK(sqlstates::deadlock_detected.name() == "deadlock_detected");
    CHECK(sqlstates::insufficient_privilege.name() == "insufficient_privilege");
    CHECK(sqlstates::syntax_error.name() == "syntax_error");
    CHECK(sqlstates::undefined_column.name() == "undefined_column");
    CHECK(sqlstates::undefined_table.name() == "undefined_table");
    CHECK(sqlstates::duplicate_prepared_statement.name() == "duplicate_prepared_statement");
    CHECK(sqlstates::feature_not_supported.name() == "feature_not_supported");
    CHECK(sqlstates::too_many_connections.name() == "too_many_connections");
    CHECK(sqlstates::lock_not_available.name() == "lock_not_available");
    CHECK(sqlstates::query_canceled.name() == "query_canceled");
    CHECK(sqlstates::admin_shutdown.name() == "admin_shutdown");
    CHECK(sqlstates::crash_shutdown.name() == "crash_shutdown");
    CHECK(sqlstates::cannot_connect_now.name() == "cannot_connect_now");
}

TEST_CASE("the first and the last condition of the list are found, and unknown codes have no name") {
    CHECK(sqlstate_code("00000").name() == "successful_completion");
    CHECK(sqlstate_code("XX002").name() == "index_corrupted");
    CHECK(sqlstate_code("P0001").name() == "raise_exception");
    CHECK(sqlstate_code("00001").name().empty());
    CHECK(sqlstate_code("ZZZZZ").name().empty());
    CHECK(sqlstate_code("23599").name().empty());
}

// SPDX-License-Identifier: BSL-1.0
//
// Every operation, with every one of its allocations failing in turn: only std::bad_alloc comes out, what is stored is
// all or nothing, and the connection works on with the right statements, or says that it is broken.
#include <doctest/doctest.h>

#include "failing_operations.hpp"

namespace {

using namespace howdah;
using namespace howdah::test;

void check_all(std::span<const operation> all) {
    for (const auto& each : all) {
        const std::string name(each.name);
        CAPTURE(name);
        fail_on_connection(each.run, shortage::once, false);
        fail_on_connection(each.run, shortage::once, true);
        fail_on_connection(each.run, shortage::from_then, false);
    }
}

void check_in_transaction(std::span<const operation> all) {
    for (const auto& each : all) {
        const std::string name(each.name);
        CAPTURE(name);
        for (const auto how : {shortage::once, shortage::from_then}) fail_in_transaction(each, how);
    }
}

} // namespace

TEST_CASE("questions survive every allocation that fails") {
    check_all(reading_operations());
}
TEST_CASE("writes survive every allocation that fails") {
    check_all(writing_operations());
}
TEST_CASE("errors survive every allocation that fails") {
    check_all(failing_operations());
}
TEST_CASE("sessions survive every allocation that fails") {
    for (const auto& each : session_operations()) {
        const std::string name(each.name);
        CAPTURE(name);
        for (const auto how : {shortage::once, shortage::from_then})
            for (const bool known : {false, true})
                fail_on_connection(each.run, how, known, each.undone_if_it_throws);
    }
}
TEST_CASE("a transaction tells the truth after every allocation that fails") {
    check_in_transaction(reading_operations());
    check_in_transaction(writing_operations());
    check_in_transaction(failing_operations());
}

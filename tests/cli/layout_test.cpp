// SPDX-License-Identifier: BSL-1.0
//
// What the command says of directories of other tools that it cannot take as they are.
#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "workplace.hpp"

using howdah::test::workplace;

namespace {

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != text.npos;
}

} // namespace

TEST_CASE("steps and callbacks that cannot be run are named before anything is applied") {
    const struct {
        const char *good, *bad, *says;
    } sets[] = {
        {"V1__a.sql", "afterMigrate.sql", "is a callback of Flyway"},
        {"V1__a.sql", "V2__b.java", "is a step of Flyway that is no SQL"},
        {"1_a.sql", "2_b.go", "is a step of goose written in Go"},
        {"20260124153000_a/migration.sql", "20260124153000_a/up.py", nullptr},
    };
    for (const auto& set : sets) {
        const workplace in;
        REQUIRE(in.run("howdah db create").code == 0);
        in.write("migrations/" + std::string(set.good), "-- +goose Up\ncreate table a ();\n");
        in.write("migrations/" + std::string(set.bad), "select 1;\n");
        const auto done = in.run("howdah migrate run");
        CHECK(done.code == 7);
        CHECK_MESSAGE(contains(done.err, "error: migrations/"), done.err);
        if (set.says) CHECK_MESSAGE(contains(done.err, set.bad + std::string(": ") + set.says), done.err);
        CHECK(in.run("psql -X -A -t -c '\\d' \"$DATABASE_URL\"").out.empty());
    }
}

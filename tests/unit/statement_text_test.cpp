// SPDX-License-Identifier: BSL-1.0
//
// The exact SQL of every statement that a repository makes.
#include <doctest/doctest.h>

#include <array>
#include <optional>
#include <string>

#include <howdah/repository.hpp>

namespace {

struct note {
    std::int32_t id = 0;
    std::string body;
    std::int32_t version = 0;
};
struct odd {
    std::int32_t id = 0;
    std::string class_;
    std::string made;
};

} // namespace

template <> struct howdah::table<note> {
    static constexpr auto name = "notes", key = "id", version = "version";
};
template <> struct howdah::table<odd> {
    static constexpr auto schema = "my \"schema\"", name = "t;\"--", key = "i\"d";
    static constexpr std::array<howdah::renamed, 1> renamed{{{"id", "i\"d"}}};
    static constexpr std::array<std::string_view, 1> read_only{"made"};
};

namespace {

namespace sql = howdah::detail;
using columns = std::array<std::string_view, 2>;

constexpr const auto& notes = sql::table_of<note>;
constexpr const auto& odds = sql::table_of<odd>;

const std::string all = R"("id", "body", "version")";
const std::string odd_all = R"("i""d", "class", "made")";
const std::string odd_table = R"("my ""schema"""."t;""--")";

TEST_CASE("a row is selected, inserted, upserted and erased by these statements") {
    CHECK(sql::select_by(notes, "id") == "SELECT " + all + R"( FROM "notes" WHERE "id" = $1)");
    CHECK(sql::insert_text(notes, columns{"id", "body"}) ==
          R"(INSERT INTO "notes" ("id", "body") VALUES ($1, $2) RETURNING )" + all);
    CHECK(sql::insert_text(notes, {}) == R"(INSERT INTO "notes" DEFAULT VALUES RETURNING )" + all);
    CHECK(sql::upsert_text(notes, columns{"id", "body"}, "id") ==
          R"(INSERT INTO "notes" ("id", "body") VALUES ($1, $2) ON CONFLICT ("id") DO UPDATE SET )"
          R"("body" = excluded."body" RETURNING )" +
              all);
    CHECK(sql::upsert_text(notes, columns{"id", "body"}, "body") ==
          R"(INSERT INTO "notes" ("id", "body") VALUES ($1, $2) ON CONFLICT ("body") DO UPDATE SET )"
          R"("body" = excluded."body" RETURNING )" +
              all); // the key is not moved, and DO NOTHING would return no row
    CHECK(sql::erase_text(notes) == R"(DELETE FROM "notes" WHERE "id" = $1 RETURNING )" + all);
}

TEST_CASE("a conditional write is one statement, with the version in it and the row as it is beside it") {
    constexpr std::array<std::string_view, 1> body{"body"};
    const auto text = sql::update_text(notes, body, true);
    CHECK(text.guarded);
    CHECK(text.look_again ==
          R"(SELECT "version" = $2 AS howdah_same_version, )" + all + R"( FROM "notes" WHERE "id" = $1)");
    CHECK(text.write ==
          R"(WITH written AS (UPDATE "notes" SET "body" = $3 WHERE "id" = $1 AND "version" = $2 RETURNING )" +
              all + "), seen AS (" + text.look_again +
              ") SELECT true AS howdah_written, true AS howdah_same_version, " + all +
              " FROM written UNION ALL SELECT false, howdah_same_version, " + all +
              " FROM seen WHERE NOT EXISTS (SELECT FROM written)");
    const auto erase = sql::guarded_erase_text(notes);
    CHECK(erase.look_again == text.look_again);
    CHECK(erase.write.starts_with(
        R"(WITH written AS (DELETE FROM "notes" WHERE "id" = $1 AND "version" = $2 RETURNING )" + all + ")"));
}

TEST_CASE("without a version any row with the key will do, and values are numbered from $2") {
    const auto text = sql::update_text(odds, columns{"class", "made"}, false);
    CHECK_FALSE(text.guarded);
    CHECK(text.write.starts_with("WITH written AS (UPDATE " + odd_table +
                                 R"( SET "class" = $2, "made" = $3 WHERE "i""d" = $1 RETURNING )" + odd_all));
    CHECK(text.look_again ==
          "SELECT true AS howdah_same_version, " + odd_all + " FROM " + odd_table + R"( WHERE "i""d" = $1)");
}

TEST_CASE("with nothing to write the version is compared and no UPDATE is sent") {
    const auto text = sql::update_text(notes, {}, true);
    CHECK(text.write ==
          "SELECT howdah_same_version AS howdah_written, * FROM (" + text.look_again + ") AS seen");
    CHECK(text.write.find("UPDATE") == std::string::npos);
}

TEST_CASE("schema, quotes and columns of other names are in every statement") {
    CHECK(sql::from_table(odds) == " FROM " + odd_table);
    CHECK(sql::select_by(odds, "i\"d") ==
          "SELECT " + odd_all + " FROM " + odd_table + R"( WHERE "i""d" = $1)");
    CHECK(sql::insert_text(odds, columns{"i\"d", "class"}) ==
          "INSERT INTO " + odd_table + R"( ("i""d", "class") VALUES ($1, $2) RETURNING )" + odd_all);
    CHECK(sql::erase_text(odds) == "DELETE FROM " + odd_table + R"( WHERE "i""d" = $1 RETURNING )" + odd_all);
    const std::array<howdah::detail::ordering, 2> order{{{"class", true, false}, {"id", false, false}}};
    CHECK(sql::order_text(odds, order) == R"("class" DESC, "i""d")");
}

TEST_CASE("a whole-row update writes neither key nor version nor what the database fills") {
    CHECK_FALSE(sql::is_written(notes, "id"));
    CHECK_FALSE(sql::is_written(notes, "version"));
    CHECK(sql::is_written(notes, "body"));
    CHECK_FALSE(sql::is_written(odds, "made"));
    CHECK_FALSE(sql::is_written(odds, "i\"d"));
    CHECK(sql::is_written(odds, "class"));
}

} // namespace

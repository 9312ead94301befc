// SPDX-License-Identifier: BSL-1.0
//
// The code of docs/bulk.md.
#include <doctest/doctest.h>

#include <howdah/copy.hpp>

#include "guide_users.hpp"
#include "test_database.hpp"

// [bulk_reading]
struct reading {
    std::int64_t sensor;
    howdah::timestamp taken_at;
    std::optional<double> value;
};
template <> struct howdah::table<reading> {
    static constexpr auto name = "readings", key = "sensor";
};
// [bulk_reading-end]

// [bulk_item]
struct renamed_user {
    user_id id;
    std::int32_t version; // that the change is based on
    std::string name;
};
// [bulk_item-end]

namespace {

howdah::connection with_readings(const howdah::testing::database& data) {
    auto db = data.connect();
    db.run_script("create table readings (sensor bigint primary key, taken_at timestamptz not null default "
                  "now(), value "
                  "double precision)");
    return db;
}
std::vector<reading> some() {
    return {{1, howdah::parse_timestamp("2026-01-01T00:00:00Z"), 20.5},
            {2, howdah::parse_timestamp("2026-01-01T00:00:01Z"), std::nullopt}};
}

TEST_CASE("bulk: rows in by COPY") {
    const auto data = howdah::test::users_database();
    auto db = with_readings(data);
    const auto rows = some();
    // [bulk_copy_in]
    std::size_t stored = howdah::copy_in(db, rows); // any range of structs
    // [bulk_copy_in-end]
    CHECK(stored == 2);
    howdah::execute(db, "truncate readings");
    // [bulk_copy_in_some]
    stored =
        howdah::copy_in(db, {.table = "readings", .schema = "public", .columns = {"sensor", "value"}}, rows);
    // [bulk_copy_in_some-end]
    CHECK(stored == 2);
    howdah::execute(db, "truncate readings");
    const auto lines = rows;
    const auto parse = [](const reading& line) { return line; };
    // [bulk_writer]
    howdah::copy_writer<reading> writer(db);
    for (const auto& line : lines) writer.write(parse(line));
    writer.finish(); // without it nothing is stored
    // [bulk_writer-end]
    const auto report = [](std::string_view, std::optional<std::size_t> row) { CHECK(row == 0); };
    // [bulk_error]
    try {
        howdah::copy_in(db, rows);
    } catch (const howdah::server_error& failure) {
        report(failure.what(), failure.row()); // unique_violation ..., row 0
    }
    // [bulk_error-end]
}

TEST_CASE("bulk: rows out by COPY") {
    const auto data = howdah::test::users_database();
    auto db = with_readings(data);
    howdah::copy_in(db, some());
    // [bulk_copy_out]
    std::vector<reading> all = howdah::copy_out<reading>(db); // the table of the struct
    all = howdah::copy_out<reading>(db, "select * from readings where value > $1", 20.0);
    // [bulk_copy_out-end]
    CHECK(all.size() == 1);
    double sum = 0;
    // [bulk_copy_stream]
    for (const reading& one : howdah::copy_stream<reading>(db, "select * from readings order by taken_at"))
        sum += one.value.value_or(0);
    // [bulk_copy_stream-end]
    CHECK(sum == 20.5);
}

TEST_CASE("bulk: many rows through a repository") {
    const auto data = howdah::test::users_database();
    auto db = data.connect();
    const std::vector<new_user> people{{email_address("ada@x"), "Ada"}, {email_address("bob@x"), "Bob"}};
    const std::vector<new_user> more_people{{email_address("eve@x"), "Eve"}};
    // [bulk_insert_many]
    std::vector<user> stored = users.insert_many(db, people);            // as stored, in the order of people
    std::size_t count = users.insert_many_count(db, more_people);        // the same, nothing read back
    std::vector<user> fresh = users.insert_many_or_skip(db, people);     // those that were not there yet
    std::vector<user> all = users.upsert_many<&user::email>(db, people); // inserted or updated
    // [bulk_insert_many-end]
    CHECK(stored.size() == 2);
    CHECK(stored[1].name == "Bob");
    CHECK(count == 1);
    CHECK(fresh.empty());
    CHECK(all[0].id.value == stored[0].id.value);
}

TEST_CASE("bulk: many conditional updates") {
    const auto data = howdah::test::users_database();
    auto db = data.connect();
    const auto two = users.insert_many(
        db, std::vector<new_user>{{email_address("ada@x"), "Ada"}, {email_address("bob@x"), "Bob"}});
    const std::vector<renamed_user> changes{{two[0].id, 1, "Ada L."}, {two[1].id, 7, "Robert"}};
    const auto retry_with = [](const auto& outcomes) { CHECK(outcomes[1].conflict() != nullptr); };
    // [bulk_update_all]
    auto joint = users.update_all_if_version(db, changes);
    if (!joint) retry_with(joint.outcomes); // nothing was written; these say why
    // [bulk_update_all-end]
    CHECK_FALSE(joint.applied);
    const auto show = [](const user& now) { CHECK(now.name == "Bob"); };
    // [bulk_update_many]
    auto answers = users.update_many_if_version(db, changes); // one answer for each, in the order of changes
    for (const auto& answer : answers)
        if (const auto* stale = answer.conflict()) show(stale->current);
    // [bulk_update_many-end]
    CHECK(answers[0]->name == "Ada L.");
}

} // namespace

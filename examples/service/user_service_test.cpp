// SPDX-License-Identifier: BSL-1.0
//
// The test that belongs to a feature: apply the migrations, upsert seed data, call the service, read back, compare.
// Every case has a PostgreSQL database of its own.
#include <doctest/doctest.h>

#include <howdah/howdah.hpp>
#include <howdah/testing/assertions.hpp>
#include <howdah/testing/database.hpp>

#include <app_migrations.hpp>

#include "user_service.hpp"

namespace {

const new_user ada{.email = email_address("ada@example.org"), .name = "Ada", .picture = "ada.png"};

/// A new database with the schema of migrations/: migrated once, then cloned for every case.
howdah::testing::database users_database() {
    static const howdah::testing::template_database migrated = [] {
        std::string content;
        for (const auto& file : howdah::migration_set(app::migrations)) content += file.checksum;
        return howdah::testing::template_database{"service", content, [](howdah::connection& db) {
                                                      howdah::migrate(db.config(), app::migrations);
                                                  }};
    }();
    return howdah::testing::database{migrated};
}

/// What each case starts with.
struct seeded_users {
    howdah::testing::database own = users_database();
    howdah::pool db{{.connection = own.config()}};
    user_service service{db};
    user seed = users.upsert<&user::email>(db, ada);
};

} // namespace

TEST_CASE_FIXTURE(seeded_users, "the migrations add last_login_at, nullable and indexed newest first") {
    using namespace howdah::testing;
    CHECK(column_exists(db, "users", "last_login_at", {.type = "timestamptz", .nullable = true}));
    CHECK(index_exists(db, "users", {"last_login_at desc"}));
    CHECK_FALSE(seed.last_login_at.has_value());
}

TEST_CASE_FIXTURE(seeded_users, "seed data can be put in again without a second row") {
    const user again = users.upsert<&user::email>(db, ada);
    CHECK(again.id == seed.id);
    CHECK(users.count(db) == 1);
}

TEST_CASE_FIXTURE(seeded_users, "log_in sets the time of the login and returns the row as stored") {
    const user logged_in = service.log_in(ada.email);
    REQUIRE(logged_in.last_login_at.has_value());
    CHECK(*logged_in.last_login_at >= seed.created_at);
    CHECK(logged_in.updated_at > seed.updated_at);
    CHECK(logged_in.version == seed.version + 1);

    const auto read_back = get_user(db, seed.id);
    REQUIRE(read_back.has_value());
    CHECK(read_back->last_login_at == logged_in.last_login_at);
    CHECK(read_back->updated_at == logged_in.updated_at);
    CHECK(read_back->version == logged_in.version);
    CHECK(read_back->created_at == seed.created_at);
    CHECK(read_back->email == ada.email);
    CHECK(read_back->name == ada.name);
    CHECK(read_back->picture == ada.picture);
}

TEST_CASE_FIXTURE(seeded_users, "the texts of to_json are the instants that the repository reads in binary") {
    service.log_in(ada.email);
    const auto by_text = get_user(db, seed.id);
    const user in_binary = users.get(db, seed.id);
    REQUIRE(by_text.has_value());
    CHECK(by_text->created_at == in_binary.created_at);
    CHECK(by_text->updated_at == in_binary.updated_at);
    CHECK(by_text->last_login_at == in_binary.last_login_at);
}

TEST_CASE_FIXTURE(seeded_users, "a login of nobody is refused and changes nothing") {
    CHECK_THROWS_AS(service.log_in(email_address("nobody@example.org")), unknown_user);
    CHECK(get_user(db, seed.id)->version == seed.version);
}

TEST_CASE_FIXTURE(seeded_users, "set_last_login belongs to its caller's transaction") {
    howdah::connection other = own.connect();
    {
        howdah::transaction tx{other};
        CHECK(set_last_login(tx, seed.id)->version == seed.version + 1);
        CHECK(tx.open());
        CHECK(get_user(db, seed.id)->version == seed.version); // not committed: seen by nobody else
    }
    CHECK_FALSE(get_user(db, seed.id)->last_login_at.has_value());

    howdah::transaction tx{other};
    CHECK_FALSE(set_last_login(tx, user_id{howdah::uuid::v7()}).has_value());
}

TEST_CASE_FIXTURE(seeded_users, "sign_up adds and logs in together, or not at all") {
    const user grace = service.sign_up({.email = email_address("grace@example.org"), .name = "Grace"});
    CHECK(grace.version == 2);
    CHECK(grace.last_login_at.has_value());

    // A login that fails takes the insert with it.
    howdah::execute(db, "alter table users add check (last_login_at is null or name <> 'Mallory')");
    CHECK_THROWS_AS(service.sign_up({.email = email_address("mallory@example.org"), .name = "Mallory"}),
                    howdah::server_error);
    CHECK_FALSE(users.find_by<&user::email>(db, email_address("mallory@example.org")).has_value());
    CHECK(users.count(db) == 2);
}

// SPDX-License-Identifier: BSL-1.0
//
// The guide's code about repositories, conditional updates and retries.
#include <doctest/doctest.h>

#include "guide_users.hpp"
#include "test_database.hpp"

namespace {

user insert_ada(howdah::executor& db) {
    return users.insert(db, new_user{.email = email_address("ada@example.org"), .name = "Ada"});
}

struct response {
    int status;
    std::int32_t version = 0;
};

// [http]
response put_name(howdah::executor& db, user_id id, std::int32_t version, const std::string& name) {
    const auto result = users.update_if_version(db, id, version, howdah::set<&user::name>(name));
    switch (result.outcome()) {
    case howdah::update_outcome::updated: return {200, result->version};
    case howdah::update_outcome::conflict: return {409, result.conflict()->current.version};
    case howdah::update_outcome::not_found: return {404};
    case howdah::update_outcome::denied: return {403};
    }
    return {500};
}
// [http-end]

TEST_CASE("guide: rows and domain types") {
    // [to_domain]
    const user_row row{.id = howdah::uuid::v7(),
                       .email = "ada@example.org",
                       .name = "Ada",
                       .picture = std::nullopt,
                       .version = 1,
                       .created_at = "2026-01-24 03:04:05+00",
                       .last_login_at = std::nullopt};
    const user ada = howdah::to_domain<user>(row);
    const user_row back = howdah::to_row<user_row>(ada);
    // [to_domain-end]
    CHECK(ada.email.value() == "ada@example.org");
    CHECK(back.created_at == "2026-01-24T03:04:05Z");
}

TEST_CASE("guide: a repository") {
    const auto database = howdah::test::users_database();
    howdah::connection db = database.connect();
    // [repository]
    user ada = users.insert(db, new_user{.email = email_address("ada@example.org"), .name = "Ada"});
    auto several = users.insert_many(db, std::vector<new_user>{{email_address("bob@example.org"), "Bob"},
                                                               {email_address("eve@example.org"), "Eve"}});

    std::optional<user> maybe = users.find(db, ada.id);
    std::optional<user> known = users.find_by<&user::email>(db, email_address("bob@example.org"));
    user sure = users.get(db, ada.id); // throws row_count_error if there is none
    user either =
        users.upsert<&user::email>(db, new_user{.email = email_address("ada@example.org"), .name = "Ada L."});

    std::size_t all = users.count(db);
    std::optional<user> removed = users.erase(db, several.back().id);
    // [repository-end]
    CHECK(maybe);
    CHECK(known->name == "Bob");
    CHECK(sure.name == "Ada");
    CHECK(either.name == "Ada L.");
    CHECK(all == 3);
    CHECK(removed->name == "Eve");

    // [filters]
    auto found = users.find_all(
        db, {.where = howdah::starts_with<&user::name>("A") && howdah::is_null<&user::last_login_at>(),
             .order_by = {howdah::descending<&user::created_at>()},
             .limit = 10});
    // [filters-end]
    CHECK(found.size() == 1);

    std::size_t pages = 0;
    // [pages]
    howdah::page_request<user> which{.order_by = {howdah::descending<&user::created_at>()}, .size = 50};
    do {
        howdah::page<user> page = users.find_page(db, which);
        for (const user& one : page.items) MESSAGE(one.name);
        which.after = page.next; // text: may go to a browser and come back
        ++pages;
    } while (which.after);
    // [pages-end]
    CHECK(pages == 1);

    // [patch]
    auto patched = users.patch(db, ada.id, user_patch{.picture = std::nullopt}); // the name is left alone
    // [patch-end]
    REQUIRE(patched);
    CHECK(patched->name == "Ada L.");
}

TEST_CASE("guide: a conditional update") {
    const auto database = howdah::test::users_database();
    howdah::connection db = database.connect();
    const user ada = insert_ada(db);
    CHECK(put_name(db, ada.id, ada.version, "Ada L.").status == 200);
    CHECK(put_name(db, ada.id, ada.version, "Lady A.").status == 409);
    CHECK(put_name(db, user_id{howdah::uuid::v7()}, 1, "Nobody").status == 404);

    std::string shown;
    const auto show = [&](const user& now) { shown = now.name; };
    // [conflict]
    auto saved = users.update_if_version(db, ada.id, ada.version, howdah::set<&user::name>("Countess"));
    if (saved) show(*saved);                                             // as stored, with its new version
    else if (const auto* stale = saved.conflict()) show(stale->current); // as it is now
    // [conflict-end]
    CHECK(shown == "Ada L.");
}

TEST_CASE("guide: retry on conflict") {
    const auto database = howdah::test::users_database();
    howdah::pool pool{{.connection = database.config()}};
    const user_id id = insert_ada(pool).id;
    // [retry_on_conflict]
    auto result = howdah::retry_on_conflict(pool, {.attempts = 5}, [&](howdah::transaction& tx) {
        const user now = users.get(tx, id); // read again in every attempt
        return users.update_if_version(tx, id, now.version, howdah::set<&user::name>(now.name + "!"));
    });
    // [retry_on_conflict-end]
    REQUIRE(result);
    CHECK(result->name == "Ada!");
}

} // namespace

// SPDX-License-Identifier: BSL-1.0
//
// Shows: a repository: insert, find by id or email, patch, select, page, erase. The structs are in support/users.hpp.
// Run:   3_repository         (starts a PostgreSQL of its own)
//        DATABASE_URL=postgresql://localhost/app 3_repository
#include <iostream>
#include <variant>

#include <howdah/howdah.hpp>

#include <app_migrations.hpp>
#include <scratch.hpp>
#include <users.hpp>

namespace {

/// Who is meant: by id, or by email.
using identifier = std::variant<user_id, email_address>;

void print(const user& one) {
    std::cout << one.email.value() << ": " << one.name << ", version " << one.version << ", picture "
              << one.picture.value_or("none") << '\n';
}

void use_repository(const example::scratch& place) {
    howdah::migrate(place.config(), app::migrations, {.schema = place.schema()});
    howdah::connection db{place.config()};

    // The database fills in id, version and the instants; every write answers with the row as it is stored.
    const user ada = users.insert(db, new_user{.email = email_address("ada@example.org"), .name = "Ada"});
    print(ada);
    users.insert_many(
        db, std::vector<new_user>{
                {.email = email_address("grace@example.org"), .name = "Grace", .picture = "grace.png"},
                {.email = email_address("alan@example.org"), .name = "Alan"}});

    // find() may find nothing; get() must find something. One function for both kinds of identifier.
    for (const identifier& who : {identifier{ada.id}, identifier{email_address("nobody@example.org")}}) {
        if (const auto found = users.find(db, who)) print(*found);
        else std::cout << "nobody@example.org: not found\n";
    }
    print(users.get(db, ada.id));

    // Only what is named is written. std::nullopt is NULL; a field that is left out stays.
    const auto grace = users.find_by<&user::email>(db, email_address("grace@example.org")).value();
    if (const auto saved =
            users.patch(db, grace.id, user_patch{.name = "Grace Hopper", .picture = std::nullopt}))
        print(*saved);

    // Conditions and orders name members: a misspelt one does not compile.
    const auto starts_with_a = howdah::starts_with<&user::email>("a");
    for (const user& one :
         users.find_all(db, {.where = starts_with_a, .order_by = {howdah::ascending<&user::name>()}}))
        print(one);

    // Pages begin after the last row of the one before, and cost the same however far in.
    howdah::page<user> page;
    do {
        page = users.find_page(
            db, {.order_by = {howdah::descending<&user::email>()}, .size = 2, .after = page.next});
        std::cout << "a page of " << page.items.size() << '\n';
    } while (page.next);

    users.erase(db, ada.id);
    std::cout << users.count(db) << " are left, Ada is " << (users.exists(db, ada.id) ? "there" : "gone")
              << '\n';
}

} // namespace

int main() {
    return example::run(use_repository);
}

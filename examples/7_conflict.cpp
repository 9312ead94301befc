// SPDX-License-Identifier: BSL-1.0
//
// Shows: an update that names the version it is based on, its four answers, and the retry that applies a change again.
// Run:   7_conflict           (starts a PostgreSQL of its own)
//        DATABASE_URL=postgresql://localhost/app 7_conflict
#include <iostream>

#include <howdah/howdah.hpp>

#include <app_migrations.hpp>
#include <scratch.hpp>
#include <users.hpp>

namespace {

/// What a form shows after "save". A conflict is an ordinary value, and carries the row as it is now.
void show(const howdah::update_result<user>& result) {
    if (result) std::cout << "saved as version " << result->version << '\n';
    else if (const auto* stale = result.conflict())
        std::cout << "stale: by now it is version " << stale->current.version << ", " << stale->current.name
                  << '\n';
    else if (result.not_found()) std::cout << "gone\n";
    else if (result.denied()) std::cout << "not allowed\n";
}

void meet_conflicts(const example::scratch& place) {
    howdah::pool db{{.connection = place.config()}};
    howdah::migrate(db, app::migrations, {.schema = place.schema()});
    const user ada = users.insert(db, new_user{.email = email_address("ada@example.org"), .name = "Ada"});

    // Two forms were opened at version 1. The first to save wins; nobody waits, nothing is locked meanwhile.
    show(users.update_if_version(db, ada.id, ada.version, howdah::set<&user::name>("Ada L.")));
    show(users.update_if_version(db, ada.id, ada.version, howdah::set<&user::name>("A. Lovelace")));

    // The same with a patch, and with the whole object, which knows its version.
    show(users.patch(db, ada.id, 2, user_patch{.picture = "ada.png"}));
    user held = users.get(db, ada.id);
    held.name = "Ada Lovelace";
    show(users.update(db, held));
    show(users.update(db, held));

    // A change that fits any version: read, change, write; from the start again whenever somebody was quicker.
    int attempts = 0;
    show(howdah::retry_on_conflict(db, {.attempts = 5}, [&](howdah::transaction& tx) {
        const user now = users.get(tx, ada.id);
        if (++attempts == 1) // somebody else, just in between
            show(users.patch(db, ada.id, user_patch{.picture = "other.png"}));
        return users.update_if_version(tx, ada.id, now.version,
                                       howdah::set<&user::name>(now.name + " again"));
    }));
    std::cout << "after " << attempts << " attempts: " << users.get(db, ada.id).name << '\n';

    // Whatever a client sends, the database counts: a trigger sets the version of every update.
    howdah::execute(db, "update users set version = 99 where id = $1", ada.id);
    std::cout << "version " << users.get(db, ada.id).version << '\n';

    // Removing is a conditional write as well.
    show(users.erase_if_version(db, ada.id, 1));
    show(users.erase_if_version(db, ada.id, 7));
    show(users.update(db, held));
}

} // namespace

int main() {
    return example::run(meet_conflicts);
}

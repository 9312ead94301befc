// SPDX-License-Identifier: BSL-1.0
//
// The program at the top of README.md; docs_test.cpp runs it.
// [hero]
#include <app_migrations.hpp> // the files of migrations/, carried in the program
#include <howdah/howdah.hpp>
#include <iostream>

struct user {
    howdah::uuid id;
    std::string email, name;
    std::optional<std::string> picture; // NULL is std::nullopt, and nothing else is
    std::int32_t version;
    howdah::timestamp created_at; // std::chrono::sys_time in microseconds, always UTC
};
template <> struct howdah::table<user> {
    static constexpr auto name = "users", key = "id", version = "version";
};
struct new_user {
    std::string email, name;
};

int main() {
    howdah::pool db{howdah::pool_config::from_environment()}; // DATABASE_URL, or the file .env
    howdah::migrate(db, app::migrations);                     // each file once, checksummed, locked

    howdah::repository<user> users;
    const user ada = users.insert(db, new_user{.email = "ada@example.org", .name = "Ada"});

    const auto saved = users.update_if_version(db, ada.id, ada.version, howdah::set<&user::name>("Ada L."));
    if (saved) std::cout << "saved as version " << saved->version << '\n';
    else if (const auto* stale = saved.conflict()) std::cout << "stale: " << stale->current.name << '\n';
    else std::cout << "gone\n";
}
// [hero-end]

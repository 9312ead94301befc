// SPDX-License-Identifier: BSL-1.0
//
// A program to begin with: one table, one struct, one stale write. Run it:  build/notes
// Without DATABASE_URL (in the environment, or in .env) it works on a PostgreSQL of its own.
#include <howdah/howdah.hpp>
#include <howdah/testing/cluster.hpp>
#include <iostream>
#include <notes_migrations.hpp> // written by howdah_embed_migrations()

struct note { // what the database returns
    howdah::uuid id;
    std::string text;
    std::int32_t version;
    howdah::timestamp created_at;
};
template <> struct howdah::table<note> {
    static constexpr auto name = "notes", key = "id", version = "version";
};
struct new_note { // what the program knows before the database has seen it
    std::string text;
};

// Your server if DATABASE_URL names one (in the environment or in .env), else one that is thrown away at exit.
howdah::pool_config where() {
    if (howdah::environment::load().get("DATABASE_URL")) return howdah::pool_config::from_environment();
    return {.connection = howdah::testing::shared_cluster().config()};
}

int main() try {
    howdah::pool db{where()};
    howdah::migrate(db, notes::migrations);

    howdah::repository<note> all;
    const note mine = all.insert(db, new_note{.text = "buy bread"});
    (void)all.update_if_version(db, mine.id, mine.version, howdah::set<&note::text>("buy bread and salt"));

    // mine.version is stale by now: the answer is a conflict, with the note as it is.
    const auto late = all.update_if_version(db, mine.id, mine.version, howdah::set<&note::text>("buy milk"));
    if (const auto* stale = late.conflict())
        std::cout << "version " << stale->current.version << " says: " << stale->current.text << '\n';

    for (const note& one : all.find_all(db, {.order_by = {howdah::descending<&note::created_at>()}}))
        std::cout << howdah::format_rfc3339(one.created_at) << "  " << one.text << '\n';
} catch (const howdah::error& failure) {
    std::cerr << failure.what() << '\n'; // names the place and the next step, never a value
    return 1;
}

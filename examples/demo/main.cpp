// SPDX-License-Identifier: BSL-1.0
//
// The main job of howdah in one program: accounts in a real PostgreSQL, and two people who edit the same one at once.
// Run it with scripts/demo. It starts a server and throws it away; DATABASE_URL names another, where it works in a
// schema of its own.
#include <future>
#include <latch>

#include <howdah/howdah.hpp>

#include <app_migrations.hpp>
#include <scratch.hpp>
#include <users.hpp>

#include "narrator.hpp"

namespace {

/// A person with a form on the screen: the row as it was read, and the change typed in.
struct editor {
    std::string name, wish;
    user_patch change;
};

using answer = howdah::update_result<user>;

std::string text(const user& one) {
    return "version " + std::to_string(one.version) + ", " + one.name + ", picture " +
           one.picture.value_or("none");
}

/// Reads the row, waits until the other one has read it too, and writes with the version that was read.
answer read_and_save(howdah::pool db, const editor& who, const user_id& id, std::latch& both_have_read) {
    std::optional<user> seen;
    try {
        seen = users.get(db, id);
    } catch (...) {
        both_have_read.count_down(); // nobody waits for one who cannot come
        throw;
    }
    both_have_read.arrive_and_wait();
    return users.patch(db, id, seen->version, who.change);
}

void set_up(howdah::pool& db, const example::scratch& place, const narrator& say) {
    const std::string whose =
        place.throw_away() ? "thrown away at the end" : "yours, in the schema " + place.schema();
    say.line("", "server",
             "PostgreSQL " + howdah::query_one<std::string>(db, "show server_version") + ", " + whose);
    const auto report = howdah::migrate(db, app::migrations, {.schema = place.schema()});
    for (const auto& done : report.applied) say.line("", "applied", done.file);
}

user_id add_accounts(howdah::pool& db, const narrator& say) {
    const std::vector<new_user> wanted{
        {.email = email_address("ada@example.org"), .name = "Ada"},
        {.email = email_address("edsger@example.org"), .name = "Edsger Dijkstra"},
        {.email = email_address("grace@example.org"), .name = "Grace Hopper"}};
    const auto added = db.transact([&](howdah::transaction& tx) { return users.insert_many(tx, wanted); });
    for (const user& one : added)
        say.line("", "inserted", one.email.value() + ", version " + std::to_string(one.version));
    return added.front().id;
}

/// Both write at once. PostgreSQL decides who was first; the other one is told, and gets the row as it is now.
const editor& race(howdah::pool& db, const user_id& id, const std::array<editor, 2>& editors,
                   const narrator& say) {
    say.heading("Two people edit ada@example.org at once; both have read version 1");
    for (const editor& who : editors) say.line(who.name, "wants", who.wish);

    std::latch both_have_read{2};
    std::array<std::future<answer>, 2> running;
    for (std::size_t i = 0; i < 2; ++i)
        running[i] = std::async(std::launch::async, read_and_save, db, std::cref(editors[i]), id,
                                std::ref(both_have_read));
    const std::array answers{running[0].get(), running[1].get()};

    const std::size_t winner = answers[0] ? 0 : 1;
    const user& saved = answers[winner].value();
    say.success(editors[winner].name, "wrote",
                "the row is version " + std::to_string(saved.version) + " now");

    const editor& loser = editors[1 - winner];
    const auto* stale = answers[1 - winner].conflict();
    if (!stale) throw howdah::usage_error("both writers were told that they wrote: that must never be");
    say.warning(loser.name, "was told",
                "conflict: not version 1 any more, but " + std::to_string(stale->current.version));
    say.line("", "as it is", text(stale->current));
    say.line("", "", "nothing of " + loser.name + "'s change is written, nothing of the other's is lost");
    return loser;
}

void try_again(howdah::pool& db, const user_id& id, const editor& who, const narrator& say) {
    say.heading(who.name + " tries again: reads the row as it is now, applies the same change, writes");
    const auto saved = howdah::retry_on_conflict(db, {.attempts = 5}, [&](howdah::transaction& tx) {
        const user now = users.get(tx, id);
        return users.patch(tx, id, now.version, who.change);
    });
    say.success(who.name, "wrote", "the row is version " + std::to_string(saved.value().version) + " now");
    say.line("", "as it is", text(*saved));
}

void show_page(howdah::pool& db, const narrator& say) {
    const auto page = users.find_page(db, {.order_by = {howdah::ascending<&user::email>()}, .size = 2});
    say.heading("The first two of " + std::to_string(users.count(db)) + " accounts by email");
    say.table(page.items);
    if (page.next) say.line("", "", "... and a cursor for the page that follows");
}

void demo(const example::scratch& place) {
    const narrator say;
    howdah::pool db{{.connection = place.config(), .max_size = 4}};
    set_up(db, place, say);
    const user_id ada = add_accounts(db, say);

    const std::array<editor, 2> editors{{{"anna", "the name Ada Lovelace", {.name = "Ada Lovelace"}},
                                         {"ben", "the picture ada.png", {.picture = "ada.png"}}}};
    try_again(db, ada, race(db, ada, editors, say), say);
    show_page(db, say);

    say.heading("Where to look next");
    say.line("", "this", "examples/demo/main.cpp, and the structs in examples/support/users.hpp");
    say.line("", "then", "examples/1_connect.cpp to examples/7_conflict.cpp, one idea each");
    say.line("", "yours", "examples/starter, a project to copy");
}

} // namespace

int main() {
    return example::run(demo);
}

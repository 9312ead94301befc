// SPDX-License-Identifier: BSL-1.0
//
// Shows: a connection, statements with parameters, single values, and what an error answers.
// Run:   1_connect            (starts a PostgreSQL of its own)
//        DATABASE_URL=postgresql://localhost/app 1_connect
#include <iostream>

#include <howdah/howdah.hpp>

#include <scratch.hpp>

namespace {

void connect(const example::scratch& place) {
    // In a program of yours: howdah::connection db{{.url = "postgresql://localhost/app"}};
    howdah::connection db{place.config()};
    std::cout << "connected to PostgreSQL " << db.server_version() / 10'000 << '\n';

    howdah::execute(db, "create table planets (name text primary key, moons integer not null)");

    // Values travel beside the text, never in it: nothing to quote, nothing to inject.
    const std::string name = "Robert'); drop table planets; --";
    const auto inserted =
        howdah::execute(db, "insert into planets values ($1, $2), ($3, $4)", "Mars", 2, name, 0);
    std::cout << inserted << " rows inserted\n";

    // A type that is no struct is a single column.
    const auto moons =
        howdah::query_one<std::int32_t>(db, "select moons from planets where name = $1", "Mars");
    std::cout << "Mars has " << moons << " moons\n";
    for (const auto& planet : howdah::query<std::string>(db, "select name from planets order by name"))
        std::cout << "  " << planet << '\n';

    // "May be absent" is an optional; "has to be there" is query_one, which throws.
    const auto vulcan =
        howdah::query_optional<std::int32_t>(db, "select moons from planets where name = $1", "Vulcan");
    std::cout << "Vulcan is " << (vulcan ? "there" : "not there") << '\n';

    // Failures are exceptions of a short, closed list. Ask them; never read their texts.
    try {
        howdah::execute(db, "insert into planets values ($1, $2)", "Mars", 3);
    } catch (const howdah::server_error& failure) {
        std::cout << "refused by " << failure.constraint() << " (SQLSTATE " << failure.sqlstate().text()
                  << "), " << (failure.retryable() ? "worth" : "not worth") << " another try\n";
    }
}

} // namespace

int main() {
    return example::run(connect);
}

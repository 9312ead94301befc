// SPDX-License-Identifier: BSL-1.0
//
// Shows: calls composed in their caller's transaction; an interface of the domain and its PostgreSQL form; a savepoint.
// Run:   4_transaction        (starts a PostgreSQL of its own)
//        DATABASE_URL=postgresql://localhost/app 4_transaction
#include <iostream>

#include <howdah/howdah.hpp>

#include <app_migrations.hpp>
#include <scratch.hpp>
#include <users.hpp>

namespace domain {

/// What the domain asks of whoever keeps its users. It knows no database.
class user_directory {
public:
    virtual ~user_directory() = default;
    virtual std::optional<user> by_email(const email_address& email) = 0;
    virtual user add(const new_user& who) = 0;
};

/// A rule of the domain, for any directory: an address is given out once; who asks again gets the account there is.
user join(user_directory& directory, const new_user& who) {
    if (auto known = directory.by_email(who.email)) return *std::move(known);
    return directory.add(who);
}

} // namespace domain

namespace {

/// The directory in PostgreSQL. It works in the transaction that it is given, and neither begins nor ends one.
class postgres_user_directory final : public domain::user_directory {
public:
    explicit postgres_user_directory(howdah::transaction& tx) : tx_(tx) {}
    std::optional<user> by_email(const email_address& email) override {
        return users.find_by<&user::email>(tx_, email);
    }
    user add(const new_user& who) override { return users.insert(tx_, who); }

private:
    howdah::transaction& tx_;
};

void show_count(howdah::executor& db, std::string_view when) {
    std::cout << users.count(db) << " users " << when << '\n';
}

void use_transactions(const example::scratch& place) {
    howdah::migrate(place.config(), app::migrations, {.schema = place.schema()});
    howdah::connection db{place.config()};
    const new_user ada{.email = email_address("ada@example.org"), .name = "Ada"};
    const new_user grace{.email = email_address("grace@example.org"), .name = "Grace"};

    // transact() begins, calls, and commits; whatever is thrown rolls back. What was returned comes out.
    const user joined = howdah::transact(db, [&](howdah::transaction& tx) {
        postgres_user_directory directory{tx};
        domain::join(directory, ada);
        return domain::join(directory, ada); // the same account again
    });
    show_count(db, "after " + joined.name + " joined twice");

    try {
        howdah::transact(db, [&](howdah::transaction& tx) {
            users.insert(tx, grace);
            show_count(tx, "within the transaction");
            throw std::runtime_error("the payment did not go through");
        });
    } catch (const std::runtime_error& reason) {
        show_count(db, std::string("after: ") + reason.what());
    }

    // By hand: rolled back at the end of the scope unless commit() was called. A savepoint does the same for a part.
    howdah::transaction tx{db};
    users.insert(tx, grace);
    {
        howdah::savepoint attempt{tx};
        try {
            users.insert(tx, ada);
            attempt.release();
        } catch (const howdah::server_error& failure) {
            attempt.rollback(); // without it the whole transaction would be lost
            std::cout << "undone: " << failure.constraint() << '\n';
        }
    }
    tx.commit();
    show_count(db, "at the end");
}

} // namespace

int main() {
    return example::run(use_transactions);
}

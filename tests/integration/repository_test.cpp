// SPDX-License-Identifier: BSL-1.0
//
// Every function of a repository against a real table, with a domain type that is not its row.
#include <doctest/doctest.h>

#include <compare>
#include <optional>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

#include <howdah/pool.hpp>
#include <howdah/repository.hpp>
#include <howdah/transaction.hpp>

#include "test_database.hpp"

namespace {

struct person_id {
    std::int64_t value = 0;
    auto operator<=>(const person_id&) const = default;
};

class email_address {
public:
    explicit email_address(std::string text) : text_(std::move(text)) {
        if (text_.find('@') == std::string::npos) throw std::invalid_argument("an e-mail address has an @");
    }
    const std::string& value() const noexcept { return text_; }
    bool operator==(const email_address&) const = default;

private:
    std::string text_;
};

struct person_row {
    std::int64_t id = 0;
    std::string email, name;
    std::optional<std::string> phone;
    std::int32_t rank = 0, version = 0;
    std::string created_at; // as text, so that results come as text
};

struct person {
    person_id id;
    email_address email;
    std::string name;
    std::optional<std::string> phone;
    std::int32_t rank = 0, version = 0;
    howdah::timestamp created_at;
};

struct new_person {
    std::string email, name;
    std::int32_t rank = 0;
};

struct person_changes {
    howdah::change<std::string> name{};
    howdah::change<std::optional<std::string>> phone{};
    howdah::change<std::int32_t> rank{};
};

} // namespace

template <> struct howdah::table<person_row> {
    static constexpr auto name = "people", key = "id", version = "version";
    static constexpr std::array<std::string_view, 1> read_only{"created_at"};
};

namespace {

using howdah::connection;
using howdah::execute;
using howdah::query_one;
using howdah::transaction;

const howdah::repository<person, person_row> people;

struct crowd {
    howdah::testing::database data = howdah::test::users_database();
    connection db = data.connect();

    crowd() {
        db.run_script(
            "create table people (id bigint generated always as identity primary key, email text not null "
            "unique, name text not null, phone text default 'none', rank int not null default 7 check "
            "(rank < 1000), version int not null default 1, created_at timestamptz not null default now(), "
            "updated_at timestamptz not null default now()); select howdah_attach_touch('people')");
    }
    std::int64_t rows() { return query_one<std::int64_t>(db, "select count(*) from people"); }
    person ada() { return people.insert(db, new_person{.email = "ada@x", .name = "Ada", .rank = 1}); }
};

std::vector<new_person> many(std::size_t count) {
    std::vector<new_person> all;
    for (std::size_t i = 0; i < count; ++i)
        all.push_back(
            {.email = std::to_string(i) + "@x", .name = "n", .rank = static_cast<std::int32_t>(i % 900)});
    return all;
}

TEST_CASE_FIXTURE(crowd, "insert() sends the fields of the struct and returns the row as stored") {
    const person ada = this->ada();
    CHECK(ada.id.value == 1);
    CHECK(ada.email.value() == "ada@x");
    CHECK(ada.phone == "none");
    CHECK(ada.version == 1);
    CHECK(ada.created_at == query_one<howdah::timestamp>(db, "select created_at from people"));
    CHECK_THROWS_AS(this->ada(), howdah::server_error);
}

TEST_CASE_FIXTURE(crowd, "insert() leaves out what leaves, so that the database fills it") {
    struct partial {
        email_address email;
        std::string name;
        howdah::change<std::optional<std::string>> phone{};
        howdah::change<std::int32_t> rank{};
    };
    const auto first = people.insert(db, partial{.email = email_address("a@x"), .name = "A"});
    CHECK(first.phone == "none");
    CHECK(first.rank == 7);
    const auto second = people.insert(
        db, partial{.email = email_address("b@x"), .name = "B", .phone = std::nullopt, .rank = 3});
    CHECK_FALSE(second.phone.has_value());
    CHECK(second.rank == 3);
}

TEST_CASE_FIXTURE(crowd, "a row is found by its key, by a unique field, and by a variant of both") {
    const auto ada = this->ada();
    CHECK(people.find(db, ada.id)->name == "Ada");
    CHECK(people.get(db, ada.id).name == "Ada");
    CHECK_FALSE(people.find(db, person_id{99}).has_value());
    CHECK(people.find_by<&person::email>(db, "ada@x")->id == ada.id);
    CHECK(people.find_by<&person_row::email>(db, "ada@x")->id == ada.id);
    CHECK_FALSE(people.find_by<&person::email>(db, "bob@x").has_value());

    using identifier = std::variant<person_id, email_address>;
    CHECK(people.find(db, identifier(ada.id))->id == ada.id);
    CHECK(people.find(db, identifier(email_address("ada@x")))->id == ada.id);
    CHECK_FALSE(people.find(db, identifier(person_id{99})).has_value());
    CHECK_FALSE(people.find(db, identifier(email_address("bob@x"))).has_value());

    try {
        (void)people.get(db, person_id{99});
        FAIL("get() of no row has to throw");
    } catch (const howdah::row_count_error& failure) {
        CHECK(failure.rows() == 0);
    }
    people.insert(db, new_person{.email = "ada2@x", .name = "Ada"});
    CHECK_THROWS_AS((void)people.find_by<&person::name>(db, "Ada"), howdah::row_count_error);
}

TEST_CASE_FIXTURE(crowd, "rows are counted, and asked for") {
    CHECK(people.count(db) == 0);
    const auto ada = this->ada();
    people.insert(db, new_person{.email = "bob@x", .name = "Bob", .rank = 2});
    CHECK(people.count(db) == 2);
    CHECK(people.count(db, howdah::greater<&person::rank>(1)) == 1);
    CHECK(people.exists(db, ada.id));
    CHECK_FALSE(people.exists(db, person_id{99}));
    CHECK(people.exists(db, howdah::equal<&person::name>("Bob")));
    CHECK_FALSE(people.exists(db, howdah::equal<&person::name>("bob")));
}

TEST_CASE_FIXTURE(crowd, "find_all() filters, orders and limits") {
    (void)people.insert_many(db, many(30));
    const auto found =
        people.find_all(db, {.where = howdah::less<&person::rank>(20) && !howdah::less<&person::rank>(10),
                             .order_by = {howdah::descending<&person::rank>()},
                             .limit = 3});
    REQUIRE(found.size() == 3);
    CHECK(found[0].rank == 19);
    CHECK(found[2].rank == 17);
    CHECK(people.find_all(db).size() == 30);
    CHECK(people.find_all(db, {.where = howdah::one_of<&person::rank>({1, 2, 77})}).size() == 2);
    CHECK(people.find_all(db, {.where = howdah::one_of<&person::rank>({})}).empty());
    CHECK(people.find_all(db, {.where = howdah::is_null<&person::phone>()}).empty());
    CHECK(people.find_all(db, {.where = howdah::is_not_null<&person::phone>()}).size() == 30);
    CHECK(people.find_all(db, {.limit = 0}).empty());
}

TEST_CASE_FIXTURE(crowd, "insert_many() returns the rows as stored, in order, also beyond one statement") {
    for (const std::size_t count : {0U, 1U, 3U, 512U, 1300U}) {
        CAPTURE(count);
        execute(db, "truncate people");
        const auto stored = people.insert_many(db, many(count));
        REQUIRE(stored.size() == count);
        bool same = true;
        for (std::size_t i = 0; i < count; ++i)
            same = same && stored[i].email.value() == std::to_string(i) + "@x" && stored[i].version == 1;
        CHECK(same);
        CHECK(rows() == static_cast<std::int64_t>(count));
    }
}

TEST_CASE_FIXTURE(crowd, "insert_many() that fails in the middle stores nothing, on every executor") {
    auto bad = many(1300);
    bad[1299].rank = 5000; // in the last of several statements
    CHECK_THROWS_AS((void)people.insert_many(db, bad), howdah::server_error);
    CHECK(db.state() == howdah::session_state::idle);
    CHECK(rows() == 0);
    howdah::pool pool({.connection = data.config(), .max_size = 1});
    CHECK_THROWS_AS((void)people.insert_many(pool, bad), howdah::server_error);
    CHECK(rows() == 0);
    CHECK(people.insert_many(pool, many(1300)).size() == 1300);
    execute(db, "truncate people");

    transaction tx(db);
    people.insert(tx, new_person{.email = "first@x", .name = "first"});
    howdah::savepoint before(tx);
    CHECK_THROWS_AS((void)people.insert_many(tx, bad), howdah::server_error);
    before.rollback();
    tx.commit();
    CHECK(rows() == 1);
}

TEST_CASE_FIXTURE(crowd, "insert_many() that fails leaves the caller's settings and temporary tables alone") {
    db.run_script(
        "set application_name = 'mine'; create temp table scratch (n int); insert into scratch values (1)");
    auto bad = many(1300);
    bad[1299].rank = 5000;
    CHECK_THROWS_AS((void)people.insert_many(db, bad), howdah::server_error);
    CHECK(query_one<std::string>(db, "select current_setting('application_name')") == "mine");
    CHECK(query_one<std::int32_t>(db, "select n from scratch") == 1);
}

TEST_CASE_FIXTURE(crowd, "upsert() by a unique field inserts once and updates from then on") {
    const auto first =
        people.upsert<&person::email>(db, new_person{.email = "ada@x", .name = "Ada", .rank = 1});
    const auto second =
        people.upsert<&person::email>(db, new_person{.email = "ada@x", .name = "Ada L.", .rank = 2});
    CHECK(second.id == first.id);
    CHECK(second.name == "Ada L.");
    CHECK(second.rank == 2);
    CHECK(second.version == 2);
    CHECK(second.created_at == first.created_at);
    struct only_email {
        std::string email, name;
    };
    CHECK(people.upsert<&person::email>(db, only_email{"ada@x", "A"}).rank == 2);
    CHECK(rows() == 1);
}

TEST_CASE_FIXTURE(crowd, "upsert() by key inserts once and updates from then on") {
    db.run_script("alter table people alter id drop identity");
    struct with_id {
        std::int64_t id = 0;
        std::string email, name;
    };
    CHECK(people.upsert(db, with_id{5, "ada@x", "Ada"}).version == 1);
    const auto second = people.upsert(db, with_id{5, "ada@y", "Ada L."});
    CHECK(second.id.value == 5);
    CHECK(second.email.value() == "ada@y");
    CHECK(second.version == 2);
    CHECK(rows() == 1);
}

TEST_CASE_FIXTURE(crowd, "update() writes every column but the key, the version and the read-only ones") {
    auto ada = this->ada();
    const auto created = ada.created_at;
    ada.name = "Ada L.";
    ada.phone.reset();
    ada.rank = 9;
    ada.created_at = {};
    const auto saved = people.update(db, ada);
    REQUIRE(saved);
    CHECK(saved->name == "Ada L.");
    CHECK_FALSE(saved->phone.has_value());
    CHECK(saved->rank == 9);
    CHECK(saved->version == 2);
    CHECK(saved->created_at == created);
    CHECK(people.update(db, ada).conflict() != nullptr);
    ada.id = person_id{99};
    CHECK(people.update(db, ada).not_found());
}

TEST_CASE_FIXTURE(crowd, "a patch leaves, sets NULL or sets a value, and sends nothing else") {
    const auto ada = this->ada();
    auto saved = people.patch(db, ada.id, person_changes{.phone = "123"});
    REQUIRE(saved);
    CHECK(saved->phone == "123");
    CHECK(saved->name == "Ada");
    saved = people.patch(db, ada.id, 2, person_changes{.name = "Ada L."});
    CHECK(saved->phone == "123");
    CHECK(saved->name == "Ada L.");
    saved = people.patch(db, ada.id, 3, person_changes{.phone = std::nullopt, .rank = 5});
    CHECK_FALSE(saved->phone.has_value());
    CHECK(saved->rank == 5);
    CHECK(saved->version == 4);
    CHECK(people.patch(db, ada.id, 3, person_changes{.rank = 6}).conflict()->current.rank == 5);
    saved = people.patch(db, ada.id, person_changes{});
    CHECK(saved->version == 4); // nothing to write, nothing written
    CHECK(people.patch(db, person_id{99}, person_changes{.rank = 1}).not_found());
}

TEST_CASE_FIXTURE(crowd, "erase() returns the row as it was") {
    const auto ada = this->ada();
    CHECK(people.erase(db, ada.id)->name == "Ada");
    CHECK_FALSE(people.erase(db, ada.id).has_value());
    CHECK(rows() == 0);
    const auto again = this->ada();
    CHECK(people.erase_if_version(db, again.id, 7).conflict()->current.version == 1);
    CHECK(people.erase_if_version(db, again.id, 1)->name == "Ada");
    CHECK(people.erase_if_version(db, again.id, 1).not_found());
}

TEST_CASE_FIXTURE(crowd, "a stored value that the domain type refuses names its field and is not in what()") {
    execute(db, "insert into people (email, name) values ('secret-text', 'x')");
    try {
        (void)people.find_all(db);
        FAIL("an e-mail address without @ has to be refused");
    } catch (const howdah::decode_error& failure) {
        CHECK(failure.column() == "email");
        CHECK(std::string(failure.what()).find("secret-text") == std::string::npos);
    }
}

TEST_CASE_FIXTURE(crowd, "a repository works on a pool, a transaction and a connection alike") {
    howdah::pool pool({.connection = data.config(), .max_size = 1});
    const auto ada = people.insert(pool, new_person{.email = "ada@x", .name = "Ada"});
    CHECK(people.get(pool, ada.id).name == "Ada");
    pool.transact([&](transaction& tx) { CHECK(people.patch(tx, ada.id, person_changes{.name = "A"})); });
    CHECK(people.get(db, ada.id).name == "A");
    {
        transaction tx(db);
        CHECK(people.erase(tx, ada.id).has_value());
    }
    CHECK(people.exists(db, ada.id));
}

} // namespace

// SPDX-License-Identifier: BSL-1.0
//
// What holds for conditional writes beside the matrix of their outcomes: patches, whole rows, two
// writers, versions and times.
#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <thread>

#include <howdah/pool.hpp>
#include <howdah/repository.hpp>
#include <howdah/transaction.hpp>

#include "note_stage.hpp"

namespace {

using howdah::connection;
using howdah::execute;
using howdah::set;
using howdah::transaction;
using howdah::update_outcome;
using howdah::test::note;
using howdah::test::wait_until_blocked;
using stage = howdah::test::note_stage;
using result = howdah::update_result<note>;
using enum update_outcome;

const howdah::repository<note> notes;

TEST_CASE_FIXTURE(stage,
                  "a patch without a version wins every race, and is told what keeps it out all the same") {
    struct changes {
        howdah::change<std::string> body{};
    };
    struct expectation {
        const char *row, *rival;
        update_outcome outcome;
        std::int32_t id = 1;
    };
    const auto config = this->config(writer, "read\\ committed");
    connection db(config);
    for (const auto& now : {
             expectation{"'blue', 'old', false, false, false", nullptr, updated},
             expectation{"'blue', 'old', false, false, false", "update notes set body = 'theirs'", updated},
             expectation{"'blue', 'old', false, false, false", "delete from notes", not_found},
             expectation{"'blue', 'old', true, false, false", nullptr, not_found},
             expectation{"'blue', 'old', false, true, false", nullptr, denied},
             expectation{"'blue', 'old', false, false, true", nullptr, denied},
             expectation{"'blue', 'old', false, false, false", nullptr, not_found, 999},
         }) {
        put(now.row);
        std::optional<result> end;
        rival.run_script("begin");
        if (now.rival) rival.run_script(now.rival);
        {
            std::jthread ours([&] { end = notes.patch(db, now.id, changes{.body = "mine"}); });
            if (now.rival) REQUIRE(wait_until_blocked(admin));
            else ours.join();
            rival.run_script("commit");
        }
        CAPTURE(now.row);
        CHECK(end->outcome() == now.outcome);
        if (*end) CHECK((*end)->version == (now.rival ? 5 : 4));
    }
}

TEST_CASE_FIXTURE(stage, "a patch with nothing to write compares the version and writes nothing") {
    struct changes {
        howdah::change<std::string> body{};
    };
    connection db(config(writer, "read\\ committed"));
    put();
    const auto same = notes.patch(db, 1, 3, changes{});
    REQUIRE(same);
    CHECK(same->version == 3);
    const auto stale = notes.patch(db, 1, 2, changes{});
    REQUIRE(stale.conflict());
    CHECK(stale.conflict()->current.version == 3);
    CHECK(notes.patch(db, 999, 3, changes{}).not_found());
    CHECK(notes.patch(db, 999, changes{}).not_found());
    REQUIRE(notes.patch(db, 1, changes{}));
    CHECK(stored()->version == 3);
}

TEST_CASE_FIXTURE(stage, "update() compares the version that the object carries") {
    connection db(config(writer, "read\\ committed"));
    put();
    note mine = notes.get(db, 1), theirs = mine;
    theirs.body = "theirs";
    REQUIRE(notes.update(db, theirs));
    mine.body = "mine";
    const auto stale = notes.update(db, mine);
    REQUIRE(stale.conflict());
    CHECK(stale.conflict()->current.body == "theirs");
    CHECK(stale.conflict()->current.version == 4);
    CHECK(notes.update(db, stale.conflict()->current)->version == 5);
    CHECK_THROWS_AS((void)stale.value(), howdah::usage_error);
}

TEST_CASE_FIXTURE(stage,
                  "two writers: the slower one is told, and succeeds at version 3 once it has looked again") {
    admin.run_script("insert into notes (id, tenant, body) values (1, 'blue', 'first')");
    connection one(config(writer, "read\\ committed")), two(config(writer, "read\\ committed"));
    const auto seen_by_one = notes.get(one, 1), seen_by_two = notes.get(two, 1);
    CHECK(notes.update_if_version(one, 1, seen_by_one.version, set<&note::body>("one"))->version == 2);
    const auto late = notes.update_if_version(two, 1, seen_by_two.version, set<&note::body>("two"));
    REQUIRE(late.conflict());
    const auto again =
        notes.update_if_version(two, 1, late.conflict()->current.version, set<&note::body>("two"));
    REQUIRE(again);
    CHECK(again->version == 3);
    CHECK(again->body == "two");
}

TEST_CASE_FIXTURE(stage, "the version rises by one, whatever version is written") {
    connection db(config(writer, "read\\ committed"));
    put();
    CHECK(notes.update_if_version(db, 1, 3, set<&note::version>(99))->version == 4);
    CHECK(execute(db, "update notes set version = 99") == 1);
    CHECK(stored()->version == 5);
    CHECK(notes.update_if_version(db, 1, 5, set<&note::body>("a"), set<&note::version>(1))->version == 6);
}

TEST_CASE_FIXTURE(stage, "an older transaction that writes later does not set updated_at back") {
    put();
    const auto updated_at = "select updated_at from notes where id = 1";
    connection old(config(writer, "read\\ committed")), young(config(writer, "read\\ committed"));
    transaction older(old); // its now() stands still from here
    REQUIRE(notes.update_if_version(young, 1, 3, set<&note::body>("young")));
    const auto before = howdah::query_one<howdah::timestamp>(admin, updated_at);
    CHECK(howdah::query_one<bool>(older, "select now() < $1", before));
    REQUIRE(notes.update_if_version(older, 1, 4, set<&note::body>("old")));
    older.commit();
    CHECK(howdah::query_one<howdah::timestamp>(admin, updated_at) > before);
}

TEST_CASE_FIXTURE(stage, "after a lost connection the next one gives the right outcomes") {
    howdah::pool db({.connection = config(writer, "read\\ committed"), .max_size = 1});
    put();
    CHECK(notes.update_if_version(db, 1, 3, set<&note::body>("before"))->version == 4);
    const auto backend = db.acquire()->backend_pid();
    CHECK(howdah::query_one<bool>(admin, "select pg_terminate_backend($1, 5000)", backend));
    const auto once_more = [&](std::int32_t expected) {
        try {
            return notes.update_if_version(db, 1, expected, set<&note::body>("after"));
        } catch (const howdah::connection_error& failure) { // found dead only when it was used
            CHECK(failure.kind() == howdah::connection_failure::lost);
            return notes.update_if_version(db, 1, expected, set<&note::body>("after"));
        }
    };
    CHECK(once_more(3).conflict() != nullptr);
    CHECK(once_more(4)->version == 5);
}

} // namespace

// SPDX-License-Identifier: BSL-1.0
#include "failing_operations.hpp"

#include <cstdlib>
#include <optional>
#include <utility>

namespace howdah::test {

namespace {

// Far more than any operation needs: one that never comes through would be tried for ever.
constexpr std::size_t most_allocations = 3000;
constexpr std::size_t statements_kept = 5;

void check_ending(const ending& of) {
    CAPTURE(of.said);
    CHECK(of.what != ending::kind::wrong);
    CHECK(of.what != ending::kind::other);
}

/// What operations leave in the tables, begun from operation_rows.
struct stored_rows {
    std::string before, after;
};

stored_rows rows_of(const std::function<void()>& run) {
    stored_rows out;
    stage().put();
    out.before = stage().digest();
    run();
    out.after = stage().digest();
    return out;
}

/// Prints how many allocations there were, and how often the connection was lost, if HOWDAH_SHOW_ALLOCATIONS is set.
void show(const char* where, std::size_t allocations, std::size_t lost) {
    if (std::getenv("HOWDAH_SHOW_ALLOCATIONS"))
        MESSAGE(std::string(where), ": ", allocations, " allocations, ", lost, " lost");
}

} // namespace

operation_stage::operation_stage() : data_(fresh_database()), witness_(data_.connect()) {
    witness_.run_script(operation_schema);
    witness_.run_script("set synchronous_commit = off");
}

connection_config operation_stage::config() const {
    auto config = data_.config();
    config.statement_cache_size = statements_kept;
    config.cancel_timeout = std::chrono::milliseconds(200);
    config.on_notice = [](const server_message&) {};
    return config;
}

void operation_stage::put() {
    if (!untouched_.empty() && digest() == untouched_) return;
    witness_.run_script(operation_rows);
    untouched_ = digest();
}

connection_config operation_stage::wrong_config() const {
    auto wrong = config();
    wrong.url.replace(wrong.url.find(data_.name()), data_.name().size(), "no_such_database");
    return wrong;
}

operation_stage& stage() {
    static operation_stage only;
    return only;
}

void check_answers(executor& on) {
    CHECK(query_one<std::int32_t>(on, "select 1") == 1);
    CHECK(query_one<std::string>(on, "select 'right ' || $1::text", "answer") == "right answer");
    // One more may wait to be removed.
    CHECK(query_one<std::int64_t>(on, "select count(*) from pg_prepared_statements") <=
          static_cast<std::int64_t>(statements_kept) + 1);
}

void fail_on_connection(const std::function<bool(connection&)>& run, shortage how, bool known, bool undone) {
    std::optional<connection> db(std::in_place, stage().config());
    const auto rows = rows_of([&] { CHECK(run(*db)); });
    std::size_t nth = 1, lost = 0;
    for (bool failed = true; failed && nth < most_allocations; ++nth) {
        CAPTURE(nth);
        CAPTURE(how);
        CAPTURE(known);
        stage().put();
        if (!known) {
            db->run_script("deallocate all");
            REQUIRE(db->reset(std::chrono::seconds(5)));
        }
        const auto end = run_failing(nth, how, [&] { return run(*db); });
        failed = end.any_failed;
        check_ending(end);
        const auto stored = stage().digest();
        if (end.what == ending::kind::right || undone)
            CHECK(stored == (end.what == ending::kind::right ? rows.after : rows.before));
        else CHECK((stored == rows.before || stored == rows.after));
        if (db->state() == session_state::broken) {
            ++lost;
            CHECK_THROWS_AS(db->run("select 1"), connection_error);
            db.emplace(stage().config());
            if (known) CHECK(run(*db));
            continue;
        }
        REQUIRE(db->state() == session_state::idle);
        check_answers(*db);
        stage().put();
        CHECK(run(*db));
        CHECK(stage().digest() == rows.after);
    }
    CHECK(nth < most_allocations);
    show(known ? "known" : "new", nth - 1, lost);
}

void fail_in_transaction(const operation& what, shortage how) {
    std::optional<connection> db(std::in_place, stage().config());
    const auto rows = rows_of([&] { CHECK(what.run(*db)); });
    std::size_t nth = 1, lost = 0;
    for (bool any_failed = true; any_failed && nth < most_allocations; ++nth) {
        CAPTURE(nth);
        CAPTURE(how);
        stage().put();
        bool applied = false;
        ending end;
        {
            transaction tx(*db);
            execute(tx, "insert into marks values (1)");
            end = run_failing(nth, how, [&] { return what.run(tx); });
            any_failed = end.any_failed;
            check_ending(end);
            const auto state = db->state();
            if (state == session_state::in_transaction) {
                CHECK_FALSE((end.what == ending::kind::right && what.fails_transaction));
                check_answers(tx);
                tx.commit();
                applied = true;
            } else if (state == session_state::failed_transaction) {
                CHECK((end.what == ending::kind::no_memory || what.fails_transaction));
                CHECK_THROWS_AS(execute(tx, "select 1"), server_error);
                CHECK_THROWS_AS(tx.commit(), server_error);
            } else {
                REQUIRE(state == session_state::broken);
                CHECK_THROWS_AS(tx.commit(), connection_error);
            }
        }
        CHECK((execute(stage().witness(), "delete from marks") == 1) == applied);
        const auto stored = stage().digest();
        if (end.what == ending::kind::right && applied) CHECK(stored == rows.after);
        else CHECK((stored == rows.before || (applied && stored == rows.after)));
        if (db->state() == session_state::broken) {
            ++lost;
            db.emplace(stage().config());
            continue;
        }
        REQUIRE(db->state() == session_state::idle);
        check_answers(*db);
    }
    CHECK(nth < most_allocations);
    show("transaction", nth - 1, lost);
}

} // namespace howdah::test

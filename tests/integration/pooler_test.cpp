// SPDX-License-Identifier: BSL-1.0
//
// Behind a pooler that gives every transaction another session of the server: a real pgbouncer.
#include <doctest/doctest.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <howdah/copy.hpp>
#include <howdah/howdah.hpp>
#include <howdah/pipeline.hpp>
#include <howdah/stream.hpp>

#include "pooler.hpp"
#include "test_database.hpp"

namespace {

using howdah::connection;
using howdah::execute;
using howdah::query_one;

constexpr int threads = 4, rounds = 60;

struct entry {
    std::int64_t id = 0;
    std::string text;
    std::int32_t version = 1;
};

} // namespace
template <> struct howdah::table<entry> {
    static constexpr auto name = "entries", key = "id", version = "version";
};
namespace {

/// A server, and a pooler with two of its sessions before it.
struct pooled {
    howdah::testing::database data = howdah::test::fresh_database();
    howdah::test::pooler pooler{data.config(), 2};
};

bool skipped() {
    if (std::getenv("TEST_DATABASE_URL") == nullptr && howdah::test::pooler::is_there()) return false;
    std::printf("SKIPPED: no pgbouncer is installed, or the server is another machine's\n");
    return true;
}

/// Runs work(thread) in several threads at once.
template <class Work> void at_once(Work work) {
    std::vector<std::thread> all;
    for (int i = 0; i < threads; ++i) all.emplace_back(work, i);
    for (auto& each : all) each.join();
}

/// One of everything, as thread number `of`.
void work_through(connection& db, int of, int round) {
    const howdah::repository<entry> entries;
    const std::int64_t id = of * 1000 + round;
    (void)entries.insert(db, entry{.id = id, .text = "new"});
    auto saved = entries.update_if_version(db, id, 1, howdah::set<&entry::text>("changed"));
    if (!saved || saved->text != "changed") throw std::runtime_error("the update was lost");
    if (!entries.update_if_version(db, id, 1, howdah::set<&entry::text>("stale")).conflict())
        throw std::runtime_error("a stale write was not noticed");
    howdah::transact(db, [&](howdah::transaction& in) {
        const auto before = query_one<std::int32_t>(in, "select pg_backend_pid()");
        execute(in, "update entries set text = $1 where id = $2", "in a transaction", id);
        if (query_one<std::int32_t>(in, "select pg_backend_pid()") != before)
            throw std::runtime_error("the session changed inside a transaction");
    });
    howdah::pipeline batch(db);
    const auto one = batch.query_one<int>("select $1::int + 1", of),
               two = batch.query_one<int>("select $1::int + 2", of);
    batch.run();
    if (one.get() != of + 1 || two.get() != of + 2) throw std::runtime_error("answers were exchanged");
    std::int64_t sum = 0;
    for (const auto n : howdah::stream<std::int64_t>(db, "select generate_series(1, $1::bigint)", 100))
        sum += n;
    if (sum != 5050) throw std::runtime_error("a stream lost rows");
    howdah::copy_in(db, std::vector{entry{.id = id + 500, .text = "copied"}});
    const auto copied = howdah::copy_out<std::string>(db, "select text from entries where id = $1", id + 500);
    if (copied != std::vector<std::string>{"copied"})
        throw std::runtime_error("a COPY with a value was lost");
}

} // namespace

TEST_CASE("everything works behind a pooler in transaction mode, with nothing prepared") {
    if (skipped()) return;
    const pooled server;
    connection direct{server.data.config()};
    direct.run_script(
        "create table entries (id bigint primary key, text text not null, version int not null default 1);"
        "create function touch() returns trigger language plpgsql as "
        "'begin new.version := old.version + 1; return new; end';"
        "create trigger touch before update on entries for each row execute function touch()");
    std::atomic<int> done = 0, failed = 0;
    std::string first_failure;
    at_once([&](int of) {
        auto config = server.pooler.config();
        config.prepare_statements = false;
        try {
            connection db{config};
            for (int round = 0; round < rounds; ++round, ++done) work_through(db, of, round);
        } catch (const std::exception& failure) {
            if (failed++ == 0) first_failure = failure.what();
        }
    });
    CAPTURE(first_failure);
    CHECK(failed.load() == 0);
    CHECK(done.load() == threads * rounds);
    CHECK(query_one<std::int64_t>(direct, "select count(*) from entries where version = 3") ==
          threads * rounds);
    CHECK(query_one<std::int64_t>(direct, "select count(*) from entries where text = 'copied'") ==
          threads * rounds);
}

TEST_CASE(
    "where prepared statements are left on before a pooler, a statement may fail but is never another one") {
    if (skipped()) return;
    const pooled server;
    std::atomic<int> right = 0, wrong = 0, refused = 0, other = 0;
    std::string first_other;
    at_once([&](int of) {
        for (int round = 0; round < rounds; ++round) {
            try {
                connection db{server.pooler.config()};
                for (int n = 0; n < 4; ++n) {
                    const auto text = "select " + std::to_string(of * 10 + n % 2) + " + $1::int";
                    (query_one<std::int32_t>(db, text, 1) == of * 10 + n % 2 + 1 ? right : wrong)++;
                }
            } catch (const howdah::server_error& failure) {
                const bool expected = failure.sqlstate() == howdah::sqlstates::invalid_sql_statement_name ||
                                      failure.sqlstate() == howdah::sqlstates::duplicate_prepared_statement;
                if (expected) ++refused;
                else if (other++ == 0) first_other = failure.full_message();
            } catch (const std::exception& failure) {
                if (other++ == 0) first_other = failure.what();
            }
        }
    });
    CAPTURE(first_other);
    MESSAGE(right.load(), " right, ", refused.load(), " refused");
    CHECK(wrong.load() == 0);
    CHECK(other.load() == 0);
    CHECK(right.load() > 0);
    CHECK(refused.load() > 0); // or this test shows nothing
}

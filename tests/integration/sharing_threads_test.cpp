// SPDX-License-Identifier: BSL-1.0
//
// What threads share without knowing: texts and tables that the first user makes, the plan of a statement whose results
// went to other threads, and streams that end elsewhere than they began. These cases also run under ThreadSanitizer.
#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <latch>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <howdah/composite.hpp>
#include <howdah/copy.hpp>
#include <howdah/numeric.hpp>
#include <howdah/pipeline.hpp>
#include <howdah/pool.hpp>
#include <howdah/repository.hpp>
#include <howdah/stream.hpp>
#include <howdah/views.hpp>

#include "test_database.hpp"

namespace {

struct shared_place {
    std::string town;
    std::optional<std::int32_t> number;
};

struct shared_row {
    std::int64_t id = 0;
    std::string text;
    std::optional<std::int32_t> version;
};

struct shared_parts {
    std::vector<shared_place> places;
    howdah::numeric price;
};

struct copied_lines {
    std::int64_t id = 0;
    bool even = false;
    std::string text;
};

struct shared_lines {
    std::int64_t id = 0;
    bool even = false;
    std::string_view text;
};

} // namespace

template <> struct howdah::composite<shared_place> {
    static constexpr auto name = "shared_place";
};

template <> struct howdah::table<shared_row> {
    static constexpr auto name = "shared_rows", key = "id";
};

namespace {

using namespace std::chrono_literals;
using howdah::connection;
using howdah::query;
using howdah::query_one;

constexpr int threads = 8;

howdah::testing::database& data() {
    static auto made = [] {
        auto fresh = howdah::test::fresh_database();
        fresh.connect().run_script(
            "create type shared_place as (town text, number int);"
            "create table shared_rows (id bigint primary key, text text, version int)");
        return fresh;
    }();
    return made;
}

/// `work(number)` in all threads, begun together.
template <class Work> void crew(Work work) {
    std::latch begin(threads);
    std::vector<std::jthread> all;
    for (int i = 0; i < threads; ++i)
        all.emplace_back([&, i] {
            begin.arrive_and_wait();
            work(i);
        });
}

/// Hands values from one thread to another.
template <class T> class handing_over {
public:
    void put(T value) {
        const std::lock_guard held(guard_);
        values_.push_back(std::move(value));
        more_.notify_one();
    }
    T take() {
        std::unique_lock held(guard_);
        more_.wait(held, [&] { return !values_.empty(); });
        auto first = std::move(values_.front());
        values_.pop_front();
        return first;
    }

private:
    std::mutex guard_;
    std::condition_variable more_;
    std::deque<T> values_;
};

constexpr auto* lines =
    "select n as id, n % 2 = 0 as even, 'line ' || n as text from generate_series(1::bigint, 500) n";

} // namespace

TEST_CASE("threads: the first uses of everything at once agree") {
    howdah::pool db({.connection = data().config(), .max_size = threads});
    const howdah::repository<shared_row> rows;
    std::atomic<int> done{0};
    crew([&](int number) {
        const std::int64_t id = number;
        rows.insert(db, shared_row{id, "row " + std::to_string(id), number});
        CHECK(rows.find(db, id)->text == "row " + std::to_string(id));
        rows.upsert(db, shared_row{id, "again", std::nullopt});
        CHECK(rows.get(db, id).text == "again");
        const auto many = query<shared_parts>(
            db,
            "select array[row('x', $1)::shared_place] as places, 1.5 as price from generate_series(1, 50)",
            number);
        CHECK(many.at(49).places.at(0).number == number);
        CHECK(query_one<std::vector<std::optional<std::string>>>(db, "select array['a', null]").size() == 2);
        CHECK(howdah::copy_in(db, {.table = "shared_rows"}, std::vector<shared_row>{{100 + id, "c", 1}}) ==
              1);
        howdah::pipeline batch(db);
        const auto two = batch.query_one<std::int32_t>("select $1::int", number);
        batch.run();
        CHECK(two.get() == number);
        CHECK(rows.erase(db, id));
        ++done;
    });
    CHECK(done == threads);
    CHECK(howdah::copy_out<shared_row>(db, "select * from shared_rows").size() == threads);
    howdah::execute(db, "truncate shared_rows");
}

TEST_CASE("threads: results are read elsewhere while their connection runs the statement again") {
    constexpr int rounds = 200;
    handing_over<std::optional<howdah::row_views<shared_lines>>> answers;
    handing_over<std::optional<std::vector<shared_place>>> places;
    std::atomic<std::size_t> rows{0};
    {
        std::vector<std::jthread> readers;
        for (int i = 0; i < threads; ++i)
            readers.emplace_back([&] {
                while (const auto answer = answers.take()) {
                    std::size_t at = 0;
                    for (const auto& line : *answer)
                        if (line.text == "line " + std::to_string(++at) && line.even == (at % 2 == 0)) ++rows;
                }
            });
        std::optional<connection> db(data().config());
        for (int i = 0; i < rounds; ++i) {
            answers.put(howdah::query_views<shared_lines>(*db, lines));
            // Other readers of the same text replace the plan, which the results keep.
            if (i % 10 == 0) CHECK(query<copied_lines>(*db, lines).size() == 500);
        }
        db.reset(); // what the results refer to stays
        for (int i = 0; i < threads; ++i) answers.put(std::nullopt);
    }
    CHECK(rows == rounds * 500);
}

TEST_CASE("threads: streams of a pool are opened, read and ended by different threads") {
    howdah::pool db({.connection = data().config(), .max_size = threads / 2, .acquire_timeout = 60s});
    handing_over<std::optional<howdah::row_stream<shared_row>>> opened, read;
    std::atomic<int> right{0};
    constexpr int rounds = 60;
    constexpr auto* text =
        "select n as id, 'stream' as text, null::int as version from generate_series(1, $1) n";
    {
        std::vector<std::jthread> all;
        for (int i = 0; i < 3; ++i)
            all.emplace_back([&] { // reads a part
                while (auto rows = opened.take()) {
                    auto at = rows->begin();
                    for (std::int64_t n = 1; n <= 100; ++n, ++at) right += at->id == n;
                    read.put(std::move(rows));
                }
            });
        for (int i = 0; i < 3; ++i)
            all.emplace_back([&] { // ends it: at its last row, by closing, or by destroying it
                for (int n = 0; auto rows = read.take(); ++n) {
                    if (n % 3 == 0)
                        for (const auto& row : *rows) right += row.id == 0;
                    if (n % 3 == 1) rows->close();
                }
            });
        for (int i = 0; i < rounds; ++i)
            opened.put(howdah::stream<shared_row>(db, text, std::int64_t{i % 2 == 0 ? 1'000 : 50'000}));
        for (int i = 0; i < 3; ++i) opened.put(std::nullopt);
        for (int i = 0; i < 3; ++i) all[static_cast<std::size_t>(i)].join();
        for (int i = 0; i < 3; ++i) read.put(std::nullopt);
    }
    CHECK(right == rounds * 100);
    CHECK(db.figures().in_use == 0);
    CHECK(query_one<std::int32_t>(db, "select 1") == 1);
}

TEST_CASE("threads: cancelling from outside meets streams, pipelines and COPY at any moment") {
    connection db(data().config());
    std::atomic<bool> stop{false};
    std::jthread impatient([&] {
        while (!stop) {
            db.cancel();
            std::this_thread::sleep_for(1ms);
        }
    });
    int ended = 0, whole = 0;
    const auto attempt = [&](auto work) {
        try {
            work();
            ++whole;
        } catch (const howdah::server_error& failure) {
            CHECK(failure.sqlstate() == howdah::sqlstates::query_canceled);
            ++ended;
        }
    };
    for (int i = 0; i < 60; ++i) {
        attempt([&] {
            for (const auto& row : howdah::stream<shared_row>(
                     db, "select n as id, '' as text, 1 as version from generate_series(1::bigint, 5000) n"))
                CHECK(row.id > 0);
        });
        attempt([&] {
            howdah::pipeline batch(db);
            for (int n = 0; n < 50; ++n) (void)batch.execute("select $1::int", n);
            batch.run();
        });
        attempt([&] {
            const auto all = howdah::copy_out<std::int64_t>(db, "select generate_series(1::bigint, 5000)");
            CHECK(all.size() == 5'000);
        });
    }
    stop = true;
    impatient.join();
    CHECK(ended + whole == 180);
    CHECK(query_one<std::int32_t>(db, "select 1") == 1);
}

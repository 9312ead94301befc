// SPDX-License-Identifier: BSL-1.0
//
// Shows: rows in and out by COPY, many rows through a repository, and many conditional updates at once.
// Run:   9_bulk               (starts a PostgreSQL of its own)
//        DATABASE_URL=postgresql://localhost/app 9_bulk
#include <iostream>

#include <howdah/copy.hpp>
#include <howdah/howdah.hpp>

#include <scratch.hpp>

struct reading {
    std::int64_t sensor = 0;
    double value = 0;
    std::int32_t version = 1;
};
template <> struct howdah::table<reading> {
    static constexpr auto name = "readings", key = "sensor", version = "version";
};

namespace {

constexpr howdah::repository<reading> readings;

struct correction { // key, expected version, what to write
    std::int64_t sensor;
    std::int32_t version;
    double value;
};

void move_in_bulk(const example::scratch& place) {
    howdah::connection db{place.config()};
    db.run_script(
        "create table readings (sensor bigint primary key, value float8 not null check (value >= 0), "
        "version int not null default 1)");

    // The quickest way in. Any range of structs; all or nothing.
    std::vector<reading> rows;
    for (std::int64_t i = 0; i < 100'000; ++i) rows.push_back({i, static_cast<double>(i) / 2});
    std::cout << howdah::copy_in(db, rows) << " rows copied in\n";

    // What the server refuses has a place, and leaves nothing behind.
    try {
        howdah::copy_in(db, std::vector<reading>{{100'000, 1}, {100'001, -1}});
    } catch (const howdah::server_error& failure) {
        std::cout << "row " << failure.row().value_or(0) << " breaks " << failure.constraint() << '\n';
    }

    // And out: all at once, or one at a time in little memory.
    std::cout << howdah::copy_out<reading>(db).size() << " rows copied out\n";
    double sum = 0;
    for (const reading& one : howdah::copy_stream<reading>(db, "select * from readings where sensor < 10"))
        sum += one.value;
    std::cout << "the first ten sum up to " << sum << '\n';

    // Rows that may be there already.
    const std::vector<reading> mixed{{99'999, 7}, {100'000, 8}};
    std::cout << readings.insert_many_or_skip(db, mixed).size() << " of 2 were new\n";
    std::cout << "upserted: " << readings.upsert_many(db, mixed).front().value << '\n';

    // Many updates, each on the version that it is based on.
    const auto answers = readings.update_many_if_version(
        db, std::vector<correction>{{1, 1, 10.5}, {2, 9, 20.5}, {555'555, 1, 30.5}});
    for (const auto& answer : answers)
        std::cout << (answer ? "saved" : answer.conflict() ? "stale" : "not found") << '\n';
}

} // namespace

int main() {
    return example::run(move_in_bulk);
}

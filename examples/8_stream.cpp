// SPDX-License-Identifier: BSL-1.0
//
// Shows: a result read row by row in little memory, leaving it early, an error after good rows, and all rows decoded
// while they arrive.
// Run:   8_stream             (starts a PostgreSQL of its own)
//        DATABASE_URL=postgresql://localhost/app 8_stream
#include <algorithm>
#include <iostream>

#include <howdah/howdah.hpp>
#include <howdah/stream.hpp>

#include <scratch.hpp>

namespace {

struct reading {
    std::int64_t id;
    std::string station;
    std::optional<double> celsius;
};

void read_streams(const example::scratch& place) {
    howdah::pool db{{.connection = place.config()}};
    howdah::execute(db, "create table readings as select n as id, 'station ' || n % 7 as station, "
                        "case when n % 10 <> 0 then n / 1000.0::float8 end as celsius "
                        "from generate_series(1::bigint, 200000) n");

    // Any number of rows: one struct, read again and again.
    double warmest = 0;
    auto all = howdah::stream<reading>(db, "select * from readings");
    for (const reading& one : all) warmest = std::max(warmest, one.celsius.value_or(0));
    std::cout << all.rows_read() << " rows, the warmest " << warmest << '\n';

    // The stream has one of the pool's connections; others run meanwhile. Leaving cancels the statement.
    for (const reading& one : howdah::stream<reading>(db, "select * from readings order by id")) {
        if (!one.celsius) {
            const auto table = howdah::query_one<std::int64_t>(db, "select count(*) from readings");
            std::cout << "reading " << one.id << " of " << table << " is missing\n";
            break;
        }
    }

    // An error comes where its row would have come: what was read before stays read.
    auto failing = howdah::stream<double>(db, "select 100 / (5000 - id)::float8 from readings");
    try {
        for (const double each : failing) warmest += each;
    } catch (const howdah::server_error& failure) {
        std::cout << "after " << failing.rows_read() << " rows: SQLSTATE " << failure.sqlstate().text()
                  << '\n';
    }

    // A vector, decoded while the server is still sending.
    const auto rows = howdah::query_streamed<reading>(db, "select * from readings where id <= $1", 100'000);
    std::cout << rows.size() << " rows in a vector, the last from " << rows.back().station << '\n';
}

} // namespace

int main() {
    return example::run(read_streams);
}

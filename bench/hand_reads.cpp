// SPDX-License-Identifier: BSL-1.0
//
// By hand: results in binary, whole or row by row.
#include "hand.hpp"

namespace bench::hand {

namespace {

owned_result first_rows(PGconn* db, std::int64_t rows) {
    const one_number limit(rows);
    const char* const value = limit.bytes();
    owned_result all(PQexecPrepared(db, "first", 1, &value, &limit.length, &limit.format, 1));
    expect(db, all.get(), PGRES_TUPLES_OK);
    return all;
}

/// Calls each(result) for every row as it arrives.
template <class Each> void by_single_rows(PGconn* db, std::int64_t rows, Each each) {
    const one_number limit(rows);
    const char* const value = limit.bytes();
    if (!PQsendQueryPrepared(db, "first", 1, &value, &limit.length, &limit.format, 1) ||
        !PQsetSingleRowMode(db))
        die(PQerrorMessage(db));
    while (const owned_result one{PQgetResult(db)}) {
        if (PQresultStatus(one.get()) == PGRES_SINGLE_TUPLE) each(one.get());
        else expect(db, one.get(), PGRES_TUPLES_OK);
    }
}

} // namespace

void fetch(run& here) {
    const auto db = connect();
    prepare(db.get(), "first", select_first);
    here.measure([&] {
        auto answer = first_rows(db.get(), here.size());
        const auto all = read_all(answer.get());
        answer.reset();
        here.take(all);
    });
}

void fetch_streamed(run& here) {
    const auto db = connect();
    prepare(db.get(), "first", select_first);
    here.measure([&] {
        std::vector<account> all;
        by_single_rows(db.get(), here.size(),
                       [&](const PGresult* one) { read<into_row::fresh>(one, 0, all.emplace_back()); });
        here.take(all);
    });
}

void stream(run& here) {
    const auto db = connect();
    prepare(db.get(), "first", select_first);
    here.measure([&] {
        account row;
        by_single_rows(db.get(), here.size(), [&](const PGresult* one) {
            read<into_row::used>(one, 0, row);
            here.take(row);
        });
    });
}

void views(run& here) {
    const auto db = connect();
    prepare(db.get(), "first", select_first);
    here.measure([&] {
        const auto answer = first_rows(db.get(), here.size());
        const auto* const from = answer.get();
        const int count = PQntuples(from);
        for (int i = 0; i < count; ++i) {
            account_view row;
            std::memcpy(static_cast<void*>(&row.id), PQgetvalue(from, i, 0), 16);
            row.tenant = static_cast<std::int64_t>(load64(PQgetvalue(from, i, 1)));
            row.email = text(from, i, 2);
            row.name = text(from, i, 3);
            if (!PQgetisnull(from, i, 4)) row.picture = text(from, i, 4);
            row.version = static_cast<std::int32_t>(load32(PQgetvalue(from, i, 5)));
            here.take(row);
        }
    });
}

} // namespace bench::hand

// SPDX-License-Identifier: BSL-1.0
#include "hand.hpp"

namespace bench::hand {

owned_connection connect() {
    owned_connection db(PQconnectdb(url()));
    if (PQstatus(db.get()) != CONNECTION_OK) die(PQerrorMessage(db.get()));
    return db;
}

void expect(PGconn* db, const PGresult* result, ExecStatusType status) {
    if (PQresultStatus(result) != status)
        die(std::string("by hand: ") + PQresStatus(PQresultStatus(result)) + ": " + PQerrorMessage(db));
}

void prepare(PGconn* db, const char* name, const char* sql) {
    const owned_result done(PQprepare(db, name, sql, 0, nullptr));
    expect(db, done.get(), PGRES_COMMAND_OK);
}

void execute(PGconn* db, const char* sql) {
    const owned_result done(PQexec(db, sql));
    expect(db, done.get(), PGRES_COMMAND_OK);
}

} // namespace bench::hand

int main(int count, char** arguments) {
    using namespace bench::hand;
    static constexpr bench::line lines[] = {
        {"fetch", fetch},
        {"fetch-streamed", fetch_streamed},
        {"fetch-copy", fetch_copy},
        {"views", views},
        {"views-copy", views_copy},
        {"stream", stream},
        {"stream-copy", stream_copy},
        {"text", text_fallback},
        {"point", point},
        {"pipeline", pipeline},
        {"copy-in", copy_in},
        {"insert-unnest", insert_unnest},
        {"insert-returning", insert_returning},
    };
    return bench::main_of(lines, count, arguments);
}

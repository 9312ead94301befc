// SPDX-License-Identifier: BSL-1.0
#include "hand_written.hpp"

#include <libpq-fe.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace bench {

namespace {

constexpr std::int64_t epoch_us = 946'684'800'000'000; // 2000-01-01, in microseconds since 1970

struct clear {
    void operator()(pg_result* result) const noexcept { PQclear(result); }
};
using owned_result = std::unique_ptr<pg_result, clear>;

[[noreturn]] void die(const char* message) {
    std::fprintf(stderr, "hand-written: %s\n", message);
    std::exit(1);
}

std::uint64_t load64(const char* from) noexcept {
    std::uint64_t value;
    std::memcpy(&value, from, sizeof value);
    return __builtin_bswap64(value);
}
std::uint32_t load32(const char* from) noexcept {
    std::uint32_t value;
    std::memcpy(&value, from, sizeof value);
    return __builtin_bswap32(value);
}
howdah::timestamp load_time(const char* from) noexcept {
    return howdah::timestamp{std::chrono::microseconds{static_cast<std::int64_t>(load64(from)) + epoch_us}};
}
std::string_view text(const PGresult* from, int row, int column) noexcept {
    return {PQgetvalue(from, row, column), static_cast<std::size_t>(PQgetlength(from, row, column))};
}

void read(const PGresult* from, int row, account& into) {
    std::memcpy(static_cast<void*>(&into.id), PQgetvalue(from, row, 0), 16);
    into.tenant = static_cast<std::int64_t>(load64(PQgetvalue(from, row, 1)));
    into.email.assign(text(from, row, 2));
    into.name.assign(text(from, row, 3));
    if (!PQgetisnull(from, row, 4)) into.picture.emplace(text(from, row, 4));
    into.version = static_cast<std::int32_t>(load32(PQgetvalue(from, row, 5)));
    into.score = std::bit_cast<double>(load64(PQgetvalue(from, row, 6)));
    into.active = *PQgetvalue(from, row, 7) != 0;
    into.created_at = load_time(PQgetvalue(from, row, 8));
    into.updated_at = load_time(PQgetvalue(from, row, 9));
    if (!PQgetisnull(from, row, 10)) into.last_login_at = load_time(PQgetvalue(from, row, 10));
}

void prepare(PGconn* connection, const char* name, const char* sql) {
    const owned_result done(PQprepare(connection, name, sql, 0, nullptr));
    if (PQresultStatus(done.get()) != PGRES_COMMAND_OK) die(PQerrorMessage(connection));
}

owned_result run(PGconn* connection, const char* name, const char* value, int length) {
    constexpr int binary = 1;
    owned_result rows(PQexecPrepared(connection, name, 1, &value, &length, &binary, binary));
    if (PQresultStatus(rows.get()) != PGRES_TUPLES_OK) die(PQerrorMessage(connection));
    return rows;
}

} // namespace

void hand_written::close::operator()(pg_conn* connection) const noexcept {
    PQfinish(connection);
}

hand_written::hand_written(const char* url) : connection_(PQconnectdb(url)) {
    if (PQstatus(connection_.get()) != CONNECTION_OK) die(PQerrorMessage(connection_.get()));
    prepare(connection_.get(), "first", select_first);
    prepare(connection_.get(), "one", select_one);
}

std::vector<account> hand_written::first(std::int64_t rows) {
    const auto wire = __builtin_bswap64(static_cast<std::uint64_t>(rows));
    const auto answer = run(connection_.get(), "first", reinterpret_cast<const char*>(&wire), sizeof wire);
    const int count = PQntuples(answer.get());
    std::vector<account> all(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) read(answer.get(), i, all[static_cast<std::size_t>(i)]);
    return all;
}

account hand_written::one(const howdah::uuid& id) {
    const auto answer = run(connection_.get(), "one", reinterpret_cast<const char*>(id.bytes().data()), 16);
    if (PQntuples(answer.get()) != 1) die("not exactly one row");
    account row{};
    read(answer.get(), 0, row);
    return row;
}

} // namespace bench

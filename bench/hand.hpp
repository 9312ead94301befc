// SPDX-License-Identifier: BSL-1.0
//
// What howdah is measured against: libpq as an expert would write it for this one table. Prepared once, binary, columns
// by index, values converted in place, buffers reused; lengths and NULLs are asked for only where the column needs it,
// and nothing that the server sends is checked.
#pragma once

#include <libpq-fe.h>

#include <cstdint>
#include <cstring>
#include <memory>

#include "run.hpp"

namespace bench::hand {

struct close {
    void operator()(PGconn* connection) const noexcept { PQfinish(connection); }
};
struct clear {
    void operator()(PGresult* result) const noexcept { PQclear(result); }
};
using owned_connection = std::unique_ptr<PGconn, close>;
using owned_result = std::unique_ptr<PGresult, clear>;

[[nodiscard]] owned_connection connect();
void prepare(PGconn* db, const char* name, const char* sql);
void execute(PGconn* db, const char* sql);
/// Ends the program unless the result has this status.
void expect(PGconn* db, const PGresult* result, ExecStatusType status);

inline constexpr std::int64_t epoch_us = 946'684'800'000'000; // 2000-01-01, in microseconds since 1970

[[nodiscard]] inline std::uint64_t load64(const char* from) noexcept {
    std::uint64_t value;
    std::memcpy(&value, from, sizeof value);
    return __builtin_bswap64(value);
}
[[nodiscard]] inline std::uint32_t load32(const char* from) noexcept {
    std::uint32_t value;
    std::memcpy(&value, from, sizeof value);
    return __builtin_bswap32(value);
}
[[nodiscard]] inline howdah::timestamp load_time(const char* from) noexcept {
    return howdah::timestamp{std::chrono::microseconds{static_cast<std::int64_t>(load64(from)) + epoch_us}};
}

inline char* store64(char* to, std::uint64_t value) noexcept {
    value = __builtin_bswap64(value);
    std::memcpy(to, &value, sizeof value);
    return to + sizeof value;
}
inline char* store32(char* to, std::uint32_t value) noexcept {
    value = __builtin_bswap32(value);
    std::memcpy(to, &value, sizeof value);
    return to + sizeof value;
}
inline char* store16(char* to, std::uint16_t value) noexcept {
    value = __builtin_bswap16(value);
    std::memcpy(to, &value, sizeof value);
    return to + sizeof value;
}
/// With its length before it, here and below.
inline char* put_bytes(char* to, const void* from, std::size_t size) noexcept {
    to = store32(to, static_cast<std::uint32_t>(size));
    std::memcpy(to, from, size);
    return to + size;
}
inline char* put64(char* to, std::uint64_t value) noexcept {
    return store64(store32(to, 8), value);
}
inline char* put32(char* to, std::uint32_t value) noexcept {
    return store32(store32(to, 4), value);
}
inline char* put_time(char* to, howdah::timestamp value) noexcept {
    return put64(to, static_cast<std::uint64_t>(value.time_since_epoch().count() - epoch_us));
}
inline char* put_bool(char* to, bool value) noexcept {
    to = store32(to, 1);
    *to = value ? '\1' : '\0';
    return to + 1;
}
inline char* put_null(char* to) noexcept {
    return store32(to, 0xFFFFFFFFU);
}

/// A cell that a string is made from.
[[nodiscard]] inline std::string_view text(const PGresult* from, int row, int column) noexcept {
    return {PQgetvalue(from, row, column), static_cast<std::size_t>(PQgetlength(from, row, column))};
}
/// Into a struct that was just made, whose strings are empty; or into one that holds another row, whose strings keep
/// their memory. assign() to an empty string takes twice as long as making one.
enum class into_row : bool { fresh, used };

template <into_row Into> void assign(std::string& to, std::string_view from) {
    if constexpr (Into == into_row::fresh)
        std::construct_at(&to, from); // nothing to destroy: it owns no memory
    else to.assign(from);
}
template <into_row Into> void assign(std::optional<std::string>& to, std::string_view from) {
    if (Into == into_row::used && to) to->assign(from);
    else to.emplace(from);
}

/// One row of a binary result.
template <into_row Into> void read(const PGresult* from, int row, account& into) {
    std::memcpy(static_cast<void*>(&into.id), PQgetvalue(from, row, 0), 16);
    into.tenant = static_cast<std::int64_t>(load64(PQgetvalue(from, row, 1)));
    assign<Into>(into.email, text(from, row, 2));
    assign<Into>(into.name, text(from, row, 3));
    if (!PQgetisnull(from, row, 4)) assign<Into>(into.picture, text(from, row, 4));
    else if (Into == into_row::used) into.picture.reset();
    into.version = static_cast<std::int32_t>(load32(PQgetvalue(from, row, 5)));
    into.score = std::bit_cast<double>(load64(PQgetvalue(from, row, 6)));
    into.active = *PQgetvalue(from, row, 7) != 0;
    into.created_at = load_time(PQgetvalue(from, row, 8));
    into.updated_at = load_time(PQgetvalue(from, row, 9));
    if (!PQgetisnull(from, row, 10)) into.last_login_at = load_time(PQgetvalue(from, row, 10));
    else if (Into == into_row::used) into.last_login_at.reset();
}
/// All of them. The caller clears the result before the rows go: the other way round glibc gives its memory back to the
/// system page by page.
[[nodiscard]] inline std::vector<account> read_all(const PGresult* from) {
    const int count = PQntuples(from);
    std::vector<account> all(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) read<into_row::fresh>(from, i, all[static_cast<std::size_t>(i)]);
    return all;
}
/// A value of eight bytes as the only parameter of a prepared statement.
struct one_number {
    explicit one_number(std::int64_t value) noexcept
        : wire(__builtin_bswap64(static_cast<std::uint64_t>(value))) {}
    [[nodiscard]] const char* bytes() const noexcept { return reinterpret_cast<const char*>(&wire); }
    std::uint64_t wire;
    int length = 8, format = 1;
};

void fetch(run& here);
void fetch_streamed(run& here);
void fetch_copy(run& here);
void views(run& here);
void views_copy(run& here);
void stream(run& here);
void stream_copy(run& here);
void text_fallback(run& here);
void point(run& here);
void pipeline(run& here);
void copy_in(run& here);
void insert_unnest(run& here);
void insert_returning(run& here);

} // namespace bench::hand

// SPDX-License-Identifier: BSL-1.0
//
// By hand: results in text, each value with the quickest parser for exactly the form that this server sends.
#include <charconv>

#include "hand.hpp"

namespace bench::hand {

namespace {

int digit(char c) noexcept {
    return c - '0';
}
int two(const char* at) noexcept {
    return digit(at[0]) * 10 + digit(at[1]);
}

/// "2024-01-02 03:04:05[.123456]+00": years of four digits, the session in UTC.
howdah::timestamp parse_time(std::string_view text) noexcept {
    using namespace std::chrono;
    const char* const at = text.data();
    const sys_days day{year{two(at) * 100 + two(at + 2)} / two(at + 5) / two(at + 8)};
    std::int64_t fraction = 0, scale = 1'000'000;
    if (at[19] == '.')
        for (const char* next = at + 20; *next != '+'; ++next)
            fraction = fraction * 10 + digit(*next), scale /= 10;
    return day + hours{two(at + 11)} + minutes{two(at + 14)} + seconds{two(at + 17)} +
           microseconds{fraction * scale};
}

std::uint8_t nibble(char c) noexcept {
    return static_cast<std::uint8_t>(c <= '9' ? c - '0' : c - 'a' + 10);
}

howdah::uuid parse_uuid(const char* at) noexcept {
    std::array<std::uint8_t, 16> bytes;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) ++at;
        bytes[i] = static_cast<std::uint8_t>(nibble(at[0]) << 4 | nibble(at[1]));
        at += 2;
    }
    return howdah::uuid{bytes};
}

template <class Number> void parse(std::string_view text, Number& into) noexcept {
    std::from_chars(text.data(), text.data() + text.size(), into);
}

void read_text(const PGresult* from, int row, account& into) {
    into.id = parse_uuid(PQgetvalue(from, row, 0));
    parse(text(from, row, 1), into.tenant);
    assign<into_row::fresh>(into.email, text(from, row, 2));
    assign<into_row::fresh>(into.name, text(from, row, 3));
    if (!PQgetisnull(from, row, 4)) assign<into_row::fresh>(into.picture, text(from, row, 4));
    parse(text(from, row, 5), into.version);
    parse(text(from, row, 6), into.score);
    into.active = *PQgetvalue(from, row, 7) == 't';
    into.created_at = parse_time(text(from, row, 8));
    into.updated_at = parse_time(text(from, row, 9));
    if (!PQgetisnull(from, row, 10)) into.last_login_at = parse_time(text(from, row, 10));
}

} // namespace

void text_fallback(run& here) {
    const auto db = connect();
    prepare(db.get(), "first", select_first);
    here.measure([&] {
        const one_number limit(here.size());
        const char* const value = limit.bytes();
        owned_result answer(PQexecPrepared(db.get(), "first", 1, &value, &limit.length, &limit.format, 0));
        expect(db.get(), answer.get(), PGRES_TUPLES_OK);
        const int count = PQntuples(answer.get());
        std::vector<account> all(static_cast<std::size_t>(count));
        for (int i = 0; i < count; ++i) read_text(answer.get(), i, all[static_cast<std::size_t>(i)]);
        answer.reset(); // see read_all()
        here.take(all);
    });
}

} // namespace bench::hand

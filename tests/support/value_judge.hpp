// SPDX-License-Identifier: BSL-1.0
//
// The server as the judge of values: random ones of a type go out in both parameter formats, and as the literals of a
// COPY, and come back in both result formats, alone and in arrays with and without NULLs; all ways, and what the server
// prints, must agree.
// A failure prints its seed; HOWDAH_TEST_SEED=seed repeats it. HOWDAH_JUDGE_VALUES says how many values of every type
// are judged alone, and as many again inside arrays.
#pragma once

#include <doctest/doctest.h>

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include <howdah/copy.hpp>
#include <howdah/executor.hpp>

#include "codec_checks.hpp"
#include "printed.hpp"

namespace howdah::tests {

inline std::size_t judged_values() {
    const char* const given = std::getenv("HOWDAH_JUDGE_VALUES");
    return given ? std::strtoull(given, nullptr, 10) : 2'000;
}

/// The server prints a float as the shortest text that reads back the same; std::from_chars reads it without us.
template <std::floating_point T> bool reads_as(const std::string& text, T value) {
    T read{};
    if (std::isinf(value)) return text == (value > 0 ? "Infinity" : "-Infinity");
    std::from_chars(text.data(), text.data() + text.size(), read);
    return read == value;
}
template <class T> bool prints(const T& value, const std::string& text) {
    if constexpr (std::floating_point<T>) return reads_as(text, value);
    else if constexpr (requires { printed(value); }) return printed(value) == text;
    else return text.size() > 1; // floats in arrays: their elements were judged alone
}

/// One row for each of `count` values: it, sent as $1 and as $2, and both as the server prints them.
inline std::string round_trip_of(const std::string& type, std::size_t count) {
    std::string rows;
    for (std::size_t i = 0; i < count; ++i)
        rows += (i ? ",(" : "(") + std::to_string(i) + ",$" + std::to_string(2 * i + 1) + "::" + type + ",$" +
                std::to_string(2 * i + 2) + "::" + type + ")";
    return "select a, b, format('%s', a), format('%s', b) from (values " + rows +
           ") as v(n, a, b) order by n";
}

/// The values as literals of a COPY: as the server prints them.
template <class T>
void judge_literals(executor& db, const std::string& type, const std::vector<T>& values, std::size_t begin,
                    std::size_t end) {
    parameters literals{format::text};
    for (auto i = begin; i < end; ++i) {
        const T& value = values[i];
        literals.add(value).add(value);
    }
    const auto sql = "select c from (" + round_trip_of(type, end - begin) + ") as judged (a, b, c, d)";
    auto at = begin;
    for (const auto& text : copied_rows<std::string>(db, sql, literals)) {
        const T& value = values[at++];
        if (prints(value, text)) continue;
        CAPTURE(encoded(value, format::text));
        REQUIRE(prints(value, text));
    }
    REQUIRE(at == end);
}

/// std::vector<bool> has no spans: begin and end instead.
template <class T>
void judge_batch(executor& db, const std::string& type, const std::vector<T>& values, std::size_t begin,
                 std::size_t end, bool has_binary) {
    parameters all;
    for (auto i = begin; i < end; ++i) {
        const T& value = values[i];
        parameters as_text{format::text};
        all.add(value).append(as_text.add(value));
    }
    judge_literals(db, type, values, begin, end);
    const auto sql = round_trip_of(type, end - begin);
    for (const auto encoding : {format::text, format::binary}) {
        if (encoding == format::binary && !has_binary) continue;
        statement asked = sql;
        asked.encoding = encoding;
        const result rows = db.run(asked, all);
        REQUIRE(rows.row_count() == end - begin);
        for (std::size_t row = 0; row < end - begin; ++row) {
            const T& value = values[begin + row];
            const auto text = rows.value<std::string>(row, 2);
            const bool same = rows.value<T>(row, 0) == value && rows.value<T>(row, 1) == value;
            const bool printed_alike = prints(value, text) && rows.value<std::string>(row, 3) == text;
            if (same && printed_alike) continue;
            CAPTURE(text);
            CAPTURE(encoded(value, format::text));
            CAPTURE(encoding == format::binary);
            REQUIRE(same);
            REQUIRE(printed_alike);
        }
    }
}

template <class T>
void judge_all(executor& db, const std::string& type, const std::vector<T>& values, std::size_t batch,
               bool has_binary) {
    for (std::size_t begin = 0; begin < values.size(); begin += batch)
        judge_batch(db, type, values, begin, std::min(begin + batch, values.size()), has_binary);
}

/// Judges values that `Draw` draws, as the SQL type `type`.
template <auto Draw> void judge(executor& db, const std::string& type, seeded& random) {
    using T = std::remove_cvref_t<decltype(Draw(random))>;
    CAPTURE(random.seed);
    CAPTURE(type);
    constexpr bool has_binary = !detail::sent_as_text_only<T>;
    std::vector<T> values;
    while (values.size() < judged_values()) values.push_back(Draw(random));
    judge_all(db, type, values, 500, has_binary);
    std::vector<std::vector<T>> full;
    std::vector<std::vector<std::optional<T>>> holed;
    for (std::size_t drawn = 0; drawn < judged_values();) {
        full.emplace_back();
        holed.emplace_back();
        for (std::size_t left = random.below(21); left > 0; --left, drawn += 2) {
            full.back().push_back(Draw(random));
            holed.back().push_back(random.coin() ? std::optional<T>(Draw(random)) : std::nullopt);
        }
    }
    judge_all(db, type + "[]", full, 100, has_binary);
    judge_all(db, type + "[]", holed, 100, has_binary);
}

/// A line of a judge's table: an SQL type, and how its values are drawn and judged.
struct judged_type {
    const char* type;
    void (*judge)(executor& db, const std::string& type, seeded& random);
};
template <auto Draw> constexpr judged_type judged(const char* type) {
    return {type, &judge<Draw>};
}

inline void judge_table(executor& db, std::span<const judged_type> table) {
    seeded random;
    for (const auto& each : table) each.judge(db, each.type, random);
}

} // namespace howdah::tests

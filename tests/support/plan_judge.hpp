// SPDX-License-Identifier: BSL-1.0
//
// As value_judge.hpp does, for types that users create: the values come back through the plan of a struct, whose
// decoders know what the catalogue says of their types.
#pragma once

#include <string>
#include <vector>

#include <howdah/query.hpp>

#include "value_judge.hpp"

namespace howdah::tests {

/// A value sent in the form of its codec and as text, and both as the server prints them.
template <class T> struct sent_twice {
    T a{}, b{};
    std::string a_text{}, b_text{};
};

template <class T>
void judge_planned(executor& db, const std::string& type, const std::vector<T>& values, std::size_t batch) {
    for (std::size_t begin = 0; begin < values.size(); begin += batch) {
        const auto end = std::min(begin + batch, values.size());
        parameters all;
        for (auto i = begin; i < end; ++i) {
            parameters as_text{format::text};
            all.add(values[i]).append(as_text.add(values[i]));
        }
        const auto sql = "select a, b, a_text, b_text from (" + round_trip_of(type, end - begin) +
                         ") as judged (a, b, a_text, b_text)";
        using row = sent_twice<T>;
        const auto rows = detail::all_rows_of<row>(detail::run_rows(db, sql, all, detail::queried<row>));
        REQUIRE(rows.size() == end - begin);
        for (std::size_t at = 0; at < rows.size(); ++at) {
            const T& value = values[begin + at];
            CAPTURE(rows[at].a_text);
            REQUIRE((rows[at].a == value));
            REQUIRE((rows[at].b == value));
            REQUIRE(prints(value, rows[at].a_text));
            REQUIRE(rows[at].a_text == rows[at].b_text);
        }
    }
}

/// Values alone and in arrays with NULLs, by the plan and without it.
template <auto Draw> void judge_structured(executor& db, const std::string& type, seeded& random) {
    using T = std::remove_cvref_t<decltype(Draw(random))>;
    CAPTURE(random.seed);
    CAPTURE(type);
    judge<Draw>(db, type, random);
    std::vector<T> values;
    while (values.size() < judged_values()) values.push_back(Draw(random));
    judge_planned(db, type, values, 500);
    std::vector<std::vector<std::optional<T>>> arrays;
    for (std::size_t drawn = 0; drawn < judged_values(); ++drawn) {
        arrays.emplace_back();
        for (std::size_t left = random.below(11); left > 0; --left, ++drawn)
            arrays.back().push_back(random.coin() ? std::optional<T>(Draw(random)) : std::nullopt);
    }
    judge_planned(db, type + "[]", arrays, 100);
}

} // namespace howdah::tests

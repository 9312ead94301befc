// SPDX-License-Identifier: BSL-1.0
//
// interval: a span of time as PostgreSQL keeps it: months, days and microseconds, each with a sign of its own. They
// are kept apart because a month has no fixed number of days, nor a day of hours where clocks change.
//
//     howdah::interval span{.months = 1, .days = -3, .time = std::chrono::hours{4}};
//     howdah::format_interval(span);                             // "1 mon -3 days +04:00:00"
//
// All functions are thread safe. Source: PostgreSQL manual, section 8.5.4.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include <howdah/codec.hpp>

namespace howdah {

/// A span of time. Equal if all three members are: "1 mon" and "30 days" are equal on the server, and not here.
struct interval {
    std::int32_t months = 0; ///< twelve of them are a year
    std::int32_t days = 0;
    std::chrono::microseconds time{};

    /// Nothing but microseconds; no days are made of 24 hours.
    [[nodiscard]] static constexpr interval from_duration(std::chrono::microseconds duration) noexcept {
        return {0, 0, duration};
    }
    /// 'infinity' and '-infinity' of PostgreSQL 17 and newer. Older servers refuse the words, and take the
    /// binary form for the finite intervals at the ends of their range, which have the same bytes.
    [[nodiscard]] static constexpr interval infinity() noexcept {
        return {std::numeric_limits<std::int32_t>::max(), std::numeric_limits<std::int32_t>::max(),
                std::chrono::microseconds::max()};
    }
    [[nodiscard]] static constexpr interval minus_infinity() noexcept {
        return {std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::min(),
                std::chrono::microseconds::min()};
    }
    [[nodiscard]] constexpr bool is_finite() const noexcept {
        return *this != infinity() && *this != minus_infinity();
    }

    /// The span in microseconds, or nothing where months or days make that depend on a date.
    [[nodiscard]] constexpr std::optional<std::chrono::microseconds> exact_duration() const noexcept {
        if (months != 0 || days != 0) return std::nullopt;
        return time;
    }
    /// Seconds, with 30 days to the month and 24 hours to the day, as the server compares intervals. (Its
    /// `extract(epoch from ...)` counts years of 365.25 days instead.)
    [[nodiscard]] double estimated_seconds() const noexcept;

    friend constexpr bool operator==(const interval&, const interval&) = default;
};

/// Parses what the server prints, whatever IntervalStyle it has: "1 year 2 mons -3 days +04:05:06.5" (postgres),
/// "@ 1 year 2 mons 3 days ago" (postgres_verbose), "P1Y2M-3DT4H5M6.5S" (iso_8601), "+1-2 -3 +4:05:06.5"
/// (sql_standard). Throws decode_error with the offset of the first bad character.
[[nodiscard]] interval parse_interval(std::string_view text);
/// As the server prints it in the style postgres, its default. Every server reads it in every style.
[[nodiscard]] std::string format_interval(const interval& span);

template <> struct codec<interval> : detail::compiled_codec<interval, oids::interval> {};

} // namespace howdah

// SPDX-License-Identifier: BSL-1.0
//
// The proleptic Gregorian calendar over the whole range of PostgreSQL, and the limits of its date and time
// types. Years are astronomical: 1 BC is 0. Source of the limits: src/include/datatype/timestamp.h of
// PostgreSQL.
#pragma once

#include <cstdint>

namespace howdah::detail {

struct civil_day {
    std::int64_t year;
    unsigned month, day;
};

inline constexpr std::int64_t no_day = INT64_MIN;

/// Days since 1970-01-01; no_day if the calendar has no such day. Any year of up to 15 digits.
std::int64_t days_from_civil(std::int64_t year, unsigned month, unsigned day) noexcept;
/// The same for years 1 to 9999, which come by the million. Counts years that begin in March, as the leap day is then
/// the last of a year.
inline std::int64_t days_from_usual_civil(unsigned year, unsigned month, unsigned day) noexcept {
    if (month - 1 > 11) [[unlikely]]
        return no_day;
    const bool leap = (year % 100 == 0 ? year % 400 : year % 4) == 0;
    const unsigned length = month == 2 ? 28 + leap : 30 | (month ^ month >> 3);
    if (day - 1 >= length) [[unlikely]]
        return no_day;
    const auto early = static_cast<unsigned>(month <= 2);
    const unsigned past = month + 12 * early - 3,
                   months = (153 * past + 2) / 5; // days of the months since March
    const unsigned begun = year - early, days = 365 * begun + begun / 4 - begun / 100 + begun / 400;
    return static_cast<std::int64_t>(days + months + day) - 719'469; // of which so many are before 1970
}
/// The inverse, for any number of days.
civil_day civil_from_days(std::int64_t days) noexcept;

inline constexpr std::int64_t second_us = 1'000'000, day_us = 86'400 * second_us;

/// PostgreSQL counts from 2000-01-01, std::chrono from 1970-01-01.
inline constexpr std::int64_t epoch_days = 10'957, epoch_us = epoch_days * day_us;

/// First and last instant, in microseconds since 2000-01-01. The server goes on to 294276-12-31; sixty-four
/// bits of microseconds since 1970 end 29 years before.
inline constexpr std::int64_t first_instant = -211'813'488'000'000'000, last_instant = INT64_MAX - epoch_us;

/// First and last date, in days since 2000-01-01: 4714-11-24 BC and 5874897-12-31.
inline constexpr std::int64_t first_date = -2'451'545, last_date = 2'145'031'948;

} // namespace howdah::detail

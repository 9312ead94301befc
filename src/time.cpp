// SPDX-License-Identifier: BSL-1.0
//
// The calendar and the formatters of the time types. The only file that includes date/date.h.
#include <howdah/time.hpp>

#include <date/date.h>

#include "calendar.hpp"
#include "short_text.hpp"

namespace hinnant = date; // inside of namespace howdah, date is a type

namespace howdah {

namespace detail {

namespace {

// hinnant::year is 16 bits wide; the calendar repeats every 400 years, so one era of it on
// either side of 0 is enough.
constexpr std::int64_t era_years = 400, era_days = 146'097;

} // namespace

std::int64_t days_from_civil(std::int64_t year, unsigned month, unsigned day) noexcept {
    const auto era = year / era_years;
    const hinnant::year_month_day within{hinnant::year{static_cast<int>(year - era * era_years)},
                                         hinnant::month{month}, hinnant::day{day}};
    if (!within.ok()) return no_day;
    return hinnant::sys_days{within}.time_since_epoch().count() + era * era_days;
}

civil_day civil_from_days(std::int64_t days) noexcept {
    const auto era = days / era_days;
    const hinnant::year_month_day within{
        hinnant::sys_days{hinnant::days{static_cast<int>(days - era * era_days)}}};
    return {static_cast<int>(within.year()) + era * era_years, static_cast<unsigned>(within.month()),
            static_cast<unsigned>(within.day())};
}

} // namespace detail

namespace {

using detail::day_us;
using detail::second_us;
using detail::short_text;

// ---------------------------------------------------------------------------------------------------------------------
// Formatting

/// Years before 1 are counted backwards from 1 BC, as the server writes them.
void put_day(short_text& out, const detail::civil_day& day, bool astronomical) {
    const auto year = day.year > 0 || astronomical ? day.year : 1 - day.year;
    out.put_digits(static_cast<std::uint64_t>(year), 4);
    out.put('-');
    out.put_digits(day.month, 2);
    out.put('-');
    out.put_digits(day.day, 2);
}

/// A count of microseconds since 1970, split without overflow at the ends of its range.
struct split_time {
    detail::civil_day day;
    std::uint64_t of_day; ///< microseconds
};
split_time split(std::int64_t since_1970) noexcept {
    auto days = since_1970 / day_us, of_day = since_1970 % day_us;
    if (of_day < 0) {
        of_day += day_us;
        --days;
    }
    return {detail::civil_from_days(days), static_cast<std::uint64_t>(of_day)};
}

std::string format_iso(std::int64_t since_1970, std::string_view zone) {
    const auto [day, of_day] = split(since_1970);
    short_text out;
    put_day(out, day, false);
    out.put(' ');
    detail::put_time(out, of_day);
    detail::put_fraction(out, of_day);
    out.put(zone);
    if (day.year <= 0) out.put(" BC");
    return out.text();
}

} // namespace

std::string format_rfc3339(timestamp instant) {
    const auto [day, of_day] = split(instant.time_since_epoch().count());
    const bool within_rfc = day.year >= 0 && day.year <= 9999;
    short_text out;
    put_day(out, day, within_rfc);
    out.put('T');
    detail::put_time(out, of_day);
    if (const auto fraction = of_day % static_cast<std::uint64_t>(second_us); fraction != 0) {
        out.put('.');
        if (fraction % 1000 == 0) out.put_digits(fraction / 1000, 3);
        else out.put_digits(fraction, 6);
    }
    out.put(within_rfc ? "Z" : "+00:00");
    if (day.year < 0) out.put(" BC");
    return out.text();
}

std::string format_timestamp(timestamp instant) {
    return format_iso(instant.time_since_epoch().count(), "+00");
}

std::string format_timestamp(local_timestamp time) {
    return format_iso(time.time_since_epoch().count(), "");
}

std::string format_date(date day) {
    const auto civil = detail::civil_from_days(day.time_since_epoch().count());
    short_text out;
    put_day(out, civil, false);
    if (civil.year <= 0) out.put(" BC");
    return out.text();
}

timestamp now() noexcept {
    return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

} // namespace howdah

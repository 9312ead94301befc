// SPDX-License-Identifier: BSL-1.0
//
// time_of_day: PostgreSQL's time (without time zone), and offset_time: its timetz.
//
//     howdah::time_of_day opens = howdah::parse_time_of_day("08:30:00");
//     opens.since_midnight == std::chrono::minutes{510};
//
// All functions are thread safe. Source: PostgreSQL manual, section 8.5.1.
#pragma once

#include <chrono>
#include <compare>
#include <string>
#include <string_view>

#include <howdah/codec.hpp>

namespace howdah {

/// A time of day in no particular zone, from 00:00:00 to 24:00:00, both included: the end of a day is not its
/// beginning. Sending a value outside of that throws usage_error.
struct time_of_day {
    std::chrono::microseconds since_midnight{};
    friend constexpr auto operator<=>(const time_of_day&, const time_of_day&) = default;
};

/// A time of day and an offset from UTC, in seconds to the east: "03:04:05+05:30" has 19,800. The offset lies
/// between -15:59:59 and 15:59:59. Equal if both members are: the server compares likewise.
struct offset_time {
    time_of_day time{};
    std::chrono::seconds offset{};
    friend constexpr bool operator==(const offset_time&, const offset_time&) = default;
};

/// Parses "03:04:05", with a fraction of up to six digits, strictly. Throws decode_error with the offset of the
/// first bad character.
[[nodiscard]] time_of_day parse_time_of_day(std::string_view text);
/// The same, followed by "Z", "+hh", "+hh:mm" or "+hh:mm:ss" (either sign).
[[nodiscard]] offset_time parse_offset_time(std::string_view text);

/// As the server prints it: "03:04:05.5". Throws usage_error for a value outside the type's range.
[[nodiscard]] std::string format_time_of_day(time_of_day time);
/// "03:04:05.5+05:30". Throws usage_error for a value outside the type's range.
[[nodiscard]] std::string format_offset_time(const offset_time& time);

template <> struct codec<time_of_day> : detail::compiled_codec<time_of_day, oids::time> {};
template <> struct codec<offset_time> : detail::compiled_codec<offset_time, oids::timetz> {};

} // namespace howdah

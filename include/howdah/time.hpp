// SPDX-License-Identifier: BSL-1.0
//
// Instants, local times and dates: the types, their strict parsers and their formatters. The types are
// std::chrono's own.
//
//     howdah::timestamp seen = howdah::parse_timestamp("2026-01-24 03:04:05.123456+05:30");
//     howdah::format_rfc3339(seen);   // "2026-01-23T21:34:05.123456Z"
//
// No locale and no stream is involved. All functions are thread safe.
// Sources: PostgreSQL manual, sections 8.5 and 9.9; RFC 3339.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include <howdah/codec.hpp>

namespace howdah {

/// An instant, always UTC, in microseconds: PostgreSQL's timestamptz. From 4714-11-24 BC to 294247-01-10
/// 04:00:54.775807, where 64 bits since 1970 end: the last 29 years of the server's range are refused.
using timestamp = std::chrono::sys_time<std::chrono::microseconds>;
/// A date and time of day in no particular zone: PostgreSQL's timestamp. A type of its own, so that the two
/// are never mixed up.
using local_timestamp = std::chrono::local_time<std::chrono::microseconds>;
/// A calendar day: PostgreSQL's date. 4714-11-24 BC to 5874897-12-31.
using date = std::chrono::sys_days;

/// Parses an instant strictly: PostgreSQL's ISO text ("2026-01-24 03:04:05.5+00"), ISO 8601 with "T", the
/// text of to_json(timestamptz) with its double quotes; fraction of 0 to 6 digits; offset "Z", "+hh",
/// "+hh:mm", "+hh:mm:ss" (either sign); years of four to six digits; " BC" after the offset. Spaces around it
/// are refused. Throws decode_error with the offset of the first bad character: for zone-less text,
/// "infinity", an hour 25, a day that the month does not have, a value outside the server's range.
[[nodiscard]] timestamp parse_timestamp(std::string_view text);
/// The same without an offset: text of a zone-less timestamp. A text with an offset is refused.
[[nodiscard]] local_timestamp parse_local_timestamp(std::string_view text);
/// "2026-01-24", "0044-03-15 BC", with years of four to seven digits. Throws decode_error as above.
[[nodiscard]] date parse_date(std::string_view text);

/// RFC 3339 in UTC: "2026-01-24T03:04:05Z", with as many digits of fraction as are needed (none, 3 or 6).
/// Years outside 0..9999 are beyond RFC 3339 and are written as PostgreSQL does, so that parse_timestamp()
/// reads them back.
[[nodiscard]] std::string format_rfc3339(timestamp instant);
/// As PostgreSQL's ISO style writes it in UTC: "2026-01-24 03:04:05.5+00".
[[nodiscard]] std::string format_timestamp(timestamp instant);
[[nodiscard]] std::string format_timestamp(local_timestamp time);
/// "2026-01-24", "0044-03-15 BC".
[[nodiscard]] std::string format_date(date day);

/// The instant now, in whole microseconds, of the system clock.
[[nodiscard]] timestamp now() noexcept;

/// A date or time that can also be before everything and after everything, as PostgreSQL's 'infinity' is.
/// Reading an infinite value into a plain timestamp is a decode_error; reading it into one of these is not.
template <class T> struct or_infinity {
    enum class kind : unsigned char { finite, infinity, minus_infinity };
    T value{};
    kind is = kind::finite;
    or_infinity() = default;
    or_infinity(T finite) noexcept : value(finite) {}
    or_infinity(kind which) noexcept : is(which) {}
    [[nodiscard]] bool finite() const noexcept { return is == kind::finite; }
    friend bool operator==(const or_infinity&, const or_infinity&) = default;
};

template <> struct codec<timestamp> : detail::compiled_codec<timestamp, oids::timestamptz> {};
template <> struct codec<local_timestamp> : detail::compiled_codec<local_timestamp, oids::timestamp> {};
template <> struct codec<date> : detail::compiled_codec<date, oids::date> {};
template <>
struct codec<or_infinity<timestamp>> : detail::compiled_codec<or_infinity<timestamp>, oids::timestamptz> {};
template <>
struct codec<or_infinity<local_timestamp>>
    : detail::compiled_codec<or_infinity<local_timestamp>, oids::timestamp> {};
template <> struct codec<or_infinity<date>> : detail::compiled_codec<or_infinity<date>, oids::date> {};

/// A calendar date of std::chrono travels as a date; an invalid one is refused, and so is one read from a
/// year beyond 32767, where std::chrono's years end.
template <> struct codec<std::chrono::year_month_day> : codec_via<std::chrono::year_month_day, date> {
    static std::chrono::year_month_day from_wire(date day);
    static date to_wire(const std::chrono::year_month_day& day);
};

} // namespace howdah

// SPDX-License-Identifier: BSL-1.0
//
// The strict parsers of instants, local times and dates. Two ways through: the usual form of an instant is
// read in fixed places, eight digits and separators at a time; everything else, and every error, takes the
// exact way, a character at a time.
#include <howdah/time.hpp>

#include <bit>
#include <cstring>
#include <optional>

#include "calendar.hpp"
#include "text_cursor.hpp"

namespace howdah {

namespace {

using detail::day_us;
using detail::epoch_days;
using detail::epoch_us;
using detail::no_day;
using detail::second_us;
using cursor = detail::text_cursor;

// ---------------------------------------------------------------------------------------------------------------------
// The exact way

enum class zone_rule { required, refused };

struct day_fields {
    std::int64_t year = 0;
    unsigned month = 0, day = 0;
    std::size_t year_at = 0, day_at = 0;
};

/// Both quotes of to_json() or none.
bool open_quote(cursor& in) {
    return in.take('"');
}
void close(cursor& in, bool quoted) {
    if (quoted) in.expect('"', "the closing double quote is missing");
    if (!in.done()) in.fail("something follows the end of the value");
}

void refuse_infinity(const cursor& in, const char* reason) {
    if (in.sees("infinity") || in.sees("-infinity")) in.fail(reason);
}

day_fields read_day(cursor& in, std::size_t most_digits) {
    day_fields out;
    out.year_at = in.at();
    std::size_t digits = 0;
    for (; digits < 4 || (in.sees_digit() && digits < most_digits); ++digits)
        out.year =
            out.year * 10 + in.digit("expected the four or more digits of a year (is DateStyle set to ISO?)");
    if (digits > 4 && out.year < 10'000)
        in.fail("a year of more than four digits begins with 0", out.year_at);
    in.expect('-', "expected the '-' after the year (is DateStyle set to ISO?)");
    out.month = in.two_digits(12, "expected a month, 01 to 12");
    in.expect('-', "expected the '-' after the month");
    out.day_at = in.at();
    out.day = in.two_digits(31, "expected a day of the month, 01 to 31");
    return out;
}

/// Microseconds since midnight.
std::int64_t read_time(cursor& in) {
    const std::int64_t hour = in.two_digits(23, "expected an hour, 00 to 23");
    in.expect(':', "expected the ':' after the hour");
    const std::int64_t minute = in.two_digits(59, "expected a minute, 00 to 59");
    in.expect(':', "expected the ':' after the minute");
    const std::int64_t second = in.two_digits(59, "expected a second, 00 to 59");
    return ((hour * 60 + minute) * 60 + second) * second_us + detail::read_fraction(in);
}

bool sees_zone(const cursor& in) noexcept {
    return in.sees('Z') || in.sees('+') || in.sees('-');
}

/// Microseconds east of Greenwich. PostgreSQL knows offsets of up to 15:59:59.
std::int64_t read_zone(cursor& in) {
    if (in.take('Z')) return 0;
    if (!sees_zone(in))
        in.fail("expected a UTC offset (Z, +00, +05:30): select the column as timestamptz, or read it into a "
                "howdah::local_timestamp");
    const int sign = in.take('-') ? -1 : (in.take('+'), 1);
    std::int64_t seconds = in.two_digits(15, "expected the hours of the UTC offset, 00 to 15") * 3600;
    if (in.take(':')) {
        seconds += in.two_digits(59, "expected the minutes of the UTC offset, 00 to 59") * 60;
        if (in.take(':')) seconds += in.two_digits(59, "expected the seconds of the UTC offset, 00 to 59");
    }
    return sign * seconds * second_us;
}

/// Days since 1970, after the era: 1 BC is the year 0. ISO 8601, unlike PostgreSQL, writes that year as 0000.
std::int64_t finish_day(cursor& in, day_fields& fields, bool iso) {
    const bool before_christ = in.take(" BC");
    if (fields.year == 0 && (before_christ || !iso)) in.fail("there is no year 0", fields.year_at);
    if (before_christ) fields.year = 1 - fields.year;
    const auto days = detail::days_from_civil(fields.year, fields.month, fields.day);
    if (days != no_day) return days;
    if (fields.month == 0) in.fail("expected a month, 01 to 12", fields.day_at - 3);
    in.fail("the month does not have this day", fields.day_at);
}

// Beyond these days, products of microseconds would overflow; the limits proper are inside.
constexpr std::int64_t first_sane_day = -2'441'000, last_sane_day = 106'752'000;

/// Microseconds since 1970.
std::int64_t read_instant(std::string_view text, zone_rule rule) {
    cursor in(text);
    const bool quoted = open_quote(in);
    refuse_infinity(in,
                    rule == zone_rule::required
                        ? "an infinite value: read it into a howdah::or_infinity<howdah::timestamp>"
                        : "an infinite value: read it into a howdah::or_infinity<howdah::local_timestamp>");
    auto fields = read_day(in, 6);
    const bool iso = in.sees('T');
    if (!in.take('T')) in.expect(' ', "expected ' ' or 'T' between date and time");
    const auto of_day = read_time(in);
    if (rule == zone_rule::refused && sees_zone(in))
        in.fail("a UTC offset: select the column as timestamp, or read it into a howdah::timestamp");
    const auto east = rule == zone_rule::required ? read_zone(in) : 0;
    const auto days = finish_day(in, fields, iso);
    close(in, quoted);
    constexpr auto outside =
        "outside what howdah's time types hold, 4714-11-24 BC to 294247-01-10 04:00:54.775807";
    if (days < first_sane_day || days > last_sane_day) in.fail(outside, fields.year_at);
    const auto since_2000 = (days - epoch_days) * day_us + of_day - east;
    if (since_2000 < detail::first_instant || since_2000 > detail::last_instant)
        in.fail(outside, fields.year_at);
    return since_2000 + epoch_us;
}

// ---------------------------------------------------------------------------------------------------------------------
// The fixed places: "2026-01-24 03:04:05", a fraction, "Z", "+hh" or "+hh:mm". Bytes are handled as one
// little-endian word: digits become 0 to 9 and separators 0 by an exclusive or, and one addition finds
// anything else.

constexpr std::uint64_t pattern(const char (&form)[9]) {
    std::uint64_t out = 0;
    for (int i = 7; i >= 0; --i) out = out << 8 | static_cast<unsigned char>(form[i]);
    return out;
}

/// What to add so that bit 7 of a byte shows a value that is too large: above 9 for a digit, above 0
/// elsewhere.
constexpr std::uint64_t ceiling(std::uint64_t form) {
    std::uint64_t out = 0;
    for (int i = 7; i >= 0; --i) out = out << 8 | ((form >> (8 * i) & 0xFF) == '0' ? 0x76u : 0x7Fu);
    return out;
}

std::uint64_t load_word(const char* from) noexcept {
    std::uint64_t word;
    std::memcpy(&word, from, sizeof word);
    return word;
}

/// A word of digits and separators; byte i of pairs() is digit i times ten plus digit i + 1.
template <std::uint64_t Form> struct fixed_word {
    std::uint64_t digits;
    explicit fixed_word(std::uint64_t text) noexcept : digits(text ^ Form) {}
    bool fits() const noexcept { return (((digits + ceiling(Form)) | digits) & 0x8080808080808080u) == 0; }
    unsigned pair(int at) const noexcept {
        return static_cast<unsigned>((digits * 10 + (digits >> 8)) >> (8 * at) & 0xFF);
    }
};

bool digit_pair(const char* from, unsigned& value) noexcept {
    const auto tens = static_cast<unsigned>(from[0]) - '0', ones = static_cast<unsigned>(from[1]) - '0';
    value = tens * 10 + ones;
    return tens <= 9 && ones <= 9;
}

/// The fraction at `at`, if there is one of one to six digits; moves `at` behind it. False: not of this form.
inline bool fixed_fraction(const char*& at, const char* end, unsigned& micros) noexcept {
    micros = 0;
    if (*at != '.') return true;
    using seven = fixed_word<pattern(".000000\0")>;
    if (end - at >= 8) [[likely]] {
        const seven digits(load_word(at) & 0x00FFFFFFFFFFFFFFU);
        if (digits.fits()) [[likely]] {
            micros = digits.pair(1) * 10'000 + digits.pair(3) * 100 + digits.pair(5);
            at += 7;
            return true;
        }
    }
    unsigned unit = 100'000;
    const char* digit = at + 1;
    for (; digit != end && *digit >= '0' && *digit <= '9' && unit != 0; ++digit, unit /= 10)
        micros += static_cast<unsigned>(*digit - '0') * unit;
    const bool some = digit != at + 1;
    at = digit;
    return some;
}

/// The offset that fills the text up to `end`, in seconds. False: not of this form.
inline bool fixed_zone(const char* at, const char* end, int& seconds) noexcept {
    const auto left = end - at;
    seconds = 0;
    if (left == 3 && at[0] == '+' && at[1] == '0' && at[2] == '0') [[likely]]
        return true; // the session is in UTC
    if (left == 1) return *at == 'Z';
    if ((left != 3 && left != 6) || (*at != '+' && *at != '-')) return false;
    unsigned hours = 0, minutes = 0;
    if (!digit_pair(at + 1, hours) || hours > 15) return false;
    if (left == 6 && (at[3] != ':' || !digit_pair(at + 4, minutes) || minutes > 59)) return false;
    seconds = static_cast<int>(hours * 3600 + minutes * 60);
    if (*at == '-') seconds = -seconds;
    return true;
}

/// Nothing if the text is not of the usual form: it may still be right. What is unlikely is said to be so, since a
/// compiler takes what stands behind many conditions for code that hardly ever runs.
inline std::optional<std::int64_t> usual_instant(std::string_view text) noexcept {
    const char* begin = text.data();
    const char* end = begin + text.size();
    if (text.size() >= 22 && *begin == '"' && end[-1] == '"') {
        ++begin;
        --end;
    }
    if (end - begin < 20) [[unlikely]]
        return std::nullopt;
    const fixed_word<pattern("0000-00-")> year_month(load_word(begin));
    const fixed_word<pattern("00:00:00")> time(load_word(begin + 11));
    unsigned day = 0;
    const char between = begin[10];
    if (!year_month.fits() || !time.fits() || !digit_pair(begin + 8, day)) [[unlikely]]
        return std::nullopt;
    if (between != ' ' && between != 'T') [[unlikely]]
        return std::nullopt;
    const auto hour = time.pair(0), minute = time.pair(3), second = time.pair(6);
    if (hour > 23 || minute > 59 || second > 59) [[unlikely]]
        return std::nullopt;
    const char* at = begin + 19;
    unsigned micros = 0;
    int east = 0;
    if (!fixed_fraction(at, end, micros) || !fixed_zone(at, end, east)) [[unlikely]]
        return std::nullopt;
    const auto year = year_month.pair(0) * 100 + year_month.pair(2);
    const auto days = detail::days_from_usual_civil(year, year_month.pair(5), day);
    if (year == 0 || days == no_day) [[unlikely]]
        return std::nullopt;
    const auto seconds = static_cast<std::int64_t>(hour * 3600 + minute * 60 + second) - east;
    return (days * 86'400 + seconds) * second_us + micros;
}

} // namespace

timestamp parse_timestamp(std::string_view text) {
    if constexpr (std::endian::native == std::endian::little)
        if (const auto usual = usual_instant(text)) [[likely]]
            return timestamp{std::chrono::microseconds{*usual}};
    return timestamp{std::chrono::microseconds{read_instant(text, zone_rule::required)}};
}

local_timestamp parse_local_timestamp(std::string_view text) {
    return local_timestamp{std::chrono::microseconds{read_instant(text, zone_rule::refused)}};
}

date parse_date(std::string_view text) {
    cursor in(text);
    const bool quoted = open_quote(in);
    refuse_infinity(in, "an infinite value: read it into a howdah::or_infinity<howdah::date>");
    auto fields = read_day(in, 7);
    const auto days = finish_day(in, fields, false);
    close(in, quoted);
    if (days - epoch_days < detail::first_date || days - epoch_days > detail::last_date)
        in.fail("outside what a date holds, 4714-11-24 BC to 5874897-12-31", fields.year_at);
    return date{date::duration{static_cast<date::rep>(days)}};
}

} // namespace howdah

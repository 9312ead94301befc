// SPDX-License-Identifier: BSL-1.0
//
// time and timetz. Source of the binary forms: time_send() and timetz_send() in src/backend/utils/adt/date.c of
// PostgreSQL; there, and only there, an offset counts seconds to the west.
#include <howdah/time_of_day.hpp>

#include "codec_support.hpp"
#include "short_text.hpp"
#include "text_cursor.hpp"

namespace howdah {

namespace {

using detail::day_us;
using detail::second_us;
using detail::short_text;
using detail::text_cursor;

/// Offsets are smaller than this many seconds (TZDISP_LIMIT of the server).
constexpr std::int64_t offset_limit = 16 * 3600;

constexpr bool is_time(std::int64_t micros) noexcept {
    return micros >= 0 && micros <= day_us;
}
constexpr bool is_offset(std::int64_t seconds) noexcept {
    return seconds > -offset_limit && seconds < offset_limit;
}

// ---- text

time_of_day read_time(text_cursor& in) {
    const auto begin = in.at();
    const std::int64_t hour = in.two_digits(24, "expected an hour, 00 to 24");
    in.expect(':', "expected the ':' after the hour");
    const std::int64_t minute = in.two_digits(59, "expected a minute, 00 to 59");
    in.expect(':', "expected the ':' after the minute");
    const std::int64_t second = in.two_digits(59, "expected a second, 00 to 59");
    const auto micros = ((hour * 60 + minute) * 60 + second) * second_us + detail::read_fraction(in);
    if (!is_time(micros)) in.fail("a time of day after 24:00:00", begin);
    return {std::chrono::microseconds{micros}};
}

std::chrono::seconds read_offset(text_cursor& in) {
    if (in.take('Z')) return {};
    const bool west = in.sees('-');
    if (!in.take('-')) in.expect('+', "expected a UTC offset (Z, +00, +05:30)");
    std::int64_t seconds = in.two_digits(15, "expected the hours of the UTC offset, 00 to 15") * 3600;
    if (in.take(':')) {
        seconds += in.two_digits(59, "expected the minutes of the UTC offset, 00 to 59") * 60;
        if (in.take(':')) seconds += in.two_digits(59, "expected the seconds of the UTC offset, 00 to 59");
    }
    return std::chrono::seconds{west ? -seconds : seconds};
}

std::int64_t checked(time_of_day time) {
    const std::int64_t micros = time.since_midnight.count();
    if (!is_time(micros)) throw usage_error("a howdah::time_of_day lies between 00:00:00 and 24:00:00");
    return micros;
}

std::int32_t checked(std::chrono::seconds offset) {
    if (!is_offset(offset.count()))
        throw usage_error("the offset of a howdah::offset_time lies between -15:59:59 and 15:59:59");
    return static_cast<std::int32_t>(offset.count());
}

void put(short_text& out, time_of_day time) {
    const auto micros = static_cast<std::uint64_t>(checked(time));
    detail::put_time(out, micros);
    detail::put_fraction(out, micros);
}

void put(short_text& out, std::chrono::seconds offset) {
    const auto east = checked(offset);
    const auto size = static_cast<std::uint64_t>(east < 0 ? -east : east);
    out.put(east < 0 ? '-' : '+');
    out.put_digits(size / 3600, 2);
    if (size % 3600 == 0) return;
    out.put(':');
    out.put_digits(size / 60 % 60, 2);
    if (size % 60 == 0) return;
    out.put(':');
    out.put_digits(size % 60, 2);
}

// ---- cells

[[noreturn]] void refuse(oid type) {
    throw decode_error("a value outside the range of " + type_name(type) + ": not a PostgreSQL server?");
}

time_of_day read_micros(byte_reader& in, oid type) {
    const auto micros = in.read<std::int64_t>();
    if (!is_time(micros)) refuse(type);
    return {std::chrono::microseconds{micros}};
}

void decode_time(std::string_view bytes, wire from, void* value) {
    auto in = detail::exactly(8, bytes, from.type);
    *static_cast<time_of_day*>(value) = read_micros(in, from.type);
}

void decode_offset_time(std::string_view bytes, wire from, void* value) {
    auto in = detail::exactly(12, bytes, from.type);
    const auto time = read_micros(in, from.type);
    const std::int64_t west = in.read<std::int32_t>();
    if (!is_offset(west)) refuse(from.type);
    *static_cast<offset_time*>(value) = {time, std::chrono::seconds{-west}};
}

void decode_time_text(std::string_view text, wire, void* value) {
    *static_cast<time_of_day*>(value) = parse_time_of_day(text);
}
void decode_offset_time_text(std::string_view text, wire, void* value) {
    *static_cast<offset_time*>(value) = parse_offset_time(text);
}

} // namespace

time_of_day parse_time_of_day(std::string_view text) {
    text_cursor in(text);
    const auto time = read_time(in);
    if (!in.done()) in.fail("something follows the end of the time");
    return time;
}

offset_time parse_offset_time(std::string_view text) {
    text_cursor in(text);
    const auto time = read_time(in);
    const auto offset = read_offset(in);
    if (!in.done()) in.fail("something follows the end of the time");
    return {time, offset};
}

std::string format_time_of_day(time_of_day time) {
    short_text out;
    put(out, time);
    return out.text();
}

std::string format_offset_time(const offset_time& time) {
    short_text out;
    put(out, time.time);
    put(out, time.offset);
    return out.text();
}

namespace detail {

using time_codec = compiled_codec<time_of_day, oids::time>;
using offset_time_codec = compiled_codec<offset_time, oids::timetz>;

template <> std::string time_codec::name() {
    return "howdah::time_of_day";
}
template <> decode_function time_codec::decoder(wire from) noexcept {
    return only_from(oids::time, from, decode_time, decode_time_text);
}
template <> void time_codec::encode(const time_of_day& value, format encoding, byte_writer& to) {
    if (encoding == format::binary) to.write(checked(value));
    else to.write(format_time_of_day(value));
}

template <> std::string offset_time_codec::name() {
    return "howdah::offset_time";
}
template <> decode_function offset_time_codec::decoder(wire from) noexcept {
    return only_from(oids::timetz, from, decode_offset_time, decode_offset_time_text);
}
template <> void offset_time_codec::encode(const offset_time& value, format encoding, byte_writer& to) {
    if (encoding == format::text) return to.write(format_offset_time(value));
    to.write(checked(value.time));
    to.write(-checked(value.offset));
}

} // namespace detail

} // namespace howdah

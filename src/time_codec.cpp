// SPDX-License-Identifier: BSL-1.0
//
// The codecs of the time types: in binary an integer that counts from 2000-01-01, its extremes the
// infinities.
#include <howdah/time.hpp>

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

#include "calendar.hpp"

namespace howdah {

namespace {

/// How a type travels in binary: an integer that counts from 2000-01-01, its extremes the infinities.
template <class T> struct wire_form;

template <> struct wire_form<timestamp> {
    using raw = std::int64_t;
    static constexpr std::int64_t first = detail::first_instant, last = detail::last_instant,
                                  epoch = detail::epoch_us;
    static constexpr oid type = oids::timestamptz;
    static constexpr auto name = "howdah::timestamp";
    static constexpr auto range = "4714-11-24 BC to 294247-01-10 04:00:54.775807 UTC";
    static timestamp parse(std::string_view text) { return parse_timestamp(text); }
    static std::string text(timestamp value) { return format_timestamp(value); }
};

template <> struct wire_form<local_timestamp> : wire_form<timestamp> {
    static constexpr oid type = oids::timestamp;
    static constexpr auto name = "howdah::local_timestamp";
    static constexpr auto range = "4714-11-24 BC to 294247-01-10 04:00:54.775807";
    static local_timestamp parse(std::string_view text) { return parse_local_timestamp(text); }
    static std::string text(local_timestamp value) { return format_timestamp(value); }
};

template <> struct wire_form<date> {
    using raw = std::int32_t;
    static constexpr std::int64_t first = detail::first_date, last = detail::last_date,
                                  epoch = detail::epoch_days;
    static constexpr oid type = oids::date;
    static constexpr auto name = "howdah::date";
    static constexpr auto range = "4714-11-24 BC to 5874897-12-31";
    static date parse(std::string_view text) { return parse_date(text); }
    static std::string text(date value) { return format_date(value); }
};

template <class T> using raw_of = typename wire_form<T>::raw;
template <class T> constexpr raw_of<T> plus_infinity = std::numeric_limits<raw_of<T>>::max();
template <class T> constexpr raw_of<T> minus_infinity = std::numeric_limits<raw_of<T>>::min();

template <class T> bool in_range(std::int64_t raw) noexcept {
    using form = wire_form<T>;
    return static_cast<std::uint64_t>(raw) - static_cast<std::uint64_t>(form::first) <=
           static_cast<std::uint64_t>(form::last) - static_cast<std::uint64_t>(form::first);
}

template <class T> [[noreturn, gnu::cold, gnu::noinline]] void refuse_raw(raw_of<T> raw) {
    const std::string name = wire_form<T>::name;
    if (raw == plus_infinity<T> || raw == minus_infinity<T>)
        throw decode_error("an infinite value: read it into a howdah::or_infinity<" + name + ">",
                           raw == plus_infinity<T> ? "infinity" : "-infinity", 0);
    throw decode_error("outside what a " + name + " holds, " + wire_form<T>::range + ": read it as text",
                       std::to_string(raw), 0);
}

template <class T> [[noreturn, gnu::cold, gnu::noinline]] void refuse_size(std::string_view bytes) {
    throw decode_error("a binary " + type_name(wire_form<T>::type) + " has " +
                           std::to_string(sizeof(raw_of<T>)) + " bytes, this has " +
                           std::to_string(bytes.size()) + ": not a PostgreSQL server?",
                       {}, std::min(bytes.size(), sizeof(raw_of<T>)));
}

// One load and one swap; a byte loop costs three times as much, and 1,000,000 rows have millions of these.
template <class T> raw_of<T> load(std::string_view bytes) {
    if (bytes.size() != sizeof(raw_of<T>)) refuse_size<T>(bytes);
    std::make_unsigned_t<raw_of<T>> raw;
    std::memcpy(&raw, bytes.data(), sizeof raw);
    if constexpr (std::endian::native == std::endian::little) {
        if constexpr (sizeof raw == 8) raw = __builtin_bswap64(raw);
        else raw = __builtin_bswap32(raw);
    }
    return static_cast<raw_of<T>>(raw);
}

template <class T> T from_raw(raw_of<T> raw) {
    if (!in_range<T>(raw)) refuse_raw<T>(raw);
    using rep = typename T::duration::rep;
    return T{typename T::duration{static_cast<rep>(raw + wire_form<T>::epoch)}};
}

/// Throws usage_error where the server's type ends.
template <class T> raw_of<T> to_raw(T value) {
    const std::int64_t since_1970 = value.time_since_epoch().count();
    std::int64_t raw = 0;
    if (__builtin_sub_overflow(since_1970, wire_form<T>::epoch, &raw) || !in_range<T>(raw))
        throw usage_error(std::string("a ") + wire_form<T>::name +
                          " to send is outside the server's range, " + wire_form<T>::range +
                          ": check it before, or send an or_infinity");
    return static_cast<raw_of<T>>(raw);
}

template <class T> void decode_binary(std::string_view bytes, wire, void* value) {
    *static_cast<T*>(value) = from_raw<T>(load<T>(bytes));
}

template <class T> void decode_text(std::string_view bytes, wire, void* value) {
    *static_cast<T*>(value) = wire_form<T>::parse(bytes);
}

template <class T> void decode_binary_infinite(std::string_view bytes, wire, void* value) {
    auto& out = *static_cast<or_infinity<T>*>(value);
    const auto raw = load<T>(bytes);
    if (raw == plus_infinity<T>) out = or_infinity<T>::kind::infinity;
    else if (raw == minus_infinity<T>) out = or_infinity<T>::kind::minus_infinity;
    else out = from_raw<T>(raw);
}

template <class T> void decode_text_infinite(std::string_view bytes, wire, void* value) {
    auto& out = *static_cast<or_infinity<T>*>(value);
    if (bytes == "infinity" || bytes == "\"infinity\"") out = or_infinity<T>::kind::infinity;
    else if (bytes == "-infinity" || bytes == "\"-infinity\"") out = or_infinity<T>::kind::minus_infinity;
    else out = wire_form<T>::parse(bytes);
}

template <class T> decode_function choose(wire from, decode_function binary, decode_function text) noexcept {
    if (from.type != wire_form<T>::type) return nullptr;
    return from.encoding == format::binary ? binary : text;
}

template <class T> void encode_finite(T value, format encoding, byte_writer& to) {
    const auto raw = to_raw(value);
    if (encoding == format::binary) to.write(raw);
    else to.write(wire_form<T>::text(value));
}

template <class T> void encode_infinite(const or_infinity<T>& value, format encoding, byte_writer& to) {
    if (value.finite()) return encode_finite(value.value, encoding, to);
    const bool plus = value.is == or_infinity<T>::kind::infinity;
    if (encoding == format::binary) to.write(plus ? plus_infinity<T> : minus_infinity<T>);
    else to.write(std::string_view(plus ? "infinity" : "-infinity"));
}

} // namespace

std::chrono::year_month_day codec<std::chrono::year_month_day>::from_wire(date day) {
    constexpr date first = std::chrono::sys_days{std::chrono::year::min() / 1 / 1};
    constexpr date last = std::chrono::sys_days{std::chrono::year::max() / 12 / 31};
    if (day < first || day > last)
        throw decode_error("the year does not fit std::chrono::year: read it into a howdah::date",
                           format_date(day), 0);
    return std::chrono::year_month_day{day};
}

date codec<std::chrono::year_month_day>::to_wire(const std::chrono::year_month_day& day) {
    if (!day.ok()) throw usage_error("a std::chrono::year_month_day to send is not a day of the calendar");
    return std::chrono::sys_days{day};
}

namespace detail {

using timestamp_codec = compiled_codec<timestamp, oids::timestamptz>;
using local_timestamp_codec = compiled_codec<local_timestamp, oids::timestamp>;
using date_codec = compiled_codec<date, oids::date>;
using infinite_timestamp_codec = compiled_codec<or_infinity<timestamp>, oids::timestamptz>;
using infinite_local_timestamp_codec = compiled_codec<or_infinity<local_timestamp>, oids::timestamp>;
using infinite_date_codec = compiled_codec<or_infinity<date>, oids::date>;

template <> std::string timestamp_codec::name() {
    return "howdah::timestamp";
}
template <> std::string local_timestamp_codec::name() {
    return "howdah::local_timestamp";
}
template <> std::string date_codec::name() {
    return "howdah::date";
}
template <> std::string infinite_timestamp_codec::name() {
    return "howdah::or_infinity<howdah::timestamp>";
}
template <> std::string infinite_local_timestamp_codec::name() {
    return "howdah::or_infinity<howdah::local_timestamp>";
}
template <> std::string infinite_date_codec::name() {
    return "howdah::or_infinity<howdah::date>";
}

template <> decode_function timestamp_codec::decoder(wire from) noexcept {
    return choose<timestamp>(from, decode_binary<timestamp>, decode_text<timestamp>);
}
template <> decode_function local_timestamp_codec::decoder(wire from) noexcept {
    return choose<local_timestamp>(from, decode_binary<local_timestamp>, decode_text<local_timestamp>);
}
template <> decode_function date_codec::decoder(wire from) noexcept {
    return choose<date>(from, decode_binary<date>, decode_text<date>);
}
template <> decode_function infinite_timestamp_codec::decoder(wire from) noexcept {
    return choose<timestamp>(from, decode_binary_infinite<timestamp>, decode_text_infinite<timestamp>);
}
template <> decode_function infinite_local_timestamp_codec::decoder(wire from) noexcept {
    return choose<local_timestamp>(from, decode_binary_infinite<local_timestamp>,
                                   decode_text_infinite<local_timestamp>);
}
template <> decode_function infinite_date_codec::decoder(wire from) noexcept {
    return choose<date>(from, decode_binary_infinite<date>, decode_text_infinite<date>);
}

template <> void timestamp_codec::encode(const timestamp& value, format encoding, byte_writer& to) {
    encode_finite(value, encoding, to);
}
template <>
void local_timestamp_codec::encode(const local_timestamp& value, format encoding, byte_writer& to) {
    encode_finite(value, encoding, to);
}
template <> void date_codec::encode(const date& value, format encoding, byte_writer& to) {
    encode_finite(value, encoding, to);
}
template <>
void infinite_timestamp_codec::encode(const or_infinity<timestamp>& value, format encoding, byte_writer& to) {
    encode_infinite(value, encoding, to);
}
template <>
void infinite_local_timestamp_codec::encode(const or_infinity<local_timestamp>& value, format encoding,
                                            byte_writer& to) {
    encode_infinite(value, encoding, to);
}
template <>
void infinite_date_codec::encode(const or_infinity<date>& value, format encoding, byte_writer& to) {
    encode_infinite(value, encoding, to);
}

} // namespace detail

} // namespace howdah

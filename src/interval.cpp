// SPDX-License-Identifier: BSL-1.0
//
// interval. Sources: interval_send() in src/backend/utils/adt/timestamp.c of PostgreSQL for the binary form,
// EncodeInterval() in datetime.c there for the four text forms.
#include <howdah/interval.hpp>

#include "codec_support.hpp"
#include "short_text.hpp"
#include "text_cursor.hpp"

namespace howdah {

namespace {

using detail::second_us;
using detail::short_text;
using detail::text_cursor;

constexpr std::int64_t minute_us = 60 * second_us, hour_us = 60 * minute_us;

// ---- reading text

/// Fields come from the largest to the smallest, each once at most.
enum class field { none, year, month, day, hour, minute, second };

struct unit {
    std::string_view word;
    field which;
};
constexpr unit units[] = {{"year", field::year}, {"mon", field::month},  {"day", field::day},
                          {"hour", field::hour}, {"min", field::minute}, {"sec", field::second}};

class interval_reader {
public:
    explicit interval_reader(std::string_view text) noexcept : in_(text) {
        constexpr std::string_view ago = " ago";
        backwards_ = text.starts_with('@') && text.ends_with(ago);
        if (backwards_) end_ = text.size() - ago.size();
        else end_ = text.size();
    }

    interval read() {
        if (in_.take('P')) read_iso();
        else read_words();
        return {in_range(months_), in_range(days_), std::chrono::microseconds{micros_}};
    }

private:
    struct number {
        std::int64_t value;
        bool negative;
        bool has_sign;
    };

    bool done() const noexcept { return in_.at() >= end_; }

    number read_number() {
        number out{0, in_.sees('-'), in_.sees('-') || in_.sees('+')};
        if (!in_.take('-')) in_.take('+');
        const auto begin = in_.at();
        do {
            const auto digit = in_.digit("expected a digit of an interval");
            if (__builtin_mul_overflow(out.value, 10, &out.value) ||
                __builtin_add_overflow(out.value, static_cast<std::int64_t>(digit), &out.value))
                in_.fail(too_large, begin);
        } while (in_.sees_digit());
        return out;
    }

    void add(std::int64_t& total, bool negative, std::int64_t value, std::int64_t unit) {
        std::int64_t product = 0;
        if (__builtin_mul_overflow(value, negative != backwards_ ? -unit : unit, &product) ||
            __builtin_add_overflow(total, product, &total))
            in_.fail(too_large);
    }

    void add(field which, const number& read) {
        if (which <= last_) in_.fail("the fields of an interval are out of order");
        last_ = which;
        switch (which) {
        case field::year: return add(months_, read.negative, read.value, 12);
        case field::month: return add(months_, read.negative, read.value, 1);
        case field::day: return add(days_, read.negative, read.value, 1);
        case field::hour: return add(micros_, read.negative, read.value, hour_us);
        case field::minute: return add(micros_, read.negative, read.value, minute_us);
        default: return add(micros_, read.negative, read.value, second_us);
        }
    }

    void add_fraction(bool negative) { add(micros_, negative, detail::read_fraction(in_), 1); }

    /// P1Y2M-3DT4H5M6.5S
    void read_iso() {
        bool time = false;
        do {
            if (!time) time = in_.take('T');
            const auto value = read_number();
            const bool fraction = time && in_.sees('.');
            if (fraction) add_fraction(value.negative);
            if (!time && in_.take('Y')) add(field::year, value);
            else if (!time && in_.take('M')) add(field::month, value);
            else if (!time && in_.take('D')) add(field::day, value);
            else if (time && !fraction && in_.take('H')) add(field::hour, value);
            else if (time && !fraction && in_.take('M')) add(field::minute, value);
            else if (time && in_.take('S')) add(field::second, value);
            else in_.fail("expected the letter of a field of an interval");
        } while (!done());
    }

    /// The three other styles: numbers with words, with colons and with a hyphen.
    void read_words() {
        const bool verbose = in_.take("@ ");
        do {
            if (last_ != field::none) expect_space();
            auto value = read_number();
            if (inherits_ && !value.has_sign) value.negative = inherits_negative_;
            inherits_ = false;
            if (in_.sees(':') && !verbose) read_clock(value);
            else if (in_.sees('-') && !verbose) read_years(value);
            else read_plain(value, verbose);
        } while (!done());
        if (backwards_) in_.take(" ago");
        if (!in_.done()) in_.fail("something follows the end of an interval");
    }

    /// "3 days"; "5.5 secs" with `verbose`; "3 4:05:06" of sql_standard, where the sign of the days is that of the
    /// time too if that has none; "0".
    void read_plain(const number& value, bool verbose) {
        const bool fraction = verbose && in_.sees('.');
        if (fraction) add_fraction(value.negative);
        if (done() && value.value == 0 && !fraction && last_ == field::none) return;
        expect_space();
        for (const auto& [word, which] : units)
            if ((verbose || which <= field::day) && (!fraction || which == field::second) && in_.take(word)) {
                in_.take('s');
                return add(which, value);
            }
        if (verbose || !(in_.sees_digit() || in_.sees('-') || in_.sees('+')))
            in_.fail("expected the name of a field of an interval");
        add(field::day, value);
        inherits_ = true;
        inherits_negative_ = value.negative;
        space_taken_ = true;
    }

    /// "1-2": years and months.
    void read_years(const number& years) {
        in_.take('-');
        add(field::year, years);
        const auto begin = in_.at();
        number months = {in_.digit("expected the months of an interval"), years.negative, false};
        if (in_.sees_digit()) months.value = months.value * 10 + in_.digit("");
        if (months.value > 11) in_.fail("expected the months of an interval, 0 to 11", begin);
        add(field::month, months);
    }

    /// "04:05:06.5"
    void read_clock(const number& hours) {
        add(field::hour, hours);
        in_.take(':');
        add(field::minute, {in_.two_digits(59, "expected a minute, 00 to 59"), hours.negative, false});
        in_.expect(':', "expected the ':' after the minute");
        add(field::second, {in_.two_digits(59, "expected a second, 00 to 59"), hours.negative, false});
        add_fraction(hours.negative);
    }

    void expect_space() {
        if (!space_taken_) in_.expect(' ', "expected a space between the fields of an interval");
        space_taken_ = false;
    }

    std::int32_t in_range(std::int64_t total) {
        if (!std::in_range<std::int32_t>(total)) in_.fail(too_large, 0);
        return static_cast<std::int32_t>(total);
    }

    static constexpr auto too_large = "outside what an interval holds";
    text_cursor in_;
    std::size_t end_ = 0;
    bool backwards_ = false, inherits_ = false, inherits_negative_ = false, space_taken_ = false;
    field last_ = field::none;
    std::int64_t months_ = 0, days_ = 0, micros_ = 0;
};

// ---- writing text

/// Years, months or days. After a negative field a positive one has a sign.
struct interval_writer {
    short_text out{};
    bool empty = true, after_negative = false;

    void put_sign(std::int64_t value) {
        if (!empty) out.put(' ');
        if (value < 0) out.put('-');
        else if (after_negative) out.put('+');
    }
    void put(std::int64_t value, std::string_view word) {
        if (value == 0) return;
        put_sign(value);
        out.put_digits(static_cast<std::uint64_t>(value < 0 ? -value : value), 1);
        out.put(' ');
        out.put(word);
        if (value != 1) out.put('s');
        after_negative = value < 0;
        empty = false;
    }
    void put_clock(std::int64_t micros) {
        if (micros == 0 && !empty) return;
        put_sign(micros);
        const auto bits = static_cast<std::uint64_t>(micros);
        const auto size = micros < 0 ? 0 - bits : bits;
        detail::put_time(out, size);
        detail::put_fraction(out, size);
    }
};

void decode_binary(std::string_view bytes, wire from, void* value) {
    auto in = detail::exactly(16, bytes, from.type);
    auto& out = *static_cast<interval*>(value);
    out.time = std::chrono::microseconds{in.read<std::int64_t>()};
    out.days = in.read<std::int32_t>();
    out.months = in.read<std::int32_t>();
}

void decode_text(std::string_view text, wire, void* value) {
    *static_cast<interval*>(value) = parse_interval(text);
}

} // namespace

double interval::estimated_seconds() const noexcept {
    if (!is_finite()) {
        constexpr auto infinite = std::numeric_limits<double>::infinity();
        return months > 0 ? infinite : -infinite;
    }
    const double all_days = 30.0 * months + days;
    return all_days * 86'400.0 + static_cast<double>(time.count()) / 1e6;
}

interval parse_interval(std::string_view text) {
    if (text == "infinity") return interval::infinity();
    if (text == "-infinity") return interval::minus_infinity();
    return interval_reader(text).read();
}

std::string format_interval(const interval& span) {
    if (!span.is_finite()) return span.months > 0 ? "infinity" : "-infinity";
    interval_writer to;
    to.put(span.months / 12, "year");
    to.put(span.months % 12, "mon");
    to.put(span.days, "day");
    to.put_clock(span.time.count());
    return to.out.text();
}

namespace detail {

using interval_codec = compiled_codec<interval, oids::interval>;

template <> std::string interval_codec::name() {
    return "howdah::interval";
}
template <> decode_function interval_codec::decoder(wire from) noexcept {
    return only_from(oids::interval, from, decode_binary, decode_text);
}
template <> void interval_codec::encode(const interval& value, format encoding, byte_writer& to) {
    if (encoding == format::text) return to.write(format_interval(value));
    to.write(static_cast<std::int64_t>(value.time.count()));
    to.write(value.days);
    to.write(value.months);
}

} // namespace detail

} // namespace howdah

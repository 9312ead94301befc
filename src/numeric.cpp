// SPDX-License-Identifier: BSL-1.0
//
// Text and binary forms of numeric. Source of the binary form: numeric_send() in
// src/backend/utils/adt/numeric.c of PostgreSQL: groups of four decimal digits around the decimal point.
#include <howdah/numeric.hpp>

#include <algorithm>
#include <charconv>
#include <limits>

namespace howdah {

/// Makes a numeric from a text that is canonical already.
struct numeric_access {
    static numeric from_canonical(std::string text) {
        numeric out;
        out.text_ = std::move(text);
        return out;
    }
};

namespace {

constexpr std::int64_t most_before_point = 131'072, most_after_point = 16'383;
constexpr int group_digits = 4;

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

// ---------------------------------------------------------------------------------------------------------------------
// Text

/// Sign, digits without point, and where the point stands among them.
struct scanned {
    bool negative = false;
    std::string digits;
    std::int64_t before_point = 0; ///< may be negative or beyond the digits
};

class scanner {
public:
    explicit scanner(std::string_view text) : text_(text) {}

    scanned scan() {
        scanned out;
        out.negative = sees('-');
        if (sees('-') || sees('+')) ++at_;
        take_digits(out.digits);
        out.before_point = static_cast<std::int64_t>(out.digits.size());
        if (sees('.')) {
            ++at_;
            take_digits(out.digits);
        }
        if (out.digits.empty()) fail("expected a digit of a number");
        if (sees('e') || sees('E')) out.before_point += exponent();
        if (at_ != text_.size()) fail("something follows the end of the number");
        return out;
    }

private:
    bool sees(char c) const noexcept { return at_ < text_.size() && text_[at_] == c; }
    void take_digits(std::string& digits) {
        const auto begin = at_;
        while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
        digits += text_.substr(begin, at_ - begin);
    }
    std::int64_t exponent() {
        ++at_;
        const bool negative = sees('-');
        if (sees('-') || sees('+')) ++at_;
        std::string digits;
        take_digits(digits);
        if (digits.empty()) fail("expected a digit of the exponent");
        // Any exponent of more digits is far beyond every limit; sign and size are all that matters then.
        std::int64_t value = 1'000'000'000'000;
        digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
        if (digits.size() <= 12) std::from_chars(digits.data(), digits.data() + digits.size(), value);
        return negative ? -value : value;
    }
    [[noreturn]] void fail(const char* reason) const { throw decode_error(reason, std::string(text_), at_); }

    std::string_view text_;
    std::size_t at_ = 0;
};

std::string canonical(std::string_view text) {
    auto [negative, digits, before_point] = scanner(text).scan();
    const auto size = static_cast<std::int64_t>(digits.size());
    const auto scale = std::max<std::int64_t>(0, size - before_point);
    const auto first = digits.find_first_not_of('0');
    const bool zero = first == std::string::npos;
    const auto before = zero ? 0 : std::max<std::int64_t>(0, before_point - static_cast<std::int64_t>(first));
    if (before > most_before_point || scale > most_after_point)
        throw decode_error(
            "more than 131072 digits before the decimal point or 16383 after it: PostgreSQL cannot "
            "hold the number; round it",
            std::string(text));
    std::string out = negative && !zero ? "-" : "";
    if (before == 0) out += '0';
    for (std::int64_t i = before_point - before; i < before_point; ++i)
        out += i < size ? digits[static_cast<std::size_t>(i)] : '0';
    if (scale > 0) out += '.';
    for (std::int64_t i = size - scale; i < size; ++i)
        out += i < 0 ? '0' : digits[static_cast<std::size_t>(i)];
    return out;
}

bool is_special(std::string_view text) noexcept {
    return text == "NaN" || text == "Infinity" || text == "-Infinity";
}

// ---------------------------------------------------------------------------------------------------------------------
// Binary

constexpr std::uint16_t positive_sign = 0x0000, negative_sign = 0x4000, nan_sign = 0xC000,
                        infinity_sign = 0xD000, minus_infinity_sign = 0xF000;

/// The number as groups of four decimal digits; the first group has the weight 10000 to the `weight`.
struct groups {
    std::vector<std::int16_t> values;
    int weight = 0;
    bool negative = false;
    int scale = 0;

    int at_weight(int which) const noexcept {
        const int index = weight - which;
        return index < 0 || index >= static_cast<int>(values.size())
                   ? 0
                   : values[static_cast<std::size_t>(index)];
    }
    /// No zeros at either end, as the server sends them.
    void strip() {
        const auto not_zero = [](std::int16_t value) { return value != 0; };
        const auto first = std::find_if(values.begin(), values.end(), not_zero);
        weight -= static_cast<int>(first - values.begin());
        values.erase(values.begin(), first);
        while (!values.empty() && values.back() == 0) values.pop_back();
        if (values.empty()) weight = 0;
    }
};

[[noreturn]] void refuse_binary(const char* what, std::size_t offset) {
    throw decode_error(std::string("not a binary numeric: ") + what, {}, offset);
}

std::string_view special_text(std::uint16_t sign) noexcept {
    if (sign == nan_sign) return "NaN";
    if (sign == infinity_sign) return "Infinity";
    if (sign == minus_infinity_sign) return "-Infinity";
    return {};
}

groups read_groups(byte_reader& in, int count, int weight, std::uint16_t sign, int scale) {
    if (sign != positive_sign && sign != negative_sign) refuse_binary("unknown sign", 4);
    if (scale > most_after_point) refuse_binary("scale out of range", 6);
    groups out{{}, weight, sign == negative_sign, scale};
    out.values.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) {
        const auto value = in.read<std::int16_t>();
        if (value < 0 || value > 9999)
            refuse_binary("a group above 9999", 8 + 2 * static_cast<std::size_t>(i));
        out.values.push_back(value);
    }
    out.strip();
    return out;
}

void append_group(std::string& out, int value) {
    for (int divisor = 1000; divisor > 0; divisor /= 10) out += static_cast<char>('0' + value / divisor % 10);
}

std::string to_text(const groups& number) {
    std::string out;
    for (int weight = number.weight; weight >= 0; --weight) append_group(out, number.at_weight(weight));
    out.erase(0, out.find_first_not_of('0'));
    if (out.empty()) out = "0";
    if (number.scale > 0) {
        const auto point = out.size();
        out += '.';
        for (int weight = -1; -weight * group_digits < number.scale + group_digits; --weight)
            append_group(out, number.at_weight(weight));
        out.resize(point + 1 + static_cast<std::size_t>(number.scale));
    }
    const bool zero = out.find_first_not_of("0.") == std::string::npos;
    return number.negative && !zero ? "-" + out : out;
}

std::string decode_numeric(std::string_view bytes) {
    byte_reader in(bytes);
    const int count = in.read<std::uint16_t>();
    const int weight = in.read<std::int16_t>();
    const auto sign = in.read<std::uint16_t>();
    const int scale = in.read<std::uint16_t>();
    if (!in.ok()) refuse_binary("less than eight bytes", bytes.size());
    if (in.left() != 2 * static_cast<std::size_t>(count)) refuse_binary("the size does not match", 0);
    if (const auto special = special_text(sign); !special.empty()) {
        if (count != 0) refuse_binary("digits in a number that has none", 8);
        return std::string(special);
    }
    return to_text(read_groups(in, count, weight, sign, scale));
}

/// Four digits from `at`, which may lie partly or wholly outside of the text: zeros there.
std::int16_t group_of(std::string_view digits, std::int64_t at) noexcept {
    int value = 0;
    for (int i = 0; i < group_digits; ++i, ++at) {
        const bool inside = at >= 0 && at < static_cast<std::int64_t>(digits.size());
        value = value * 10 + (inside ? digits[static_cast<std::size_t>(at)] - '0' : 0);
    }
    return static_cast<std::int16_t>(value);
}

groups split(std::string_view text) {
    groups out;
    out.negative = text.starts_with('-');
    if (out.negative) text.remove_prefix(1);
    const auto point = std::min(text.find('.'), text.size());
    const auto whole = text.substr(0, point), fraction = text.substr(std::min(point + 1, text.size()));
    out.scale = static_cast<int>(fraction.size());
    const auto whole_groups = static_cast<std::int64_t>((whole.size() + 3) / 4);
    out.weight = static_cast<int>(whole_groups) - 1;
    const auto begin = static_cast<std::int64_t>(whole.size()) - whole_groups * group_digits;
    for (std::int64_t i = 0; i < whole_groups; ++i)
        out.values.push_back(group_of(whole, begin + i * group_digits));
    for (std::int64_t at = 0; at < static_cast<std::int64_t>(fraction.size()); at += group_digits)
        out.values.push_back(group_of(fraction, at));
    out.strip();
    return out;
}

void write_head(byte_writer& to, std::size_t count, int weight, std::uint16_t sign, int scale) {
    to.write(static_cast<std::uint16_t>(count));
    to.write(static_cast<std::int16_t>(weight));
    to.write(sign);
    to.write(static_cast<std::uint16_t>(scale));
}

void encode_binary(const numeric& value, byte_writer& to) {
    if (!value.is_finite()) {
        const auto sign = value.text() == "NaN"        ? nan_sign
                          : value.text() == "Infinity" ? infinity_sign
                                                       : minus_infinity_sign;
        return write_head(to, 0, 0, sign, 0);
    }
    const auto number = split(value.text());
    write_head(to, number.values.size(), number.weight, number.negative ? negative_sign : positive_sign,
               number.scale);
    for (const auto group : number.values) to.write(group);
}

} // namespace

numeric::numeric(std::string_view text) : text_(is_special(text) ? std::string(text) : canonical(text)) {}

numeric numeric::from_integer(std::int64_t value) {
    return numeric_access::from_canonical(std::to_string(value));
}

double numeric::to_double_lossy() const noexcept {
    double out = 0;
    const auto [end, fault] = std::from_chars(text_.data(), text_.data() + text_.size(), out);
    if (fault != std::errc::result_out_of_range) return out;
    const bool negative = text_.front() == '-';
    const bool tiny = text_[negative ? 1 : 0] == '0';
    const double size = tiny ? 0.0 : std::numeric_limits<double>::infinity();
    return negative ? -size : size;
}

namespace {

void decode_binary(std::string_view bytes, wire, void* value) {
    *static_cast<numeric*>(value) = numeric_access::from_canonical(decode_numeric(bytes));
}
void decode_text(std::string_view bytes, wire, void* value) {
    *static_cast<numeric*>(value) = numeric(bytes);
}

template <class T> void decode_integer(std::string_view bytes, wire, void* value) {
    byte_reader in(bytes);
    const auto read = in.read<T>();
    if (!in.finished())
        throw decode_error("a binary integer of " + std::to_string(bytes.size()) + " bytes instead of " +
                               std::to_string(sizeof(T)),
                           {}, std::min(bytes.size(), sizeof(T)));
    *static_cast<numeric*>(value) = numeric::from_integer(read);
}

} // namespace

namespace detail {

using numeric_codec = compiled_codec<numeric, oids::numeric>;

template <> std::string numeric_codec::name() {
    return "howdah::numeric";
}
template <> decode_function numeric_codec::decoder(wire from) noexcept {
    const bool binary = from.encoding == format::binary;
    switch (from.type) {
    case oids::numeric: return binary ? decode_binary : decode_text;
    case oids::int2: return binary ? decode_integer<std::int16_t> : decode_text;
    case oids::int4: return binary ? decode_integer<std::int32_t> : decode_text;
    case oids::int8: return binary ? decode_integer<std::int64_t> : decode_text;
    default: return nullptr;
    }
}
template <> void numeric_codec::encode(const numeric& value, format encoding, byte_writer& to) {
    if (encoding == format::binary) encode_binary(value, to);
    else to.write(value.text());
}

} // namespace detail

} // namespace howdah

// SPDX-License-Identifier: BSL-1.0
//
// numeric: an exact decimal number of any precision, kept as its text. It does no arithmetic: hand the text
// to the decimal library of your choice. Source: PostgreSQL manual, section 8.1.2.
#pragma once

#include <string>
#include <string_view>

#include <howdah/codec.hpp>

namespace howdah {

/// A decimal number, exactly as PostgreSQL writes it: digits, at most one '.', a leading '-'; or "NaN",
/// "Infinity", "-Infinity". The scale is kept: "1.50" and "1.5" are different texts (and so compare unequal
/// here), equal numbers on the server.
class numeric {
public:
    /// Zero.
    numeric() : text_("0") {}
    /// Parses digits with an optional sign, decimal point and exponent; stores the canonical text without
    /// exponent. Throws decode_error with the offset of the first bad character, or when PostgreSQL could not
    /// hold the number (more than 131,072 digits before the point or 16,383 after it).
    explicit numeric(std::string_view text);
    /// The same number, without a decimal point.
    [[nodiscard]] static numeric from_integer(std::int64_t value);

    /// The canonical text. Lives as long as this object.
    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    /// The nearest double; precision may be lost, hence the name.
    [[nodiscard]] double to_double_lossy() const noexcept;
    /// False for NaN and the infinities.
    [[nodiscard]] bool is_finite() const noexcept { return text_.back() >= '0' && text_.back() <= '9'; }

    friend bool operator==(const numeric&, const numeric&) = default;

private:
    friend struct numeric_access;
    std::string text_;
};

template <> struct codec<numeric> : detail::compiled_codec<numeric, oids::numeric> {};

} // namespace howdah

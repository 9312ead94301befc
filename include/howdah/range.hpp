// SPDX-License-Identifier: BSL-1.0
//
// range<T> and multirange<T>: the range types of PostgreSQL, for every T with a codec.
//
//     howdah::range<std::int32_t>{1, 10}                                     // [1,10): 1 to 9
//     howdah::range<howdah::timestamp>{start, std::nullopt}                  // [start,): no end
//     howdah::range<howdah::numeric>{low, high, howdah::bounds::closed}      // [low,high]
//
// int4range, int8range, numrange, tsrange, tstzrange, daterange and their multiranges travel in binary; a range
// type that users create over any other T is read in binary where the catalogue tells its subtype, and sent as
// text. A bound that is not there is not an infinite value: `[2026-01-01,)` has no upper bound,
// `[2026-01-01,infinity)` has one, which a range<or_infinity<date>> holds.
//
// The server keeps ranges of integers and dates in one form, [a,b): what comes back may be written otherwise than
// what was sent. canonical() is that form. Nothing is checked here: a lower bound above the upper one is refused
// by the server (22000). Not safe to change from several threads.
//
// Source: PostgreSQL manual, section 8.17.
#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <howdah/codec.hpp>
#include <howdah/detail/codec_range.hpp>

namespace howdah {

/// Which bounds belong to a range.
enum class bounds : unsigned char {
    open = 0,      ///< (a,b)
    half_open = 1, ///< [a,b)
    left_open = 2, ///< (a,b]
    closed = 3,    ///< [a,b]
};

/// The values between two bounds, of which either may be missing; or no value at all.
template <class T> class range {
public:
    /// The empty range.
    range() = default;
    /// A bound that is missing does not belong to the range, whatever `which` says.
    range(std::optional<T> lower, std::optional<T> upper, bounds which = bounds::half_open)
        : form_{false, lower && (static_cast<unsigned>(which) & 1U) != 0,
                upper && (static_cast<unsigned>(which) & 2U) != 0},
          lower_(std::move(lower)), upper_(std::move(upper)) {}
    /// All values.
    [[nodiscard]] static range all() { return range(std::nullopt, std::nullopt); }

    [[nodiscard]] bool empty() const noexcept { return form_.empty; }
    /// Nothing: the range has no bound there, or is empty. Lives as long as this object.
    [[nodiscard]] const std::optional<T>& lower() const noexcept { return lower_; }
    [[nodiscard]] const std::optional<T>& upper() const noexcept { return upper_; }
    /// Does the bound itself belong to the range?
    [[nodiscard]] bool lower_inclusive() const noexcept { return form_.lower_inclusive; }
    [[nodiscard]] bool upper_inclusive() const noexcept { return form_.upper_inclusive; }

    /// True if the value lies in the range.
    [[nodiscard]] bool contains(const T& value) const
        requires std::totally_ordered<T>
    {
        if (form_.empty) return false;
        if (lower_ && (form_.lower_inclusive ? value < *lower_ : !(*lower_ < value))) return false;
        return !upper_ || (form_.upper_inclusive ? !(*upper_ < value) : value < *upper_);
    }

    /// The same bounds, written in the same way: see canonical().
    friend bool operator==(const range&, const range&) = default;

private:
    template <class> friend struct codec;
    detail::range_form form_{};
    std::optional<T> lower_{}, upper_{};
};

/// Ranges in order, none touching another: as the server keeps them.
template <class T> struct multirange {
    std::vector<range<T>> ranges{};
    friend bool operator==(const multirange&, const multirange&) = default;
};

namespace detail {

/// The value after this one.
template <std::integral T> T next(T value) {
    if (value == std::numeric_limits<T>::max()) refuse_range_end();
    return static_cast<T>(value + 1);
}
inline std::chrono::sys_days next(std::chrono::sys_days value) {
    if (value == std::chrono::sys_days::max()) refuse_range_end();
    return value + std::chrono::days{1};
}

template <class T>
concept discrete = (std::integral<T> && !std::same_as<T, bool>) || std::same_as<T, std::chrono::sys_days>;

} // namespace detail

/// The range as the server's int4range, int8range and daterange keep it: [a,b), or empty. Throws usage_error where
/// the value after a bound is beyond T.
template <detail::discrete T> [[nodiscard]] range<T> canonical(const range<T>& from) {
    if (from.empty()) return from;
    auto lower = from.lower(), upper = from.upper();
    if (lower && !from.lower_inclusive()) lower = detail::next(*lower);
    if (upper && from.upper_inclusive()) upper = detail::next(*upper);
    if (lower && upper && !(*lower < *upper)) return {};
    return {std::move(lower), std::move(upper)};
}

template <class T>
    requires(bindable<T> && !detail::holds_null<T>())
struct codec<range<T>> {
    static constexpr oid type = detail::range_over(codec<detail::leaf_t<T>>::type), parameter_type = type;
    static constexpr format parameter_format = type == oids::inferred ? format::text : format::binary;
    static constexpr detail::range_shape shape{
        &codec_for<T>, [](void* of) -> detail::range_form& { return static_cast<range<T>*>(of)->form_; },
        [](void* of) { *static_cast<range<T>*>(of) = range<T>(); },
        [](void* of, bool upper) -> void* {
            auto& filled = *static_cast<range<T>*>(of);
            if constexpr (std::default_initializable<T>)
                return &(upper ? filled.upper_ : filled.lower_).emplace();
            else return nullptr; // can be sent, not filled in place
        },
        [](const void* of, bool upper) -> const void* {
            const auto& bound =
                upper ? static_cast<const range<T>*>(of)->upper_ : static_cast<const range<T>*>(of)->lower_;
            return bound ? &*bound : nullptr;
        }};

    static std::string name() { return "howdah::range<" + detail::codec_name<T>() + ">"; }
    static decode_function decoder(wire from) noexcept {
        if (!std::default_initializable<T> || !detail::can_hold_range(from, codec_for<T>)) return nullptr;
        return [](std::string_view bytes, wire source, void* value) {
            detail::decode_range(bytes, source, shape, value);
        };
    }
    static void encode(const range<T>& value, format encoding, byte_writer& to) {
        detail::encode_range(shape, &value, encoding, to);
    }
};

template <class T>
    requires(bindable<T> && !detail::holds_null<T>())
struct codec<multirange<T>> {
    static constexpr oid type = detail::multirange_over(codec<detail::leaf_t<T>>::type),
                         parameter_type = type;
    static constexpr format parameter_format = type == oids::inferred ? format::text : format::binary;
    static constexpr detail::multirange_shape shape{
        &codec<range<T>>::shape, [](void* of) { static_cast<multirange<T>*>(of)->ranges.clear(); },
        [](void* of) -> void* { return &static_cast<multirange<T>*>(of)->ranges.emplace_back(); },
        [](const void* of) { return static_cast<const multirange<T>*>(of)->ranges.size(); },
        [](const void* of, std::size_t index) -> const void* {
            return &static_cast<const multirange<T>*>(of)->ranges[index];
        }};

    static std::string name() { return "howdah::multirange<" + detail::codec_name<T>() + ">"; }
    static decode_function decoder(wire from) noexcept {
        if (!std::default_initializable<T> || !detail::can_hold_multirange(from, codec_for<T>))
            return nullptr;
        return [](std::string_view bytes, wire source, void* value) {
            detail::decode_multirange(bytes, source, shape, value);
        };
    }
    static void encode(const multirange<T>& value, format encoding, byte_writer& to) {
        detail::encode_multirange(shape, &value, encoding, to);
    }
};

} // namespace howdah

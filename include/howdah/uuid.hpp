// SPDX-License-Identifier: BSL-1.0
//
// uuid: 128 bits, their text form, and generators of version 4 (random) and 7 (time-ordered). Source: RFC
// 9562.
//
//     const auto id = howdah::uuid::v7();                        // ids that sort by the time they were made
//     const auto same = howdah::uuid::parse(id.text());
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <howdah/codec.hpp>

namespace howdah {

/// A UUID. The default value is the nil UUID. Ordered as PostgreSQL orders them, byte by byte.
class uuid {
public:
    constexpr uuid() noexcept = default;
    constexpr explicit uuid(const std::array<std::uint8_t, 16>& bytes) noexcept : bytes_(bytes) {}

    /// Parses "01890a5d-ac96-774b-bcce-b302099a8057", either case, hyphens exactly there. Throws decode_error
    /// with the offset.
    [[nodiscard]] static uuid parse(std::string_view text);
    /// The same, or nothing: for input of users.
    [[nodiscard]] static std::optional<uuid> try_parse(std::string_view text) noexcept;

    /// 122 random bits from the operating system's generator. Thread safe.
    [[nodiscard]] static uuid v4();
    /// 48 bits of Unix milliseconds, then a counter and random bits. Within a process every id is greater
    /// than the one before, also within a millisecond, between threads and when the system clock steps back
    /// (RFC 9562, section 6.2, method 1). Thread safe.
    [[nodiscard]] static uuid v7();

    /// Lower case with hyphens.
    [[nodiscard]] std::string text() const;
    /// In the order in which they are written. Lives as long as this object.
    [[nodiscard]] constexpr const std::array<std::uint8_t, 16>& bytes() const noexcept { return bytes_; }
    /// The version nibble: 4, 7, ...
    [[nodiscard]] constexpr int version() const noexcept { return bytes_[6] >> 4; }
    [[nodiscard]] constexpr bool is_nil() const noexcept { return *this == uuid{}; }

    friend constexpr auto operator<=>(const uuid&, const uuid&) noexcept = default;

private:
    std::array<std::uint8_t, 16> bytes_{};
};

template <> struct codec<uuid> : detail::compiled_codec<uuid, oids::uuid> {};

} // namespace howdah

/// Hashes all 128 bits.
template <> struct std::hash<howdah::uuid> {
    std::size_t operator()(const howdah::uuid& id) const noexcept;
};

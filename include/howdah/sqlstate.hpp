// SPDX-License-Identifier: BSL-1.0
//
// sqlstate: the five-character code by which PostgreSQL names an error, as a value that can be compared and
// asked.
//
//     catch (const howdah::server_error& failure) {
//         if (failure.sqlstate() == howdah::sqlstates::unique_violation) ...
//     }
//
// Immutable values; safe to share between threads. Source of the codes: PostgreSQL manual, appendix A.
#pragma once

#include <array>
#include <string_view>

namespace howdah {

/// A five-character SQLSTATE. The default value is "00000" (successful completion).
class sqlstate_code {
public:
    constexpr sqlstate_code() noexcept = default;

    /// Takes the first five characters of `text`; a text of any other length than five gives "00000".
    constexpr explicit sqlstate_code(std::string_view text) noexcept {
        if (text.size() == 5)
            for (std::size_t i = 0; i < 5; ++i) characters_[i] = text[i];
    }

    /// The five characters. The view lives as long as this object.
    [[nodiscard]] constexpr std::string_view text() const noexcept { return {characters_.data(), 5}; }

    /// The first two characters, which name the class of the condition ("23": integrity constraint
    /// violation).
    [[nodiscard]] constexpr std::string_view condition_class() const noexcept {
        return {characters_.data(), 2};
    }

    /// The PostgreSQL name of the condition ("unique_violation"), or an empty view for a code that howdah
    /// does not name.
    [[nodiscard]] std::string_view name() const noexcept;

    friend constexpr bool operator==(const sqlstate_code&, const sqlstate_code&) noexcept = default;

private:
    std::array<char, 5> characters_{'0', '0', '0', '0', '0'};
};

/// The codes that programs branch on, by their PostgreSQL names.
namespace sqlstates {
inline constexpr sqlstate_code not_null_violation{"23502"};
inline constexpr sqlstate_code foreign_key_violation{"23503"};
inline constexpr sqlstate_code unique_violation{"23505"};
inline constexpr sqlstate_code check_violation{"23514"};
inline constexpr sqlstate_code exclusion_violation{"23P01"};
inline constexpr sqlstate_code active_sql_transaction{"25001"};
inline constexpr sqlstate_code read_only_sql_transaction{"25006"};
inline constexpr sqlstate_code in_failed_sql_transaction{"25P02"};
inline constexpr sqlstate_code invalid_sql_statement_name{"26000"};
inline constexpr sqlstate_code invalid_authorization{"28000"};
inline constexpr sqlstate_code invalid_password{"28P01"};
inline constexpr sqlstate_code invalid_catalog_name{"3D000"};
inline constexpr sqlstate_code serialization_failure{"40001"};
inline constexpr sqlstate_code deadlock_detected{"40P01"};
inline constexpr sqlstate_code insufficient_privilege{"42501"};
inline constexpr sqlstate_code syntax_error{"42601"};
inline constexpr sqlstate_code undefined_column{"42703"};
inline constexpr sqlstate_code undefined_table{"42P01"};
inline constexpr sqlstate_code duplicate_prepared_statement{"42P05"};
inline constexpr sqlstate_code feature_not_supported{"0A000"};
inline constexpr sqlstate_code too_many_connections{"53300"};
inline constexpr sqlstate_code lock_not_available{"55P03"};
inline constexpr sqlstate_code query_canceled{"57014"};
inline constexpr sqlstate_code admin_shutdown{"57P01"};
inline constexpr sqlstate_code crash_shutdown{"57P02"};
inline constexpr sqlstate_code cannot_connect_now{"57P03"};
} // namespace sqlstates

} // namespace howdah

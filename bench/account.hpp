// SPDX-License-Identifier: BSL-1.0
//
// The row that both sides of a benchmark read: eleven columns, three of them nullable or wide, as an application has
// them. bench/table.sql makes the table.
#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <howdah/time.hpp>
#include <howdah/uuid.hpp>

namespace bench {

struct account {
    howdah::uuid id;
    std::int64_t tenant;
    std::string email, name;
    std::optional<std::string> picture;
    std::int32_t version;
    double score;
    bool active;
    howdah::timestamp created_at, updated_at;
    std::optional<howdah::timestamp> last_login_at;
};

inline constexpr const char* select_first =
    "select id, tenant, email, name, picture, version, score, active, created_at, updated_at, last_login_at "
    "from account where n <= $1";
inline constexpr const char* select_one =
    "select id, tenant, email, name, picture, version, score, active, created_at, updated_at, last_login_at "
    "from account where id = $1";

/// A number that any difference in any field of any row changes.
class digest {
public:
    void add(const account& row) noexcept {
        for (const auto byte : row.id.bytes()) add(std::uint64_t{byte});
        add(static_cast<std::uint64_t>(row.tenant));
        add(row.email);
        add(row.name);
        add(row.picture.value_or("\x01"));
        add(static_cast<std::uint64_t>(row.version));
        add(std::bit_cast<std::uint64_t>(row.score));
        add(std::uint64_t{row.active});
        add(row.created_at);
        add(row.updated_at);
        add(row.last_login_at.value_or(howdah::timestamp::min()));
    }
    [[nodiscard]] std::uint64_t value() const noexcept { return state_; }

private:
    void add(std::uint64_t value) noexcept { state_ = std::rotl((state_ ^ value) * 0x9E3779B97F4A7C15U, 29); }
    void add(howdah::timestamp value) noexcept {
        add(static_cast<std::uint64_t>(value.time_since_epoch().count()));
    }
    void add(std::string_view text) noexcept {
        add(text.size());
        for (const char c : text) add(static_cast<std::uint64_t>(c));
    }
    std::uint64_t state_ = 0;
};

} // namespace bench

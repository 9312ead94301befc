// SPDX-License-Identifier: BSL-1.0
//
// The row that every side of a benchmark reads and writes: eleven columns, some nullable or wide, as an application has
// them. bench/table.sql makes the table.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include <howdah/time.hpp>
#include <howdah/uuid.hpp>

namespace bench {

struct account {
    howdah::uuid id{};
    std::int64_t tenant{};
    std::string email, name;
    std::optional<std::string> picture;
    std::int32_t version{};
    double score{};
    bool active{};
    howdah::timestamp created_at{}, updated_at{};
    std::optional<howdah::timestamp> last_login_at;
};

/// Six columns of it, which own nothing.
struct account_view {
    howdah::uuid id{};
    std::int64_t tenant{};
    std::string_view email, name;
    std::optional<std::string_view> picture;
    std::int32_t version{};
};

// A macro, because the texts have to be joined before the program runs.
#define BENCH_COLUMNS                                                                                        \
    "id, tenant, email, name, picture, version, score, active, created_at, updated_at, last_login_at"

inline constexpr const char* select_first = "select " BENCH_COLUMNS " from account where n <= $1";
inline constexpr const char* select_one = "select " BENCH_COLUMNS " from account where id = $1";

/// COPY takes no parameters: by hand the number stands in the text, and howdah puts it there.
inline std::string select_first_literally(std::int64_t rows) {
    return "select " BENCH_COLUMNS " from account where n <= " + std::to_string(rows);
}

/// A number that any difference in any field of any row changes.
class digest {
public:
    /// An account, or a struct with the same fields.
    template <class Row> void add(const Row& row) noexcept {
        add_common(row);
        add(std::bit_cast<std::uint64_t>(row.score));
        add(std::uint64_t{row.active});
        add(row.created_at);
        add(row.updated_at);
        add(row.last_login_at.value_or(howdah::timestamp::min()));
    }
    void add(const account_view& row) noexcept { add_common(row); }
    [[nodiscard]] std::uint64_t value() const noexcept { return state_; }

private:
    template <class Row> void add_common(const Row& row) noexcept {
        std::uint64_t half[2];
        std::memcpy(half, row.id.bytes().data(), sizeof half);
        add(half[0]);
        add(half[1]);
        add(static_cast<std::uint64_t>(row.tenant));
        add(std::string_view(row.email));
        add(std::string_view(row.name));
        add(row.picture ? std::string_view(*row.picture) : std::string_view("\x01"));
        add(static_cast<std::uint64_t>(row.version));
    }
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

/// Reads every field, and no more: what a loop over rows costs when the program does next to nothing with them.
[[nodiscard]] inline std::uint64_t touch(const account_view& row) noexcept {
    return row.id.bytes()[0] + static_cast<std::uint64_t>(row.tenant) + row.email.size() + row.name.size() +
           (row.picture ? row.picture->size() : 0) + static_cast<std::uint64_t>(row.version);
}
/// An account, or a struct with the same fields.
template <class Row> [[nodiscard]] std::uint64_t touch(const Row& row) noexcept {
    const auto instant = [](howdah::timestamp at) {
        return static_cast<std::uint64_t>(at.time_since_epoch().count());
    };
    return row.id.bytes()[0] + static_cast<std::uint64_t>(row.tenant) + row.email.size() + row.name.size() +
           (row.picture ? row.picture->size() : 0) + static_cast<std::uint64_t>(row.version) +
           std::bit_cast<std::uint64_t>(row.score) + std::uint64_t{row.active} + instant(row.created_at) +
           instant(row.updated_at) + (row.last_login_at ? instant(*row.last_login_at) : 0);
}

} // namespace bench

// SPDX-License-Identifier: BSL-1.0
//
// The users table of migrations/ in C++: what an application writes once for a table. Nothing is registered and nothing
// generated; the names of the fields are the names of the columns.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include <howdah/change.hpp>
#include <howdah/repository.hpp>

/// The id of a user, and of nothing else.
struct user_id {
    howdah::uuid value;
    friend auto operator<=>(const user_id&, const user_id&) = default;
};

/// A text that has at least the shape of an address. One that has not cannot be made.
class email_address {
public:
    explicit email_address(std::string text) : text_(std::move(text)) {
        const auto at = text_.find('@');
        if (at == 0 || at == std::string::npos || at + 1 == text_.size())
            throw std::invalid_argument("an email address looks like name@host");
    }
    [[nodiscard]] const std::string& value() const noexcept { return text_; }
    friend bool operator==(const email_address&, const email_address&) = default;

private:
    std::string text_;
};

/// What the database returns.
struct user_row {
    howdah::uuid id;
    std::string email, name;
    std::optional<std::string> picture;
    std::int32_t version{};
    std::string created_at, updated_at;
    std::optional<std::string> last_login_at;
};

/// What the program works with.
struct user {
    user_id id;
    email_address email;
    std::string name;
    std::optional<std::string> picture;
    std::int32_t version;
    howdah::timestamp created_at, updated_at;
    std::optional<howdah::timestamp> last_login_at;
};

/// What is known of a user before the database has seen it; it fills in the other columns.
struct new_user {
    email_address email;
    std::string name;
    std::optional<std::string> picture{};
};

/// Some changes: a field that is not named stays as it is, std::nullopt is NULL.
struct user_patch {
    howdah::change<email_address> email{};
    howdah::change<std::string> name{};
    howdah::change<std::optional<std::string>> picture{};
};

template <> struct howdah::table<user_row> {
    static constexpr auto name = "users", key = "id", version = "version";
    static constexpr std::array<std::string_view, 2> read_only{"created_at",
                                                               "updated_at"}; // the database's business
};

/// The repository of users. It has no state: this one object serves all threads.
inline constexpr howdah::repository<user, user_row> users;

// SPDX-License-Identifier: BSL-1.0
//
// The types of the guide's examples: users as in migrations/.
#pragma once

#include <stdexcept>

#include <howdah/howdah.hpp>

// [validating_class]
class email_address {
public:
    explicit email_address(std::string text) : text_(std::move(text)) {
        if (text_.find('@') == std::string::npos) throw std::invalid_argument("no @");
    }
    const std::string& value() const { return text_; }

private:
    std::string text_;
};
// [validating_class-end]

// [user_types]
struct user_id { // one member: travels as that member
    howdah::uuid value;
};

struct user_row { // what the database returns
    howdah::uuid id;
    std::string email, name;
    std::optional<std::string> picture;
    std::int32_t version;
    std::string created_at;
    std::optional<std::string> last_login_at;
};
template <> struct howdah::table<user_row> {
    static constexpr auto name = "users", key = "id", version = "version";
    static constexpr std::array<std::string_view, 1> read_only{"created_at"};
};

struct user { // what the program works with
    user_id id;
    email_address email;
    std::string name;
    std::optional<std::string> picture;
    std::int32_t version;
    howdah::timestamp created_at;
    std::optional<howdah::timestamp> last_login_at;
};
// [user_types-end]

// [new_user]
struct new_user {
    email_address email;
    std::string name;
};
// [new_user-end]

// [user_patch]
struct user_patch {
    howdah::change<std::string> name{};                   // leave, or a name
    howdah::change<std::optional<std::string>> picture{}; // leave, or NULL, or a picture
};
// [user_patch-end]

// [users]
inline constexpr howdah::repository<user, user_row> users; // no state: one for all threads
// [users-end]

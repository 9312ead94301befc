// SPDX-License-Identifier: BSL-1.0
//
// A service as an application writes it: statements that work in their caller's transaction, and functions that begin
// one, compose statements, and commit.
//
//     user_service service{db};
//     const user ada = service.log_in(email_address("ada@example.org"));
#pragma once

#include <optional>
#include <stdexcept>

#include <howdah/pool.hpp>
#include <users.hpp>

/// The user, or nothing. Selects its timestamps as the texts that to_json() makes.
[[nodiscard]] std::optional<user> get_user(howdah::executor& on, const user_id& id);

/// Notes that the user was here just now; nothing if there is no such user. Works in the caller's transaction, which it
/// neither begins nor ends.
std::optional<user> set_last_login(howdah::transaction& tx, const user_id& id);

/// Nobody has this address.
class unknown_user : public std::runtime_error {
public:
    unknown_user() : std::runtime_error("nobody has this email address") {}
};

/// What the program offers. Holds the pool; may be used from several threads at once.
class user_service {
public:
    explicit user_service(howdah::pool db) : db_(std::move(db)) {}

    /// Notes the login and returns the user as stored. Throws unknown_user.
    user log_in(const email_address& email);
    /// Adds a user who is logged in from the start: both or, whatever fails, neither.
    user sign_up(const new_user& who);

private:
    howdah::pool db_;
};

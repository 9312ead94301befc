// SPDX-License-Identifier: BSL-1.0
#include "user_service.hpp"

#include <howdah/query.hpp>

namespace {

/// What every statement about users answers with: one list of columns, one row struct. to_json() writes instants as ISO
/// texts, in double quotes.
const std::string projection = " id, email, name, picture, version, to_json(created_at)::text as created_at,"
                               " to_json(updated_at)::text as updated_at,"
                               " to_json(last_login_at)::text as last_login_at";

std::optional<user> one_user(howdah::executor& on, const std::string& text, const user_id& id) {
    auto row = howdah::query_optional<user_row>(on, text, id);
    if (!row) return std::nullopt;
    return howdah::to_domain<user>(*std::move(row));
}

} // namespace

std::optional<user> get_user(howdah::executor& on, const user_id& id) {
    static const std::string text = "select" + projection + " from users where id = $1";
    return one_user(on, text, id);
}

std::optional<user> set_last_login(howdah::transaction& tx, const user_id& id) {
    static const std::string text =
        "update users set last_login_at = now(), updated_at = now() where id = $1 returning" + projection;
    return one_user(tx, text, id);
}

user user_service::log_in(const email_address& email) {
    return db_.transact([&](howdah::transaction& tx) {
        const auto known = users.find_by<&user::email>(tx, email);
        if (!known) throw unknown_user();
        return set_last_login(tx, known->id).value();
    });
}

user user_service::sign_up(const new_user& who) {
    return db_.transact([&](howdah::transaction& tx) {
        const user added = users.insert(tx, who);
        return set_last_login(tx, added.id).value();
    });
}

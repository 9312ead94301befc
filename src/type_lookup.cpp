// SPDX-License-Identifier: BSL-1.0
//
// Asking the catalogue for the types that users created.
#include <algorithm>

#include "open_form.hpp"
#include "session.hpp"

namespace howdah {

namespace {

bool is_same(const type_details& one, const type_details& other);

bool is_same(const type_details::reference& one, const type_details::reference& other) {
    if (one.type != other.type || !one.details != !other.details) return false;
    return !one.details || is_same(*one.details, *other.details);
}

bool is_same(const type_details& one, const type_details& other) {
    return one.kind == other.kind && is_same(one.element, other.element) && is_same(one.base, other.base) &&
           std::ranges::equal(one.attributes, other.attributes, [](const auto& a, const auto& b) {
               return a.name == b.name && is_same(a.type, b.type);
           });
}

} // namespace

void connection::session::ask_for_types(const std::vector<oid>& asked, deadline until) {
    const char* const text = detail::type_query(PQserverVersion(handle.get()));
    send(text, howdah::bind(asked), nullptr, format::binary);
    auto answered = answer(text, until);
    types.add(result(answered.release()));
    types.readable = true;
}

void connection::session::look_up_types(const std::vector<oid>& asked, deadline until) {
    const auto status = transaction_status();
    if (asked.empty() || types.unreadable || (status != PQTRANS_IDLE && status != PQTRANS_INTRANS)) return;
    // The catalogue may be closed to this user: that must not end the caller's transaction.
    const bool guarded = status == PQTRANS_INTRANS && !types.readable;
    if (guarded) simple("SAVEPOINT howdah_types", until);
    try {
        ask_for_types(asked, until);
    } catch (const decode_error&) {
        // They stay unknown.
    } catch (const server_error& failure) {
        const bool canceled = failure.sqlstate() == sqlstates::query_canceled;
        if (canceled || (status == PQTRANS_INTRANS && !guarded)) throw;
        types.unreadable = failure.sqlstate() == sqlstates::insufficient_privilege;
        if (guarded) simple("ROLLBACK TO SAVEPOINT howdah_types", until);
    }
    if (guarded) simple("RELEASE SAVEPOINT howdah_types", until);
}

bool connection::session::learn_types(detail::known_statement& of, deadline until) {
    if (types.is_full()) types.forget();
    bool users_type = false, known_before = false;
    std::vector<oid> missing;
    for (const auto& one : of.columns) {
        if (one.type < oids::first_user_defined) continue;
        users_type = true;
        if (types.find(one.type)) known_before = true;
        else missing.push_back(one.type);
    }
    if (!users_type) return true;
    look_up_types(missing, until);
    for (auto& one : of.columns)
        if (one.type >= oids::first_user_defined) one.details = types.find(one.type);
    of.type_keeper = types.keeper();
    return !known_before;
}

void connection::session::check_types(detail::known_statement& of, const detail::bound_values& values,
                                      deadline until) {
    of.checked.resize(of.parameter_types.size());
    for (const auto& one : values.checked) {
        if (one.index >= of.checked.size()) continue;
        const oid type = of.parameter_types[one.index];
        const auto* const known = types.find(type);
        if (known && of.checked[one.index] == detail::known_statement::fit{one.codec, known}) continue;
        check_type(type, *one.codec, "parameter $" + std::to_string(one.index + 1), until);
        of.checked[one.index] = {one.codec, types.find(type)};
    }
}

void connection::session::check_type(oid type, const erased_codec& sent, const std::string& place,
                                     deadline until) {
    if (type < oids::first_user_defined) return;
    // What is remembered may be out of date: only what the catalogue says now is a reason to refuse. A type that is
    // gone is none: the statement will be prepared again.
    for (bool now = false;; now = true) {
        if (now) types.forget();
        if (!types.find(type)) look_up_types({type}, until);
        const auto* const found = types.find(type);
        const auto misfit = found ? detail::misfit_of(sent, *found) : std::string();
        if (misfit.empty()) return;
        if (now)
            throw usage_error(place + " is " + type_name({type, format::text, found}) + ", which " +
                              sent.name() + " does not fit: " + misfit);
    }
}

bool connection::session::forget_if_altered(detail::known_statement& of) {
    std::vector<oid> asked;
    std::vector<const type_details*> before;
    for (std::size_t i = 0; i < of.checked.size(); ++i)
        if (const auto* const known = of.checked[i].codec ? types.find(of.parameter_types[i]) : nullptr) {
            asked.push_back(known->type);
            before.push_back(known);
        }
    if (asked.empty()) return false;
    const auto keeper = types.keeper();
    types.forget();
    if (transaction_status() != PQTRANS_IDLE) return true; // the next statement will ask
    look_up_types(asked, deadline_in(config.statement_timeout));
    return !std::ranges::equal(asked, before, [&](oid type, const type_details* known) {
        const auto* const now = types.find(type);
        return now && is_same(*now, *known);
    });
}

} // namespace howdah

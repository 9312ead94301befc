// SPDX-License-Identifier: BSL-1.0
#include <algorithm>

#include <howdah/time.hpp>

#include "commands.hpp"

namespace howdah::cli {
namespace {

struct state_text {
    const char* name;
    colour with;
};

state_text text_of(migration_state state) {
    switch (state) {
    case migration_state::applied: return {"applied", colour::green};
    case migration_state::pending: return {"pending", colour::yellow};
    case migration_state::drifted: return {"drifted", colour::red};
    case migration_state::missing: return {"missing", colour::red};
    case migration_state::failed: return {"failed", colour::red};
    case migration_state::baseline: return {"baseline", colour::cyan};
    }
    return {"?", colour::none};
}

/// To the second: more is noise for a person.
std::string shown(const std::optional<timestamp>& at) {
    return at ? format_rfc3339(timestamp(std::chrono::floor<std::chrono::seconds>(*at))) : std::string();
}

json_value json_of(const std::vector<migration_entry>& entries) {
    json_value::array out;
    for (const auto& one : entries)
        out.push_back(json_value::object{
            {"version", one.version.empty() ? json_value() : json_value(one.version)},
            {"name", one.name},
            {"file", one.file.empty() ? json_value() : json_value(one.file)},
            {"state", text_of(one.state).name},
            {"applied_at", one.applied_at ? json_value(format_rfc3339(*one.applied_at)) : json_value()},
            {"out_of_order", one.out_of_order},
            {"error", one.error.empty() ? json_value() : json_value(one.error)}});
    return out;
}

void print(const output& out, const std::vector<migration_entry>& entries) {
    std::vector<std::vector<cell>> rows;
    for (const auto& one : entries) {
        const auto state = text_of(one.state);
        std::string remark = one.out_of_order ? "applied late" : "";
        if (!one.error.empty()) remark = without_advice(one.error.substr(0, one.error.find('\n')));
        rows.push_back({one.version.empty() ? "R" : one.version, one.name,
                        cell(std::string(state.name), state.with), shown(one.applied_at), remark});
    }
    print_table(out, {"VERSION", "NAME", "STATE", "APPLIED AT", ""}, rows);
}

/// The gravest state decides.
exit_code answer(const std::vector<migration_entry>& entries) {
    const auto any = [&](migration_state state) {
        return std::any_of(entries.begin(), entries.end(),
                           [&](const auto& one) { return one.state == state; });
    };
    if (any(migration_state::drifted)) return exit_code::drift;
    if (any(migration_state::missing)) return exit_code::missing;
    return any(migration_state::pending) || any(migration_state::failed) ? exit_code::pending
                                                                         : exit_code::done;
}

} // namespace

int migrate_info(const context& in) {
    const auto set = files_of(in);
    connection on(server_of(in));
    const auto entries = migration_status(on, set, migration_options_of(in));
    if (in.given.json) in.out.json(json_of(entries));
    else print(in.out, entries);
    return in.given.exit_code ? static_cast<int>(answer(entries)) : 0;
}

} // namespace howdah::cli

// SPDX-License-Identifier: BSL-1.0
#include "context.hpp"

#include <charconv>

#include <howdah/connection_url.hpp>
#include <howdah/environment.hpp>
#include <howdah/query.hpp>

namespace howdah::cli {

using std::chrono::milliseconds;

std::string database_url(const context& in) {
    if (!in.given.url.empty()) return in.given.url;
    const auto found = environment::load(in.given.env_file).get("DATABASE_URL");
    if (!found || found->empty())
        throw refusal{exit_code::usage, "no database is named: set DATABASE_URL in the environment or in " +
                                            in.given.env_file +
                                            ", or give --url postgresql://user@host/database"};
    return *found;
}

connection_config server_of(const context& in) {
    return {.url = database_url(in), .application_name = "howdah"};
}

std::string directory_of(const context& in) {
    return in.given.source.empty() ? "migrations" : in.given.source;
}

migration_set files_of(const context& in) {
    if (in.given.source.empty() && in.embedded) return *in.embedded;
    return read_directory(in).files;
}

migration_directory read_directory(const context& in) {
    const auto layout = layout_named(in.given.layout);
    if (!layout) throw refusal{exit_code::usage, "--layout: there is no layout " + in.given.layout};
    return read_migrations(directory_of(in), *layout);
}

milliseconds read_time(const std::string& text, const char* option) {
    static constexpr std::pair<std::string_view, std::int64_t> units[] = {
        {"", 1}, {"ms", 1}, {"s", 1'000}, {"min", 60'000}, {"h", 3'600'000}};
    std::int64_t count = -1;
    const auto* const end = text.data() + text.size();
    const auto [rest, failure] = std::from_chars(text.data(), end, count);
    if (failure == std::errc{} && count >= 0)
        for (const auto& [unit, factor] : units)
            if (unit == std::string_view(rest, static_cast<std::size_t>(end - rest)) &&
                count <= 2'147'483'647 / factor)
                return milliseconds(count * factor);
    throw refusal{exit_code::usage, std::string(option) + " takes a time such as 500ms, 5s, 10min, 1h or 0"};
}

namespace {

std::vector<migration_placeholder> placeholders_of(const context& in) {
    std::vector<migration_placeholder> out;
    for (const auto& one : in.given.placeholders) {
        const auto equals = one.find('=');
        if (equals == one.npos || equals == 0)
            throw refusal{exit_code::usage, "--placeholder takes NAME=VALUE"};
        out.push_back({one.substr(0, equals), one.substr(equals + 1)});
    }
    return out;
}

} // namespace

migration_options migration_options_of(const context& in) {
    migration_options out;
    out.schema = in.given.history_schema;
    out.table = in.given.history_table;
    out.to = in.given.to;
    out.allow_missing = in.given.allow_missing;
    if (in.given.out_of_order) out.out_of_order = out_of_order_policy::apply;
    if (in.given.newer_schema_ok) out.on_newer_schema = newer_schema_policy::warn;
    out.lock_timeout = read_time(in.given.lock_wait, "--lock-wait");
    out.table_lock_timeout = read_time(in.given.table_lock_timeout, "--table-lock-timeout");
    out.statement_timeout = read_time(in.given.statement_timeout, "--statement-timeout");
    out.placeholders = placeholders_of(in);
    if (in.given.confirm) out.confirmed = *in.given.confirm;
    out.on_event = [&in](const migration_event& event) { tell(in, event); };
    return out;
}

connection_config checked_server_of(const context& in) {
    auto server = server_of(in);
    connection on(server);
    check_protection(in, on, false);
    return server;
}

void check_protection(const context& in, connection& on, bool never) {
    const auto here = environment::load(in.given.env_file).get("HOWDAH_PROTECTED");
    const bool named = here && *here != "" && *here != "0" && *here != "off" && *here != "false";
    const auto marked = query_one<bool>(on, "select coalesce(pg_catalog.current_setting('howdah.protected', "
                                            "true), '') in ('on', 'true', '1', 'yes')");
    if (!named && !marked) return;
    const std::string name(on.database());
    if (never)
        throw refusal{exit_code::unconfirmed,
                      "the database " + name +
                          " is protected, and this command destroys data; it is never done there"};
    if (in.given.confirm != name)
        throw refusal{exit_code::unconfirmed,
                      "the database " + name + " is protected; add --confirm " + name + " if you mean it"};
}

} // namespace howdah::cli

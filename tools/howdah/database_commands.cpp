// SPDX-License-Identifier: BSL-1.0
#include <howdah/connection_url.hpp>
#include <howdah/query.hpp>

#include "commands.hpp"

namespace howdah::cli {
namespace {

/// A connection to the database "postgres" beside the one that the URL names, which cannot be made or dropped from
/// inside.
connection beside(const std::string& url, const std::string& database) {
    return connection({.url = with_database(url, database == "postgres" ? "template1" : "postgres"),
                       .application_name = "howdah",
                       .statement_timeout = std::chrono::minutes(10)});
}

bool exists(connection& on, const std::string& database) {
    return query_one<bool>(on, "select exists (select from pg_catalog.pg_database where datname = $1)",
                           database);
}

bool create(const std::string& url) {
    const auto name = target_of(url).database;
    auto on = beside(url, name);
    if (exists(on, name)) return false;
    on.run_script("create database " + connection::quote_identifier(name));
    return true;
}

/// Asks the database itself whether it is protected, then drops it from beside.
bool drop(const context& in, const std::string& url) {
    const auto name = target_of(url).database;
    auto on = beside(url, name);
    if (!exists(on, name)) return false;
    {
        connection inside({.url = url, .application_name = "howdah"});
        check_protection(in, inside, true);
    }
    if (in.given.confirm != name)
        throw refusal{exit_code::unconfirmed, "this deletes the database " + name +
                                                  " and everything in it; add --confirm " + name +
                                                  " if you mean it"};
    on.run_script("drop database " + connection::quote_identifier(name) + " with (force)");
    return true;
}

} // namespace

int database_create(const context& in) {
    const auto url = database_url(in);
    const auto name = target_of(url).database;
    in.out.line(create(url) ? "created database " + name : "database " + name + " is there already");
    return 0;
}

int database_drop(const context& in) {
    const auto url = database_url(in);
    const auto name = target_of(url).database;
    in.out.line(drop(in, url) ? "dropped database " + name : "there is no database " + name);
    return 0;
}

int database_reset(const context& in) {
    const auto url = database_url(in);
    const auto name = target_of(url).database;
    (void)files_of(in); // before anything is gone: can they be read?
    if (drop(in, url) && !in.given.json) in.out.line("dropped database " + name);
    (void)create(url);
    if (!in.given.json) in.out.line("created database " + name);
    return migrate_run(in);
}

int database_url_shown(const context& in) {
    const auto url = database_url(in);
    in.out.line(in.given.show_password ? complete_url(url) : redacted_url(url));
    return 0;
}

} // namespace howdah::cli

// SPDX-License-Identifier: BSL-1.0
#include "testing/maintenance.hpp"

#include <vector>

#include <unistd.h>

#include <howdah/error.hpp>
#include <howdah/executor.hpp>

#include "sha256.hpp"

namespace howdah::testing {

namespace {

/// The only values here that cannot be parameters. Both are made of our own letters, digits and spaces.
std::string quoted_literal(std::string_view text) {
    return "'" + std::string(text) + "'";
}

/// Statements like CREATE DATABASE are run once each; keeping them prepared would only cost.
void run_once(connection& on, const std::string& text) {
    statement once{text};
    once.prepare = false;
    once.timeout = std::chrono::minutes(2);
    on.run(once);
}

} // namespace

connection& server::maintenance::session() {
    if (connection_ && owner_ != getpid()) {
        // In a fork: closing would send a farewell on the parent's session, so it stays open until exec or
        // the end.
        static auto& of_the_parent = *new std::vector<connection>();
        of_the_parent.push_back(std::move(*connection_));
        connection_.reset();
    }
    owner_ = getpid();
    if (!connection_ || !connection_->alive()) {
        connection_.reset();
        connection_config config;
        config.url = base_url;
        connection_.emplace(std::move(config));
    }
    return *connection_;
}

database_facts facts_of(connection& on, const std::string& name) {
    const result found = on.run("select coalesce(pg_catalog.shobj_description(d.oid, 'pg_database'), ''), "
                                "d.datistemplate and not d.datallowconn "
                                "from pg_catalog.pg_database d where d.datname = $1::text",
                                howdah::bind(name));
    if (found.empty()) return {};
    const bool marked = found.value<std::string>(0, 0).starts_with(mark);
    return {true, marked && name.starts_with(name_prefix), found.value<bool>(0, 1)};
}

void create_database(connection& on, const std::string& name, const std::string& of) {
    // Before 15 there is no choice: it was always a file copy.
    const std::string strategy = on.server_version() >= 150'000 ? " strategy file_copy" : "";
    run_once(on, "create database " + connection::quote_identifier(name) + " template " +
                     connection::quote_identifier(of) + strategy);
}

void mark_database(connection& on, const std::string& name, std::string_view what) {
    const result now = on.run("select extract(epoch from pg_catalog.now())::bigint");
    const std::string comment =
        std::string(mark) + std::string(what) + ' ' + std::to_string(now.value<std::int64_t>(0, 0));
    run_once(on,
             "comment on database " + connection::quote_identifier(name) + " is " + quoted_literal(comment));
}

void drop_database(connection& on, const std::string& name, bool force) {
    run_once(on, "drop database if exists " + connection::quote_identifier(name) +
                     (force ? " with (force)" : ""));
}

void sweep_databases(connection& on) {
    const result old = on.run(
        "select d.datname::text, d.datistemplate from pg_catalog.pg_database d "
        "where pg_catalog.starts_with(d.datname::text, $1::text) "
        "and pg_catalog.shobj_description(d.oid, 'pg_database') ~ ('^' || $2::text || '[a-z]+ [0-9]+$') "
        "and pg_catalog.substring(pg_catalog.shobj_description(d.oid, 'pg_database'), "
        "'([0-9]+)$')::bigint < extract(epoch from pg_catalog.now()) - 3600",
        howdah::bind(std::string(name_prefix), std::string(mark)));
    for (std::size_t row = 0; row < old.row_count(); ++row) try {
            const auto name = old.value<std::string>(row, 0);
            if (old.value<bool>(row, 1))
                run_once(on, "alter database " + connection::quote_identifier(name) + " is_template false");
            drop_database(on, name, false);
        } catch (const server_error&) {
            // In use, or another program was quicker. Either way it is not ours to drop now.
        }
}

std::string hash_digits(std::string_view text) {
    return detail::sha256_hex(text).substr(0, 16);
}

} // namespace howdah::testing

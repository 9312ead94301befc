// SPDX-License-Identifier: BSL-1.0
#include <howdah/testing/database.hpp>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <thread>
#include <utility>

#include <unistd.h>

#include <howdah/error.hpp>
#include <howdah/uuid.hpp>

#include "testing/maintenance.hpp"

namespace howdah::testing {

namespace {

using std::chrono::milliseconds;

constexpr std::size_t longest_label = 24; // with prefix, process id and digits below PostgreSQL's 63 bytes

/// Letters, digits and underscores of a name meant for people.
std::string label(std::string_view name) {
    std::string out;
    for (const char c : name.substr(0, longest_label)) {
        const bool fine = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        out += fine ? c : (c >= 'A' && c <= 'Z') ? static_cast<char>(c - 'A' + 'a') : '_';
    }
    return out;
}

std::string joined(const std::vector<std::string>& scripts) {
    std::string all;
    for (const std::string& script : scripts) all += std::to_string(script.size()) + ':' + script;
    return all;
}

/// Polls: a session that waits inside pg_advisory_lock holds a snapshot, which stops other sessions'
/// CREATE INDEX CONCURRENTLY. Released when `on` closes.
void lock_name(connection& on, const std::string& name) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(5);
    while (!on.run("select pg_catalog.pg_try_advisory_lock(pg_catalog.hashtextextended($1::text, 0))",
                   howdah::bind(name))
                .value<bool>(0, 0)) {
        if (std::chrono::steady_clock::now() > end)
            throw usage_error("another program has been making the database " + name +
                              " for five minutes: stop it, or drop that database");
        std::this_thread::sleep_for(milliseconds(10));
    }
}

/// A backend goes a moment after its client has. CREATE DATABASE would look for it only every 100 ms.
void wait_until_unused(connection& on, const std::string& name) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (on.run("select 1 from pg_catalog.pg_stat_activity where datname = $1::text", howdah::bind(name))
               .row_count() > 0) {
        if (std::chrono::steady_clock::now() > end)
            throw usage_error("the setup of the template " + name + " left a connection open: close it");
        std::this_thread::sleep_for(milliseconds(1));
    }
}

void remove_half_made(connection& on, const std::string& name, bool external, const database_facts& facts) {
    if (external && !facts.ours)
        throw usage_error(
            "the database " + name +
            " does not carry the mark of howdah::testing, so it is not touched: drop or rename it");
    execute(on, "alter database " + connection::quote_identifier(name) + " is_template false");
    drop_database(on, name, true);
}

void seal(connection& on, const std::string& name) {
    execute(on, "alter database " + connection::quote_identifier(name) +
                    " with is_template true allow_connections false");
}

bool keeps_failed() {
    const char* value = std::getenv("HOWDAH_KEEP_DATABASES");
    return value && *value && std::string_view(value) != "0";
}

} // namespace

template_database::template_database(std::string_view name, std::vector<std::string> scripts,
                                     const server& on)
    : template_database(
          name, joined(scripts),
          [scripts](connection& db) {
              for (const std::string& script : scripts) db.run_script(script);
          },
          on) {}

template_database::template_database(std::string_view name, std::string_view content, setup_function setup,
                                     const server& on)
    : server_(on), name_(std::string(name_prefix) + "template_" + label(name) + '_' +
                         hash_digits(std::string(name) + '\n' + std::string(content))),
      setup_(std::move(setup)) {
    ensure();
}

void template_database::ensure() const {
    connection_config config;
    config.url = server_.maintain().base_url;
    connection admin(std::move(config)); // its own: it holds the lock, and `setup_` may make databases itself
    lock_name(admin, name_);
    const database_facts facts = facts_of(admin, name_);
    if (facts.ours && facts.complete) return;
    if (facts.exists) remove_half_made(admin, name_, server_.external(), facts);
    create_database(admin, name_, "template0");
    mark_database(admin, name_, "template");
    {
        connection inside(server_.config(name_));
        setup_(inside);
    }
    wait_until_unused(admin, name_);
    seal(admin, name_);
}

struct database::state {
    server on;
    std::string name;
    int exceptions = std::uncaught_exceptions();
    pid_t owner = getpid();
    bool failed = false;

    explicit state(const template_database& of);
    ~state();
    state(const state&) = delete;
    state& operator=(const state&) = delete;
    void make(const template_database& of);
};

database::state::state(const template_database& of) : on(of.on()) {
    static std::atomic<unsigned> made{0};
    const std::string random = uuid::v4().text().substr(0, 8);
    name = std::string(name_prefix) + std::to_string(owner) + '_' + std::to_string(++made) + '_' + random;
    try {
        make(of);
    } catch (const server_error& failure) {
        if (failure.sqlstate() != sqlstates::invalid_catalog_name) throw;
        of.ensure(); // another program found the template old, and dropped it
        make(of);
    }
}

void database::state::make(const template_database& of) {
    on.maintain().with([&](connection& admin) {
        create_database(admin, name, of.name());
        if (on.external()) mark_database(admin, name, "database");
    });
}

database::state::~state() {
    if (!on.external() || owner != getpid()) return;
    failed = failed || std::uncaught_exceptions() > exceptions;
    if (failed && keeps_failed()) {
        std::fprintf(stderr, "kept the database of a failed test: %s\n", on.url(name).c_str());
        return;
    }
    try {
        on.maintain().with([&](connection& admin) { drop_database(admin, name, true); });
    } catch (const error&) {
        // It carries our mark: a later run sweeps it.
    }
}

database::database(const template_database& of) : state_(std::make_unique<state>(of)) {}
database::database(database&&) noexcept = default;
database& database::operator=(database&&) noexcept = default;
database::~database() = default;

const std::string& database::name() const noexcept {
    return state_->name;
}
std::string database::url() const {
    return state_->on.url(state_->name);
}
connection_config database::config() const {
    return state_->on.config(state_->name);
}
void database::mark_failed() noexcept {
    state_->failed = true;
}

} // namespace howdah::testing

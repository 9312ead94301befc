// SPDX-License-Identifier: BSL-1.0
#include "scratch.hpp"

#include <cstdlib>
#include <iostream>
#include <string_view>

#include <howdah/connection.hpp>
#include <howdah/error.hpp>
#include <howdah/uuid.hpp>

namespace example {

namespace {

std::string database_url() {
    const char* url = std::getenv("DATABASE_URL");
    return url ? url : "";
}

/// The same url, for sessions that see one schema only. Both forms that libpq knows take the last of several options.
std::string with_search_path(const std::string& url, const std::string& schema) {
    if (!url.starts_with("postgres://") && !url.starts_with("postgresql://"))
        return url + " options='-csearch_path=" + schema + "'";
    return url + (url.find('?') == std::string::npos ? "?" : "&") + "options=-csearch_path%3D" + schema;
}

/// What helps where no example can run.
constexpr std::string_view advice =
    "The examples need a PostgreSQL, 14 or newer. Either\n"
    "  install its server programs (Debian: apt-get install postgresql-15; initdb and postgres are enough), "
    "or\n"
    "  name a server:  DATABASE_URL=postgresql://user:password@host/database\n"
    "They then work in a schema of their own and drop it at the end.\n";

int fail(const howdah::error& why, bool placed) {
    std::cout.flush();
    std::cerr << (placed ? "The example stopped: " : "There is no server to work on: ") << why.what() << '\n';
    if (!placed) std::cerr << advice;
    return placed ? 1 : 2;
}

} // namespace

scratch::scratch() {
    if (const std::string url = database_url(); url.empty()) {
        if (howdah::testing::cluster::unavailable_reason())
            throw howdah::usage_error("neither are PostgreSQL's server programs (initdb, postgres) "
                                      "installed, nor is DATABASE_URL set");
        server_ = std::make_unique<howdah::testing::cluster>();
        config_ = server_->config();
    } else {
        schema_ = "howdah_example_" + howdah::uuid::v4().text().substr(0, 8);
        config_.url = url;
        howdah::connection db{config_};
        howdah::execute(db, "create schema " + schema_);
        config_.url = with_search_path(url, schema_);
    }
}

scratch::~scratch() {
    if (throw_away()) return;
    try {
        howdah::connection db{config_};
        howdah::execute(db, "set client_min_messages = warning");
        howdah::execute(db, "drop schema if exists " + schema_ + " cascade");
    } catch (const howdah::error& failure) {
        std::cerr << "The schema " << schema_ << " is left behind: " << failure.what() << '\n';
    }
}

int run(const std::function<void(const scratch&)>& work) {
    bool placed = false;
    try {
        const scratch place;
        placed = true;
        work(place);
        return 0;
    } catch (const howdah::error& failure) {
        return fail(failure, placed);
    } catch (const std::exception& failure) {
        std::cerr << "The example stopped: " << failure.what() << '\n';
        return 1;
    }
}

} // namespace example

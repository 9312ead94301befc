// SPDX-License-Identifier: BSL-1.0
#include <howdah/testing/server.hpp>

#include <cstdlib>
#include <utility>

#include "testing/maintenance.hpp"
#include "testing/url.hpp"

namespace howdah::testing {

const server& server::shared() {
    static const server one = [] {
        const char* url = std::getenv("TEST_DATABASE_URL");
        return url && *url ? server(std::string(url)) : server(shared_cluster());
    }();
    return one;
}

server::server(const cluster& throw_away) : maintenance_(std::make_shared<maintenance>()) {
    maintenance_->base_url = throw_away.url();
}

server::server(std::string url) : maintenance_(std::make_shared<maintenance>()) {
    maintenance_->base_url = std::move(url);
    maintenance_->external = true;
    maintenance_->with([](connection& on) { sweep_databases(on); });
}

bool server::external() const noexcept {
    return maintenance_->external;
}

std::string server::url(std::string_view database) const {
    return with_database(maintenance_->base_url, database);
}

connection_config server::config(std::string_view database) const {
    connection_config config;
    config.url = url(database);
    return config;
}

} // namespace howdah::testing

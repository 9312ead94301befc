// SPDX-License-Identifier: BSL-1.0
//
// scratch: where an example works without disturbing anything. With DATABASE_URL: a schema of its own in that database,
// dropped at the end. Without: a PostgreSQL of its own, thrown away at the end.
//
//     int main() {
//         return example::run([](const example::scratch& place) {
//             howdah::connection db{place.config()};
//         });
//     }
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <howdah/connection_config.hpp>
#include <howdah/testing/cluster.hpp>

namespace example {

class scratch {
public:
    /// Throws what connecting, or making a cluster, throws.
    scratch();
    ~scratch();
    scratch(const scratch&) = delete;
    scratch& operator=(const scratch&) = delete;

    /// Of a connection whose search_path is schema().
    [[nodiscard]] const howdah::connection_config& config() const noexcept { return config_; }
    [[nodiscard]] const std::string& schema() const noexcept { return schema_; }
    /// False if DATABASE_URL names the server.
    [[nodiscard]] bool throw_away() const noexcept { return server_ != nullptr; }

private:
    std::unique_ptr<howdah::testing::cluster> server_;
    howdah::connection_config config_;
    std::string schema_ = "public";
};

/// Runs an example and returns the exit code of its main(): 0; 2 if there is no server to work on; 1 if anything else
/// went wrong, having said what in one message.
int run(const std::function<void(const scratch&)>& work);

} // namespace example

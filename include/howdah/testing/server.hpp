// SPDX-License-Identifier: BSL-1.0
//
// server: where test databases are made. Either the throw-away cluster that the test program shares, or the
// server of the environment variable TEST_DATABASE_URL, which has to let its user create databases.
//
// On a server that is not ours only databases count as ours whose name begins with "howdah_test_" and that
// carry howdah's mark as their comment; nothing else is ever changed or dropped. Thread safe.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <howdah/connection.hpp>
#include <howdah/testing/cluster.hpp>

namespace howdah::testing {

/// A server on which tests may make databases. A cheap handle: copies are the same server.
class server {
public:
    /// That of TEST_DATABASE_URL if it is set and not empty, else shared_cluster(). Throws what connecting or
    /// making a cluster throws.
    [[nodiscard]] static const server& shared();

    /// A throw-away cluster, which must outlive this and everything made from it.
    explicit server(const cluster& throw_away);
    /// A server of someone else; databases are made through a connection to this URL. Databases of ours that
    /// are older than an hour and used by nobody are dropped first. Throws what connecting throws.
    explicit server(std::string url);

    /// False: the databases go with the server, nobody drops them.
    [[nodiscard]] bool external() const noexcept;
    /// A libpq URL (or keyword string, if the server was given as one) of one of its databases.
    [[nodiscard]] std::string url(std::string_view database) const;
    /// The configuration of a connection to one of its databases.
    [[nodiscard]] connection_config config(std::string_view database) const;

    /// What the databases of this server are made through; for the classes of database.hpp.
    struct maintenance;
    [[nodiscard]] maintenance& maintain() const noexcept { return *maintenance_; }

private:
    std::shared_ptr<maintenance> maintenance_;
};

} // namespace howdah::testing

// SPDX-License-Identifier: BSL-1.0
//
// A database of its own for every test case, cloned from a template that is set up once:
//
//     TEST_CASE("...") {
//         static const howdah::testing::template_database users{"users", {schema_sql, fixtures_sql}};
//         howdah::testing::database own{users};      // some milliseconds
//         howdah::connection db = own.connect();     // commits, DDL, LISTEN, more connections: all real
//     }
//
// For tests that only query and change rows, rollback_fixture costs less: everything happens in a transaction
// that is rolled back. truncate_all empties a database between tests that must share one.
//
// Making templates and databases is thread safe; each object is used by one thread at a time.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <howdah/connection.hpp>
#include <howdah/testing/server.hpp>
#include <howdah/transaction.hpp>

namespace howdah::testing {

/// A database that others are cloned from. Made once per server, also when several programs ask at the same
/// time; one that was left half made is made again. Nobody can connect to it.
class template_database {
public:
    /// Fills the template: runs once, on a connection to it.
    using setup_function = std::function<void(connection&)>;

    /// Runs each text with connection::run_script. `name` is for people; the texts themselves tell templates
    /// apart. Throws what the texts throw.
    template_database(std::string_view name, std::vector<std::string> scripts,
                      const server& on = server::shared());
    /// Calls `setup`. `content` stands for what it does (such as a checksum of the migrations that it runs):
    /// on an external server another program takes the template over if name and content are the same.
    template_database(std::string_view name, std::string_view content, setup_function setup,
                      const server& on = server::shared());

    /// The name of the database: howdah_test_template_<name>_<hash>.
    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    /// The server that it is on.
    [[nodiscard]] const server& on() const noexcept { return server_; }
    /// Makes it if it is not there: after someone dropped it.
    void ensure() const;

private:
    server server_;
    std::string name_;
    setup_function setup_;
};

/// A database of a test's own. On a throw-away server it goes with the server. On an external one it is
/// dropped at the end, with the sessions still in it; but if the environment variable HOWDAH_KEEP_DATABASES
/// is set (and not 0) and the test failed, it is kept and its URL printed to stderr, until a later run finds
/// it older than an hour.
class database {
public:
    /// Throws server_error or connection_error if it cannot be made.
    explicit database(const template_database& of);
    database(database&&) noexcept;
    database& operator=(database&&) noexcept;
    ~database();

    /// Name, libpq URL and connection configuration of the database.
    [[nodiscard]] const std::string& name() const noexcept;
    [[nodiscard]] std::string url() const;
    [[nodiscard]] connection_config config() const;
    /// A new connection to it.
    [[nodiscard]] connection connect() const { return connection(config()); }
    /// Tells that the test failed. An exception that unwinds past this object is noticed without it.
    void mark_failed() noexcept;

private:
    struct state;
    std::unique_ptr<state> state_;
};

/// A connection inside a transaction that is rolled back at the end. Cheap, but one connection only: no
/// NOTIFY, no deferred constraints at COMMIT, now() stands still. Sequences keep their values.
class rollback_fixture {
public:
    /// Connects and begins the transaction. Throws what connection and transaction throw.
    explicit rollback_fixture(connection_config config) : connection_(std::move(config)) {}

    /// What the test runs its statements on; a savepoint nests in it.
    [[nodiscard]] transaction& tx() noexcept { return transaction_; }

private:
    connection connection_;
    transaction transaction_{connection_};
};

/// What truncate_all() empties.
struct truncate_options {
    /// Empty: every schema but the system's.
    std::vector<std::string> schemas{};
    /// Tables that are left alone, as "table" or "schema.table".
    std::vector<std::string> keep{"howdah_migrations"};
};

/// Empties all tables with one statement and sets their sequences back. Tables of extensions are left alone.
/// CASCADE is needed for foreign keys, and reaches a kept table too if it refers to an emptied one. Returns
/// how many tables were named. Throws what executor::run throws.
std::size_t truncate_all(executor& on, const truncate_options& options = {});

} // namespace howdah::testing

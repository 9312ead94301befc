// SPDX-License-Identifier: BSL-1.0
//
// What has been applied: the history table, and the lock that keeps two runners apart. Every statement here
// names pg_catalog and the schema, so that nothing on the search_path can stand in for what it means.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <howdah/connection.hpp>
#include <howdah/migration.hpp>

namespace howdah::detail {

struct history_row {
    std::int64_t version;
    std::string name, checksum, status;
    timestamp applied_at;
    /// 'baseline' and further states are for commands to come; an unknown one is never taken for applied.
    [[nodiscard]] bool applied() const noexcept { return status == "applied" || status == "baseline"; }
};

/// The history table of one schema. Failures are migration_error (sql) that name the table.
class migration_history {
public:
    explicit migration_history(const migration_options& options);

    [[nodiscard]] const std::string& table() const noexcept { return table_; } ///< quoted
    [[nodiscard]] bool exists(executor& on) const;
    /// Creates schema and table where they are missing. Under the lock only.
    void create(connection& on) const;
    /// All rows in the order of versions.
    [[nodiscard]] std::vector<history_row> read(executor& on) const;
    void record(executor& on, const migration& applied, std::chrono::milliseconds duration) const;

private:
    template <class Function> auto guarded(const char* what, Function&& run) const;
    std::string schema_, table_;
};

/// The right to migrate, held by the session of `on`, outside any transaction. Given back when destroyed:
/// open transactions are rolled back first, since a failed one would refuse the unlocking.
class migration_lock {
public:
    /// Asks again and again, without waiting in the server: a session that waits there holds a snapshot, and
    /// CREATE INDEX CONCURRENTLY of the runner before would wait for it. Throws migration_error
    /// (lock_timeout).
    migration_lock(connection& on, const migration_history& history, const migration_options& options);
    migration_lock(const migration_lock&) = delete;
    ~migration_lock();

    /// Throws usage_error if the server session that runs our statements is not the one that holds the lock.
    void check() const;

private:
    [[nodiscard]] bool try_lock() const;
    [[nodiscard]] std::string holder() const;
    void pause(std::chrono::milliseconds longest) const;
    [[nodiscard]] std::string where() const;

    connection& on_;
    std::int32_t key_;
};

/// " (SQLSTATE 42P01, undefined_table)"
[[nodiscard]] std::string in_brackets(const sqlstate_code& state);

/// The files of `set` that are to be applied, in order. Throws migration_error: drift, missing, out_of_order.
[[nodiscard]] std::vector<const migration*> pending_migrations(const migration_set& set,
                                                               const std::vector<history_row>& history);

} // namespace howdah::detail

// SPDX-License-Identifier: BSL-1.0
//
// What has been applied: the history table, and the lock that keeps two runners apart. Every statement here
// names pg_catalog and the schema, so that nothing on the search_path can stand in for what it means.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <howdah/connection.hpp>
#include <howdah/migration.hpp>

namespace howdah::detail {

/// One row of the history.
struct history_row {
    std::string version; ///< canonical; of a repeatable migration: "R_" and its name
    std::string kind;    ///< "versioned", "repeatable" or "baseline"
    std::string name, checksum;
    std::string status; ///< "applied", "baseline", "running", "failed" or "undoing"
    std::int32_t statements_done = 0, statements_total = 0;
    timestamp applied_at{};
    bool out_of_order = false;
    /// The statement after those that are done was sent outside a transaction, and nobody knows how it ended.
    bool in_doubt = false;
    /// Of a transaction=off file: SHA-256 over the statements that are done, one after the other.
    std::optional<std::string> progress_hash{};
    /// Of a repeatable migration with placeholders: the checksum of its text with the values filled in.
    std::optional<std::string> expanded_checksum{};
    std::optional<std::string> error{};
    std::int64_t duration_ms = 0;
    std::optional<std::string> build_id{}, remark{};

    [[nodiscard]] bool applied() const noexcept { return status == "applied" || status == "baseline"; }
    /// A transaction=off file that stopped in the middle, and that goes on from there.
    [[nodiscard]] bool unfinished() const noexcept { return status == "running" || status == "failed"; }
    [[nodiscard]] bool repeatable() const noexcept { return kind == "repeatable"; }
};

/// The row of a migration that is done, but for what only its run can know.
[[nodiscard]] history_row row_of(const migration& applied, version_order order);

/// The history table of one schema. Failures are migration_error (sql) that name the table.
class migration_history {
public:
    /// The form of the table that this code reads and writes; see docs/design.md.
    static constexpr int format = 2;

    explicit migration_history(const migration_options& options);

    [[nodiscard]] const std::string& table() const noexcept { return table_; } ///< quoted
    /// The form in which the table is there; 0: it is not. Throws migration_error (history_format) for one that is
    /// later than ours and for a table that is no history.
    [[nodiscard]] int found_format(executor& on) const;
    /// Creates schema and table where they are missing, and brings an older table to our form. Under the lock
    /// only.
    void create_or_upgrade(connection& on) const;
    /// All rows in the order of `order`, repeatable ones last. An older form is read as well. None without table.
    [[nodiscard]] std::vector<history_row> read(executor& on, version_order order) const;
    /// Writes a row, in the place of the one with the same version if there is one. `applied_at` is now.
    void write(executor& on, const history_row& row) const;
    /// Changes a row but for who applied it, when, and with which version of howdah.
    void amend(executor& on, const history_row& row) const;
    void erase(executor& on, const std::string& version) const;

    /// The SQL that makes the table, and the SQL that writes a row, for a script that others run.
    [[nodiscard]] std::string creation(const char* if_not_exists = "") const;
    [[nodiscard]] std::string script_row(const history_row& row) const;
    [[nodiscard]] const std::string& schema() const noexcept { return schema_; } ///< quoted

private:
    template <class Function> auto guarded(const char* what, Function&& run) const;
    void create(connection& on) const;
    [[nodiscard]] std::string insertion(const std::string& values) const;
    void upgrade_from_1(connection& on) const;
    std::string schema_name_, table_name_, schema_, table_; ///< the latter two quoted, table_ with its schema
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

/// What helps against an error that no change of the file mends: "make room on the server's disk"; empty: nothing that
/// can be told from the code.
[[nodiscard]] std::string_view remedy_for(const sqlstate_code& state) noexcept;

} // namespace howdah::detail

// SPDX-License-Identifier: BSL-1.0
#include "exit_code.hpp"

#include <algorithm>
#include <array>

#include <howdah/error.hpp>

namespace howdah::cli {
namespace {

constexpr std::array<exit_code_text, 23> texts{{
    {exit_code::done, "done; of a question: yes, all is well"},
    {exit_code::sql, "the server refused a statement; of schema diff: the schemas differ"},
    {exit_code::usage, "the command line or the configuration cannot be used; nothing was done"},
    {exit_code::pending, "migrations are pending (info --exit-code, wait)"},
    {exit_code::drift, "an applied file was changed or renamed since"},
    {exit_code::locked, "another runner holds the lock"},
    {exit_code::no_connection, "no connection to the server, or it was lost"},
    {exit_code::bad_file, "a file or directory cannot be read as migrations"},
    {exit_code::lint, "lint found errors"},
    {exit_code::unconfirmed, "the database is protected, or the command destroys data: --confirm is needed"},
    {exit_code::duplicate, "two files have one version"},
    {exit_code::missing, "an applied version has no file"},
    {exit_code::out_of_order, "a pending file is older than the newest applied one"},
    {exit_code::own_transaction, "a file begins or ends a transaction itself"},
    {exit_code::newer_schema, "the database was migrated by a newer set of files"},
    {exit_code::unmet_requirement, "a version that a file requires is not applied before it"},
    {exit_code::history_format, "the history table is of a later howdah, or no history table"},
    {exit_code::commit_unknown, "the connection broke during COMMIT: run again to settle it"},
    {exit_code::other, "any other failure"},
    {exit_code::history_begun, "a baseline for a database that has a history already"},
    {exit_code::no_way_back, "undo of a migration that has no down file"},
    {exit_code::interrupted, "stopped with Ctrl-C (SIGINT); the next run goes on from there"},
    {exit_code::terminated, "the same with SIGTERM"},
}};

} // namespace

std::span<const exit_code_text> exit_codes() noexcept {
    return texts;
}

std::string_view meaning_of(exit_code code) noexcept {
    const auto* const found =
        std::find_if(texts.begin(), texts.end(), [&](const auto& known) { return known.code == code; });
    return found == texts.end() ? std::string_view{} : found->meaning;
}

exit_code code_of(migration_failure kind) noexcept {
    switch (kind) {
    case migration_failure::bad_file: return exit_code::bad_file;
    case migration_failure::duplicate: return exit_code::duplicate;
    case migration_failure::drift: return exit_code::drift;
    case migration_failure::missing: return exit_code::missing;
    case migration_failure::out_of_order: return exit_code::out_of_order;
    case migration_failure::lock_timeout: return exit_code::locked;
    case migration_failure::own_transaction: return exit_code::own_transaction;
    case migration_failure::sql: return exit_code::sql;
    case migration_failure::newer_schema: return exit_code::newer_schema;
    case migration_failure::unmet_requirement: return exit_code::unmet_requirement;
    case migration_failure::history_format: return exit_code::history_format;
    case migration_failure::history_begun: return exit_code::history_begun;
    case migration_failure::no_way_back: return exit_code::no_way_back;
    case migration_failure::unconfirmed: return exit_code::unconfirmed;
    case migration_failure::stopped: return exit_code::interrupted;
    }
    return exit_code::other;
}

exit_code code_of(const error& failure) noexcept {
    if (failure.commit_unknown()) return exit_code::commit_unknown;
    if (const auto* migration = dynamic_cast<const migration_error*>(&failure))
        return code_of(migration->kind());
    if (dynamic_cast<const connection_error*>(&failure)) return exit_code::no_connection;
    if (dynamic_cast<const usage_error*>(&failure)) return exit_code::usage;
    if (dynamic_cast<const server_error*>(&failure)) return exit_code::sql;
    return exit_code::other;
}

} // namespace howdah::cli

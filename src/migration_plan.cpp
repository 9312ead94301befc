// SPDX-License-Identifier: BSL-1.0
#include "migration_history.hpp"

#include <algorithm>
#include <map>

namespace howdah {
namespace {

using detail::history_row;

std::string label(const history_row& row) {
    return std::to_string(row.version) + " ('" + row.name + "')";
}

bool drifted(const migration& file, const history_row& row) noexcept {
    return file.checksum != row.checksum || file.name != row.name || !row.applied();
}

[[noreturn]] void refuse_drift(const migration& file, const history_row& row) {
    std::string reason;
    if (!row.applied())
        reason = " stands in the history as '" + row.status +
                 "', a state that this version of howdah does not know; use the version that wrote it";
    else if (file.checksum != row.checksum)
        reason = " was changed after it had been applied; restore it as it was and put the change into a new "
                 "migration";
    else
        reason = " was renamed after it had been applied; name it " + file.version_text + '_' + row.name +
                 ".sql again";
    throw migration_error(migration_failure::drift, file.file + reason, file.file);
}

[[noreturn]] void refuse_missing(const migration_set& set, const history_row& row) {
    const auto same =
        std::find_if(set.begin(), set.end(), [&](const migration& m) { return m.checksum == row.checksum; });
    const std::string name = std::to_string(row.version) + '_' + row.name + ".sql";
    std::string reason = "version " + label(row) + " is applied, but there is no file for it; ";
    if (same != set.end())
        reason +=
            same->file + " has its content: give it the version " + std::to_string(row.version) + " again";
    else reason += "bring " + name + " back, or use the program that has it";
    throw migration_error(migration_failure::missing, reason, same != set.end() ? same->file : name);
}

[[noreturn]] void refuse_late(const migration& file, const history_row& newest) {
    throw migration_error(migration_failure::out_of_order,
                          file.file + " is not applied, but version " + label(newest) +
                              " that comes after it is; give the file a version greater than " +
                              std::to_string(newest.version),
                          file.file);
}

} // namespace

std::vector<const migration*> detail::pending_migrations(const migration_set& set,
                                                         const std::vector<history_row>& history) {
    for (const auto& row : history) {
        const auto* file = set.find(row.version);
        if (!file) refuse_missing(set, row);
        if (drifted(*file, row)) refuse_drift(*file, row);
    }
    // Every row has its file and both are in order: where they part, the files left are the pending ones.
    std::vector<const migration*> out;
    auto row = history.begin();
    for (const auto& file : set) {
        if (row != history.end() && row->version == file.version) ++row;
        else if (row != history.end()) refuse_late(file, history.back());
        else out.push_back(&file);
    }
    return out;
}

std::vector<migration_entry> migration_status(executor& on, const migration_set& set,
                                              const migration_options& options) {
    const detail::migration_history history(options);
    std::map<std::int64_t, migration_entry> entries;
    for (const auto& file : set)
        entries[file.version] = {file.version, file.name, file.file, migration_state::pending, std::nullopt};
    const auto rows = history.exists(on) ? history.read(on) : std::vector<history_row>();
    for (const auto& row : rows) {
        const auto* file = set.find(row.version);
        auto& entry = entries[row.version];
        entry.version = row.version;
        entry.name = row.name;
        entry.applied_at = row.applied_at;
        entry.state = !file                 ? migration_state::missing
                      : drifted(*file, row) ? migration_state::drifted
                                            : migration_state::applied;
    }
    std::vector<migration_entry> out;
    for (auto& [version, entry] : entries) out.push_back(std::move(entry));
    return out;
}

} // namespace howdah

// SPDX-License-Identifier: BSL-1.0
//
// Which migrations are to run: files and history compared, without a server.
#pragma once

#include <string>
#include <vector>

#include <howdah/migration_commands.hpp>

#include "migration_history.hpp"

namespace howdah::detail {

/// One migration that is to run.
struct planned_file {
    const migration* file;
    const history_row*
        row; ///< what the history has of it: unfinished, or an older text of a repeatable one; or null
    bool out_of_order = false; ///< a later version is applied already
};

/// What is to run, in order, and what there is to say about it.
struct file_plan {
    std::vector<planned_file> files;
    std::vector<std::string> warnings;
    std::size_t applied = 0; ///< how many are already applied
};

/// Is an applied migration other than its file?
[[nodiscard]] bool drifted(const migration& file, const history_row& row) noexcept;

/// Has a repeatable migration changed since it ran, or the values of its placeholders? Throws migration_error
/// (bad_file) for a placeholder without value.
[[nodiscard]] bool repeats(const migration& file, const history_row& row, const migration_options& options);

/// As a dry run tells it.
[[nodiscard]] planned_migration described(const planned_file& planned);

/// The files of `set` that are to run. Points into `set` and `history`. Throws migration_error: drift, missing,
/// newer_schema, out_of_order, unmet_requirement.
[[nodiscard]] file_plan plan_files(const migration_set& set, const std::vector<history_row>& history,
                                   const migration_options& options);
/// Everything for which plan_files() would refuse.
[[nodiscard]] std::vector<migration_fault> find_faults(const migration_set& set,
                                                       const std::vector<history_row>& history,
                                                       const migration_options& options);

} // namespace howdah::detail

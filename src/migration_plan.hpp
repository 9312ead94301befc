// SPDX-License-Identifier: BSL-1.0
//
// Which migrations are to run: files and history compared, without a server.
#pragma once

#include <string>
#include <vector>

#include <howdah/migration.hpp>

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

/// The files of `set` that are to run. Points into `set` and `history`. Throws migration_error: drift, missing,
/// newer_schema, out_of_order, unmet_requirement.
[[nodiscard]] file_plan plan_files(const migration_set& set, const std::vector<history_row>& history,
                                   const migration_options& options);

} // namespace howdah::detail

// SPDX-License-Identifier: BSL-1.0
//
// The commands. Each returns its exit code, and throws what the library throws or a refusal.
#pragma once

#include "context.hpp"

namespace howdah::cli {

int migrate_add(const context& in);
int migrate_run(const context& in);
int migrate_plan(const context& in);
int migrate_info(const context& in);
int migrate_verify(const context& in);
int migrate_baseline(const context& in);
int migrate_repair(const context& in);
int migrate_adopt(const context& in);
int migrate_undo(const context& in);
int migrate_script(const context& in);
int migrate_lint(const context& in);
int migrate_wait(const context& in);
int database_create(const context& in);
int database_drop(const context& in);
int database_reset(const context& in);
int database_url_shown(const context& in);
int schema_show(const context& in);
int schema_dump(const context& in);
int schema_diff(const context& in);
int schema_graph(const context& in);
int print_completion(const context& in);
int print_manual(const context& in);
int list_exit_codes(const context& in);

} // namespace howdah::cli

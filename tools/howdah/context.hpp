// SPDX-License-Identifier: BSL-1.0
//
// What every command works with: the command line, the output, the server, the files.
#pragma once

#include <chrono>
#include <string>

#include <howdah/connection.hpp>
#include <howdah/migration.hpp>
#include <howdah/migration_layout.hpp>

#include "command_line.hpp"
#include "exit_code.hpp"
#include "output.hpp"

namespace howdah::cli {

struct context {
    const options& given;
    const output& out;
    const std::string& program;
    const embedded_migrations* embedded; ///< null: the program has none
};

/// The connection string: --url, DATABASE_URL, .env. Throws refusal if there is none.
[[nodiscard]] std::string database_url(const context& in);
/// How to connect to it.
[[nodiscard]] connection_config server_of(const context& in);
/// The migrations of --source, embedded, or of the directory "migrations".
[[nodiscard]] migration_set files_of(const context& in);
/// The directory, read as --layout says.
[[nodiscard]] migration_directory read_directory(const context& in);
/// The directory that --source names, or "migrations".
[[nodiscard]] std::string directory_of(const context& in);
/// History table, policies, limits and placeholders as the command line has them; events go to tell(). Throws refusal
/// for a time that is none.
[[nodiscard]] migration_options migration_options_of(const context& in);
/// "500ms", "5s", "10min", "1h", "0". Throws refusal naming the option.
[[nodiscard]] std::chrono::milliseconds read_time(const std::string& text, const char* option);

/// server_of(), after a look at whether the database may be changed: what check_protection() throws.
[[nodiscard]] connection_config checked_server_of(const context& in);
/// Throws refusal if the database is protected and --confirm does not name it. `never`: not even then.
void check_protection(const context& in, connection& on, bool never);

/// Shows what a run tells: lines, and the progress line.
void tell(const context& in, const migration_event& event);
[[nodiscard]] json_value json_of(const migration_report::applied_file& file);

/// A message of the library without what it advises programs to do.
[[nodiscard]] std::string without_advice(std::string text);
/// Says what went wrong: the place, the server's words, the next command to type. Returns the exit code.
int report(const context& in, const error& failure);

} // namespace howdah::cli

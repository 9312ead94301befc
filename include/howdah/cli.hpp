// SPDX-License-Identifier: BSL-1.0
//
// cli: the command `howdah` as a function, so that a program can be its own migration tool:
//
//     int main(int argc, char** argv) {
//         if (argc > 1 && argv[1] == std::string_view("schema-tool"))
//             return howdah::cli::main(argc - 1, argv + 1, app::migrations);
//         ...
//     }
//
// In the library howdah::cli, which is built with the command (HOWDAH_BUILD_TOOLS) and brings no further library
// into the program. docs/commands/ shows every command; docs/commands/exit_codes.md lists what it returns.
#pragma once

#include <howdah/migration_set.hpp>

namespace howdah::cli {

/// Runs one command line, as `howdah` does: reads DATABASE_URL and .env, prints to stdout and stderr, returns the
/// exit code. Migrations are those of the directory `migrations`, or of --source. Throws nothing but for lack of
/// memory. One call at a time.
int main(int argc, const char* const* argv);

/// The same for a program that carries its migrations in itself: they are used unless --source names a directory.
/// argv[0] is the name that help and messages call the program by.
int main(int argc, const char* const* argv, const embedded_migrations& migrations);

} // namespace howdah::cli

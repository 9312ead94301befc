// SPDX-License-Identifier: BSL-1.0
//
// A program that is its own migration tool, as docs/commands/README.md shows it.
#include <iostream>
#include <string_view>

#include <howdah/cli.hpp>

#include <app_migrations.hpp>

// [own_tool]
int main(int argc, char** argv) {
    if (argc > 1 && argv[1] == std::string_view("database")) // app database migrate run
        return howdah::cli::main(argc - 1, argv + 1, app::migrations);
    std::cout << "the program itself\n";
}
// [own_tool-end]

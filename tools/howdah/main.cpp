// SPDX-License-Identifier: BSL-1.0
//
// The command `howdah`.
#include <howdah/cli.hpp>

int main(int argc, char** argv) {
    return howdah::cli::main(argc, argv);
}

// SPDX-License-Identifier: BSL-1.0
//
// howdah::cli links without the libraries that it was built with.
#include <howdah/cli.hpp>

int main(int argc, char** argv) {
    return howdah::cli::main(argc, argv);
}

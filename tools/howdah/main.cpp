// SPDX-License-Identifier: BSL-1.0
//
// The command `howdah`.
#include <csignal>

#include <howdah/cli.hpp>

int main(int argc, char** argv) {
    const int code = howdah::cli::main(argc, argv);
    // Ended by a signal: whoever waits for us, a loop of a shell, is to know it as such.
    if (code == 128 + SIGINT || code == 128 + SIGTERM) {
        std::signal(code - 128, SIG_DFL);
        std::raise(code - 128);
    }
    return code;
}

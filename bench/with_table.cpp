// SPDX-License-Identifier: BSL-1.0
//
// Runs a command beside a throw-away server that holds the table of the benchmarks:
//
//     with_table ROWS TABLE.SQL COMMAND [ARGUMENT...]
//
// The command finds the server's URL in BENCH_URL. Its exit status is ours. The server runs on the cores that this
// program may use, and so does the command unless it asks for others.
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include <howdah/connection.hpp>
#include <howdah/testing/cluster.hpp>

namespace {

/// Splits at the semicolons that end a line: VACUUM does not run together with anything else.
void load(howdah::connection& db, std::string script, std::string_view rows) {
    const auto place = script.find(":rows");
    script.replace(place, 5, rows);
    for (std::size_t begin = 0, end; (end = script.find(";\n", begin)) != script.npos; begin = end + 2)
        db.run_script(std::string_view(script).substr(begin, end - begin), std::chrono::minutes(10));
}

int run(char** command) {
    const pid_t child = ::fork();
    if (child == 0) {
        ::execvp(command[0], command);
        std::perror(command[0]);
        ::_exit(127);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

} // namespace

int main(int count, char** arguments) {
    if (count < 4) {
        std::fprintf(stderr, "usage: with_table ROWS TABLE.SQL COMMAND [ARGUMENT...]\n");
        return 2;
    }
    try {
        howdah::testing::cluster_options options;
        options.settings = {
            {"shared_buffers", "512MB"}, {"jit", "off"}, {"max_parallel_workers_per_gather", "0"}};
        const howdah::testing::cluster server(options);
        const std::string url = server.url();
        std::stringstream script;
        script << std::ifstream(arguments[2]).rdbuf();
        {
            howdah::connection db{server.config()};
            load(db, script.str(), arguments[1]);
        }
        ::setenv("BENCH_URL", url.c_str(), 1);
        return run(arguments + 3);
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "with_table: %s\n", failure.what());
        return 1;
    }
}

// SPDX-License-Identifier: BSL-1.0
#include "testing/binaries.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <pwd.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <howdah/error.hpp>

namespace howdah::testing {

namespace {

bool holds_programs(const std::string& directory) {
    const binaries there{directory};
    return !directory.empty() && access(there.initdb().c_str(), X_OK) == 0 &&
           access(there.postgres().c_str(), X_OK) == 0;
}

std::string read_to_end(int from) {
    std::string all;
    char part[512];
    for (ssize_t got; (got = read(from, part, sizeof part)) > 0;) all.append(part, static_cast<size_t>(got));
    return all;
}

/// The first line that a program prints; empty if it cannot be run.
std::string first_line_of(std::string program, std::string argument) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return {};
    posix_spawn_file_actions_t redirect;
    posix_spawn_file_actions_init(&redirect);
    posix_spawn_file_actions_adddup2(&redirect, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&redirect, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    char* arguments[] = {program.data(), argument.data(), nullptr};
    pid_t child = -1;
    const bool started = posix_spawnp(&child, program.c_str(), &redirect, nullptr, arguments, environ) == 0;
    posix_spawn_file_actions_destroy(&redirect);
    close(ends[1]);
    const std::string all = started ? read_to_end(ends[0]) : std::string();
    close(ends[0]);
    if (started) waitpid(child, nullptr, 0);
    return all.substr(0, all.find('\n'));
}

/// A directory of the search path may hold links only; the neighbours (psql, pg_dump) are where they lead.
std::string behind_links(const std::string& directory) {
    std::error_code failed;
    const std::string real = std::filesystem::canonical(binaries{directory}.postgres(), failed).parent_path();
    return !failed && holds_programs(real) ? real : directory;
}

std::string in_search_path() {
    const char* path = std::getenv("PATH");
    std::string_view rest = path ? path : "";
    while (!rest.empty()) {
        const auto end = std::min(rest.find(':'), rest.size());
        std::string directory(rest.substr(0, end));
        if (holds_programs(directory)) return behind_links(directory);
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return {};
}

/// Debian keeps every major version in a directory of its own, off the search path.
std::string newest_of_debian() {
    int newest = -1;
    std::string found;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator("/usr/lib/postgresql", ignored)) {
        const std::string major = entry.path().filename();
        int number = -1;
        std::from_chars(major.data(), major.data() + major.size(), number);
        const std::string directory = entry.path() / "bin";
        if (number > newest && holds_programs(directory)) newest = number, found = directory;
    }
    return found;
}

} // namespace

std::optional<binaries> find_binaries(const std::string& preferred) {
    const char* set = std::getenv("HOWDAH_TEST_BINARIES");
    if (const std::string chosen = preferred.empty() && set ? set : preferred; !chosen.empty())
        return holds_programs(chosen) ? std::optional(binaries{chosen}) : std::nullopt;
    if (auto here = in_search_path(); !here.empty()) return binaries{std::move(here)};
    if (auto here = first_line_of("pg_config", "--bindir"); holds_programs(here)) return binaries{here};
    if (auto here = newest_of_debian(); !here.empty()) return binaries{std::move(here)};
    return std::nullopt;
}

std::string version_text(const binaries& of) {
    return first_line_of(of.postgres(), "--version");
}

int version_number(const std::string& text) noexcept {
    const auto digit =
        std::find_if(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c); });
    const char* const end = text.data() + text.size();
    int major = 0, minor = 0;
    const auto [after, failed] = std::from_chars(text.data() + (digit - text.begin()), end, major);
    if (failed != std::errc()) return 0;
    if (after != end && *after == '.') std::from_chars(after + 1, end, minor);
    return major * 10'000 + minor;
}

std::optional<account> server_account() {
    if (geteuid() != 0) return std::nullopt;
    for (const char* name : {"postgres", "nobody"}) {
        passwd entry{};
        passwd* found = nullptr;
        std::vector<char> names(16'384);
        if (getpwnam_r(name, &entry, names.data(), names.size(), &found) == 0 && found && found->pw_uid != 0)
            return account{found->pw_uid, found->pw_gid};
    }
    throw usage_error("PostgreSQL does not run as root, and there is no account postgres or nobody that it "
                      "could run as: make one, or run the tests as another user");
}

} // namespace howdah::testing

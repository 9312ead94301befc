// SPDX-License-Identifier: BSL-1.0
//
// Programs that tests start, kill and wait for.
#pragma once

#include <doctest/doctest.h>

#include <cstdio>
#include <exception>

#include <sys/wait.h>
#include <unistd.h>

namespace howdah::test {

/// Runs `body` in a process of its own, which ends with what it returns; 99 if it throws.
template <class Function> pid_t in_child(Function&& body) {
    const auto pid = ::fork();
    REQUIRE(pid >= 0);
    if (pid > 0) return pid;
    int code = 99;
    try {
        code = body();
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "in a child: %s\n", failure.what());
    } catch (...) {
    }
    ::_exit(code);
}

inline int status_of(pid_t child) {
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    return status;
}

} // namespace howdah::test

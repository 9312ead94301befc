// SPDX-License-Identifier: BSL-1.0
//
// Runs between fork and _exit in a program that may have many threads: only functions that POSIX calls
// async-signal-safe, or plain system calls.
#include "testing/supervisor_process.hpp"

#include <cerrno>
#include <climits>
#include <csignal>

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace howdah::testing {

namespace {

constexpr int tick_ms = 2;           // while a process is about to end
constexpr int last_patience = 5'000; // ticks: ten seconds for an immediate shutdown

struct server {
    pid_t process = 0;
    bool watched = false; // its end is to be reported
};

void default_signals() noexcept {
    struct sigaction plain{};
    plain.sa_handler = SIG_DFL;
    for (int signal = 1; signal < NSIG; ++signal) sigaction(signal, &plain, nullptr);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
}

/// The terminal's Ctrl-C and a plain kill are for the program; we end when it does.
void ignore_signals() noexcept {
    for (int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE}) std::signal(signal, SIG_IGN);
}

void close_range_of(int first, int last) noexcept {
    if (first > last) return;
    if (syscall(SYS_close_range, static_cast<unsigned>(first), static_cast<unsigned>(last), 0U) == 0) return;
    const int limit = static_cast<int>(sysconf(_SC_OPEN_MAX));
    for (int at = first; at <= last && at < limit; ++at) close(at);
}

/// Files of the program that stayed open here would outlive it: a pipe that someone reads to its end, the
/// control sockets of its other clusters.
void close_all_but(int a, int b, int c) noexcept {
    int next = STDERR_FILENO + 1;
    for (;;) {
        int keep = -1; // the lowest of the three at or above `next`
        for (int candidate : {a, b, c})
            if (candidate >= next && (keep < 0 || candidate < keep)) keep = candidate;
        if (keep < 0) break;
        close_range_of(next, keep - 1);
        next = keep + 1;
    }
    close_range_of(next, INT_MAX);
}

void isolate(const supervisor_inheritance& given) noexcept {
    default_signals();
    ignore_signals();
    setsid();
    prctl(PR_SET_NAME, "howdah-cluster");
    const int nothing = open("/dev/null", O_RDONLY);
    dup2(nothing, STDIN_FILENO);
    dup2(given.log, STDOUT_FILENO);
    dup2(given.log, STDERR_FILENO);
    close_all_but(given.control, given.owner, given.lock);
    fcntl(given.control, F_SETFD, FD_CLOEXEC);
    if (given.owner >= 0) fcntl(given.owner, F_SETFD, FD_CLOEXEC);
    fcntl(given.lock, F_SETFD, 0); // the server holds it too: a free lock means that all are gone
}

/// In the child: becomes the program, as the account, tied to the supervisor's life.
[[noreturn]] void become(char* const* arguments, const supervisor_inheritance& given, pid_t parent) noexcept {
    default_signals();
    setsid();
    if (given.run_as &&
        (setgroups(0, nullptr) != 0 || setgid(given.run_as->group) != 0 || setuid(given.run_as->user) != 0))
        _exit(126);
    prctl(PR_SET_PDEATHSIG, SIGQUIT); // after setuid, which clears it
    if (getppid() != parent) _exit(125);
    if (chdir("/") == 0) execve(arguments[0], arguments, given.environment);
    _exit(127);
}

pid_t launch(char* const* arguments, const supervisor_inheritance& given) noexcept {
    const pid_t self = getpid();
    const pid_t child = fork();
    if (child == 0) become(arguments, given, self);
    return child < 0 ? 0 : child;
}

int wait_for(pid_t child) noexcept {
    int status = -1;
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
}

void report(const supervisor_inheritance& given, char kind, int detail) noexcept {
    const supervisor_word word{kind, detail};
    send(given.control, &word, sizeof word, MSG_NOSIGNAL);
}

void report_if_ended(const supervisor_inheritance& given, server& state) noexcept {
    int status = 0;
    if (!state.process || waitpid(state.process, &status, WNOHANG) != state.process) return;
    state = {};
    report(given, reports::ended, status);
}

void stop(const supervisor_inheritance& given, server& state, int signal) noexcept {
    if (!state.process) return report(given, reports::ended, 0);
    kill(state.process, signal); // not yet waited for, so the number is still its own
    state.watched = true;
}

/// False when the program has closed its side.
bool obey(const supervisor_inheritance& given, server& state) noexcept {
    supervisor_word word{};
    const ssize_t got = recv(given.control, &word, sizeof word, 0);
    if (got < 0 && errno == EINTR) return true;
    if (got != sizeof word) return false;
    switch (word.kind) {
    case orders::initdb: report(given, reports::initialised, wait_for(launch(given.initdb, given))); break;
    case orders::start:
        state = {launch(given.postgres, given), true};
        report(given, reports::started, state.process);
        break;
    case orders::calm: state.watched = false; break;
    case orders::stop: stop(given, state, word.detail); break;
    default: break;
    }
    return true;
}

void end_server(pid_t process) noexcept {
    if (!process) return;
    kill(process, SIGQUIT);
    for (int tick = 0; tick < last_patience; ++tick) {
        if (waitpid(process, nullptr, WNOHANG) != 0) return;
        poll(nullptr, 0, tick_ms);
    }
    kill(process, SIGKILL); // its backends notice and end by themselves
    wait_for(process);
}

void delete_directory(const supervisor_inheritance& given) noexcept {
    const char* const arguments[] = {"rm", "-rf", "--", given.directory, nullptr};
    const pid_t child = fork();
    if (child == 0) {
        execve("/bin/rm", const_cast<char* const*>(arguments), given.environment);
        _exit(127);
    }
    wait_for(child);
    if (given.remove_if_empty) rmdir(given.remove_if_empty);
}

} // namespace

void supervise(const supervisor_inheritance& given) noexcept {
    isolate(given);
    server state;
    for (bool wanted = true; wanted;) {
        pollfd ends[] = {{given.control, POLLIN, 0}, {given.owner, POLLIN, 0}};
        poll(ends, 2, state.watched ? tick_ms : -1);
        if (ends[1].revents) wanted = false;
        else if (ends[0].revents) wanted = obey(given, state);
        if (state.watched) report_if_ended(given, state);
    }
    end_server(state.process);
    delete_directory(given);
    _exit(0);
}

} // namespace howdah::testing

// SPDX-License-Identifier: BSL-1.0
#include "testing/supervisor.hpp"

#include <cerrno>
#include <cstdlib>
#include <system_error>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <howdah/error.hpp>

#include "testing/supervisor_process.hpp"

namespace howdah::testing {

namespace {

using clock = std::chrono::steady_clock;

/// A null-terminated array of pointers into `texts`, as execve wants it.
std::vector<char*> pointers(const std::vector<std::string>& texts) {
    std::vector<char*> all;
    for (const std::string& text : texts) all.push_back(const_cast<char*>(text.c_str()));
    all.push_back(nullptr);
    return all;
}

/// The server must not depend on the settings of whoever runs the tests (PGDATA, PGPORT, LC_ALL, TZ, ...).
std::vector<std::string> server_environment() {
    std::vector<std::string> all{"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C", "TZ=UTC"};
    if (const char* libraries = std::getenv("LD_LIBRARY_PATH"))
        all.push_back(std::string("LD_LIBRARY_PATH=") + libraries);
    return all;
}

/// Becomes readable when the program has ended. -1 before Linux 5.3: the socket pair then has to do, which a
/// fork of the program keeps open.
descriptor watch_of_this_process() {
    return descriptor(static_cast<int>(syscall(SYS_pidfd_open, getpid(), 0U)));
}

[[noreturn]] void refuse(const char* what) {
    throw usage_error(std::string("cannot ") + what +
                      " for a throw-away cluster: " + std::system_category().message(errno));
}

int milliseconds_until(clock::time_point end) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - clock::now()).count();
    return static_cast<int>(std::max<decltype(left)>(left, 0));
}

} // namespace

supervisor::supervisor(const supervisor_plan& plan, int lock) : owner_(getpid()) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) refuse("make a socket pair");
    control_ = descriptor(ends[0]);
    const descriptor theirs(ends[1]), watch = watch_of_this_process();
    const descriptor log(
        open(plan.log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!log) refuse("make a log file");
    const auto environment = server_environment();
    const auto initdb = pointers(plan.initdb), postgres = pointers(plan.postgres),
               env = pointers(environment);
    const supervisor_inheritance given{
        .control = theirs.get(),
        .owner = watch.get(),
        .lock = lock,
        .log = log.get(),
        .directory = plan.directory.c_str(),
        .remove_if_empty = plan.remove_if_empty.empty() ? nullptr : plan.remove_if_empty.c_str(),
        .initdb = initdb.data(),
        .postgres = postgres.data(),
        .environment = env.data(),
        .run_as = plan.run_as,
    };
    process_ = fork();
    if (process_ == 0) supervise(given);
    if (process_ < 0) refuse("start a process");
}

supervisor::~supervisor() {
    if (!is_owner()) return;
    control_ = descriptor();
    while (waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
    }
}

bool supervisor::is_owner() const noexcept {
    return getpid() == owner_;
}

void supervisor::order(char what, int detail) {
    const supervisor_word word{what, detail};
    if (is_owner()) send(control_.get(), &word, sizeof word, MSG_NOSIGNAL);
}

std::optional<int> supervisor::await_report(char kind, milliseconds timeout) {
    if (!is_owner()) return std::nullopt;
    for (const auto end = clock::now() + timeout;;) {
        pollfd ready{control_.get(), POLLIN, 0};
        const int polled = poll(&ready, 1, milliseconds_until(end));
        if (polled < 0 && errno == EINTR) continue;
        supervisor_word word{};
        if (polled <= 0 || recv(control_.get(), &word, sizeof word, 0) != sizeof word) return std::nullopt;
        if (word.kind == kind) return word.detail;
    }
}

bool supervisor::run_initdb(milliseconds timeout) {
    order(orders::initdb);
    return await_report(reports::initialised, timeout) == 0;
}

pid_t supervisor::start_postgres() {
    order(orders::start);
    return await_report(reports::started, milliseconds(10'000)).value_or(0);
}

bool supervisor::postgres_ended(milliseconds timeout) {
    return await_report(reports::ended, timeout).has_value();
}

void supervisor::stop_watching() {
    order(orders::calm);
}

bool supervisor::stop_postgres(int signal, milliseconds timeout) {
    order(orders::stop, signal);
    return await_report(reports::ended, timeout).has_value();
}

} // namespace howdah::testing

// SPDX-License-Identifier: BSL-1.0
//
// Waiting with one timer for many deadlines.
#include <doctest/doctest.h>

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "timer_waiter.hpp"

namespace {

using namespace std::chrono_literals;
using howdah::deadline;
using howdah::interest;
using clock_type = std::chrono::steady_clock;

/// Two ends of a conversation.
struct sockets {
    sockets() { REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()) == 0); }
    sockets(const sockets&) = delete;
    sockets& operator=(const sockets&) = delete;
    ~sockets() {
        for (const int end : ends) ::close(end);
    }
    void say() const { REQUIRE(::send(ends[1], "x", 1, 0) == 1); }
    void hear() const {
        char byte = 0;
        REQUIRE(::recv(ends[0], &byte, 1, 0) == 1);
    }
    std::array<int, 2> ends{};
};

/// The descriptors of this process that are timers.
std::vector<int> timers() {
    std::vector<int> found;
    for (const auto& each : std::filesystem::directory_iterator("/proc/self/fd")) {
        std::error_code gone; // that of the directory itself
        if (std::filesystem::read_symlink(each, gone).string().find("timerfd") != std::string::npos)
            found.push_back(std::stoi(each.path().filename().string()));
    }
    return found;
}

/// Nothing comes: does the wait end, and not before its deadline?
void check_silence(howdah::waiter& with, const sockets& between, std::chrono::milliseconds length) {
    const deadline until = clock_type::now() + length;
    CHECK_FALSE(with.wait(between.ends[0], interest::read, until));
    CHECK(clock_type::now() >= until);
}

TEST_CASE("a wait ends at its deadline, whichever deadlines were before it") {
    howdah::detail::timer_waiter waiter;
    const sockets between;
    for (const auto length : {20ms, 5ms, 40ms, 1ms, 0ms, -5ms, 10ms, 3ms})
        check_silence(waiter, between, length);
    CHECK(timers().size() == 1);
}

TEST_CASE("a shorter deadline counts after a longer one that was not needed") {
    howdah::detail::timer_waiter waiter;
    const sockets between;
    between.say();
    CHECK(waiter.wait(between.ends[0], interest::read, clock_type::now() + 1h));
    CHECK(waiter.wait(between.ends[0], interest::read, deadline::max()));
    between.hear();
    check_silence(waiter, between, 10ms);
}

TEST_CASE("a timer that fired while nobody waited ends no later wait") {
    howdah::detail::timer_waiter waiter;
    const sockets between;
    between.say();
    CHECK(waiter.wait(between.ends[0], interest::read, clock_type::now() + 5ms));
    between.hear();
    std::this_thread::sleep_for(10ms);
    check_silence(waiter, between, 20ms);
    check_silence(waiter, between, 5ms);
}

TEST_CASE("a wait without deadline goes on when the timer of an earlier one fires") {
    howdah::detail::timer_waiter waiter;
    const sockets between;
    between.say();
    CHECK(waiter.wait(between.ends[0], interest::read, clock_type::now() + 5ms));
    between.hear();
    std::thread later([&] {
        std::this_thread::sleep_for(30ms);
        between.say();
    });
    CHECK(waiter.wait(between.ends[0], interest::read, deadline::max()));
    later.join();
    between.hear(); // throws if it was not the byte that ended the wait
}

TEST_CASE("what is ready is seen after the deadline too") {
    howdah::detail::timer_waiter waiter;
    const sockets between;
    for (const auto until : {deadline::min(), deadline{}, clock_type::now() - 1s}) {
        CHECK_FALSE(waiter.wait(between.ends[0], interest::read, until));
        CHECK(waiter.wait(between.ends[0], interest::write, until));
        CHECK(waiter.wait(between.ends[0], interest::read_or_write, until));
        between.say();
        CHECK(waiter.wait(between.ends[0], interest::read, until));
        between.hear();
    }
}

TEST_CASE("the other end's closing ends a wait") {
    howdah::detail::timer_waiter waiter;
    sockets between;
    ::close(std::exchange(between.ends[1], -1));
    CHECK(waiter.wait(between.ends[0], interest::read, clock_type::now() + 1h));
    CHECK(waiter.wait(between.ends[0] + 1000, interest::read, clock_type::now() + 1h)); // no such descriptor
}

TEST_CASE("a signal does not end a wait") {
    struct sigaction quiet{};
    struct sigaction before{};
    quiet.sa_handler = [](int) {};
    REQUIRE(::sigaction(SIGUSR1, &quiet, &before) == 0);
    howdah::detail::timer_waiter waiter;
    const sockets between;
    std::thread later([self = ::pthread_self()] {
        for (int i = 0; i < 5; ++i) {
            std::this_thread::sleep_for(5ms);
            ::pthread_kill(self, SIGUSR1);
        }
    });
    check_silence(waiter, between, 60ms);
    later.join();
    ::sigaction(SIGUSR1, &before, nullptr);
}

TEST_CASE("the timer is closed with its waiter") {
    {
        howdah::detail::timer_waiter waiter;
        const sockets between;
        CHECK(timers().empty()); // it is made when it is needed
        check_silence(waiter, between, 1ms);
        CHECK(timers().size() == 1);
    }
    CHECK(timers().empty());
}

TEST_CASE("deadlines hold when somebody has closed the timer") {
    howdah::detail::timer_waiter waiter;
    const sockets between;
    check_silence(waiter, between, 1ms);
    ::close(timers().at(0));
    check_silence(waiter, between, 10ms);
    check_silence(waiter, between, 10ms);
    CHECK(timers().size() == 1);
}

TEST_CASE("deadlines hold when the timer's descriptor has become a file, which stays open") {
    const int other = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    REQUIRE(other >= 0);
    int timer = -1;
    {
        howdah::detail::timer_waiter waiter;
        const sockets between;
        check_silence(waiter, between, 1ms);
        timer = timers().at(0);
        REQUIRE(::dup2(other, timer) == timer);
        check_silence(waiter, between, 10ms);
        check_silence(waiter, between, 10ms);
    }
    CHECK(::fcntl(timer, F_GETFD) >= 0);
    ::close(timer);
    ::close(other);
}

TEST_CASE("deadlines hold where the process may open no further descriptor") {
    const sockets between;
    { // UBSan opens a pipe when it first sees a call, so all calls of below come once before
        howdah::detail::timer_waiter another;
        check_silence(another, between, 1ms);
        ::close(timers().at(0));
        check_silence(another, between, 1ms);
    }
    howdah::detail::timer_waiter waiter;
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    auto few = before;
    few.rlim_cur = 3;
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &few) == 0);
    check_silence(waiter, between, 10ms);
    between.say();
    CHECK(waiter.wait(between.ends[0], interest::read, clock_type::now() + 1h));
    between.hear();
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
    CHECK(timers().empty());
    check_silence(waiter, between, 10ms);
    CHECK(timers().size() == 1);
}

} // namespace

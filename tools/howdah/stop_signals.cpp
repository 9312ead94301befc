// SPDX-License-Identifier: BSL-1.0
#include "stop_signals.hpp"

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <ctime>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace howdah::cli {
namespace {

constexpr int both[] = {SIGINT, SIGTERM};

// A signal that follows so soon is the same one: timeout(1) signals its child, and then the whole process group.
constexpr std::int64_t same_milliseconds = 200;

// All that the handler touches. Lock-free, as a handler needs it.
std::atomic<int> came{0}, write_to{-1};
std::atomic<bool> handled[2]{};
std::atomic<std::int64_t> came_at{0};
static_assert(std::atomic<int>::is_always_lock_free && std::atomic<bool>::is_always_lock_free &&
              std::atomic<std::int64_t>::is_always_lock_free);

std::int64_t milliseconds_now() noexcept {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

/// Ends the process as the signal would have done; it comes when the handler returns.
void leave(int signal) noexcept {
    for (int i = 0; i < 2; ++i)
        if (handled[i]) std::signal(both[i], SIG_DFL);
    ::raise(signal);
}

extern "C" void howdah_stop_signal(int signal) {
    const int saved = errno;
    const auto now = milliseconds_now();
    if (came != 0) {
        if (now - came_at > same_milliseconds) leave(signal);
        errno = saved;
        return;
    }
    came = signal;
    came_at = now;
    constexpr std::string_view text =
        "\nstopping: the statement under way is cancelled; once more leaves at once\n";
    // Nothing is to be done where this fails: the run then goes on, and the next signal ends it.
    if (::write(STDERR_FILENO, text.data(), text.size()) < 0) errno = 0;
    if (::write(write_to, "s", 1) < 0) errno = 0;
    errno = saved;
}

} // namespace

stop_signals::stop_signals() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
    read_ = ends[0];
    write_ = ends[1];
    write_to = write_;
    came = 0;
    listener_ = std::thread([this] { wait_for_one(); });
    for (int i = 0; i < 2; ++i) {
        ::sigaction(both[i], nullptr, &before_[i]);
        handled[i] = before_[i].sa_handler != SIG_IGN;
        if (!handled[i]) continue;
        struct sigaction ours{};
        ours.sa_handler = &howdah_stop_signal;
        ours.sa_flags = SA_RESTART;
        ::sigemptyset(&ours.sa_mask);
        ::sigaddset(&ours.sa_mask, SIGINT);
        ::sigaddset(&ours.sa_mask, SIGTERM);
        ::sigaction(both[i], &ours, nullptr);
    }
}

stop_signals::~stop_signals() {
    for (int i = 0; i < 2; ++i)
        if (handled[i].exchange(false)) ::sigaction(both[i], &before_[i], nullptr);
    write_to = -1;
    ::close(write_);
    listener_.join();
    ::close(read_);
}

void stop_signals::wait_for_one() {
    char byte = 0;
    ssize_t got = 0;
    do got = ::read(read_, &byte, 1);
    while (got < 0 && errno == EINTR);
    if (got == 1) source_.request_stop();
}

int stop_signals::last() noexcept {
    return came;
}

} // namespace howdah::cli

// SPDX-License-Identifier: BSL-1.0
//
// Ctrl-C and SIGTERM while a command changes a database.
#pragma once

#include <csignal>
#include <stop_token>
#include <thread>

namespace howdah::cli {

/// While it lives the first SIGINT or SIGTERM asks token() to stop, and says so; another one ends the process, unless
/// it comes within a fifth of a second of the first. A signal that was ignored stays ignored. One at a time.
class stop_signals {
public:
    stop_signals();
    stop_signals(const stop_signals&) = delete;
    ~stop_signals();

    [[nodiscard]] std::stop_token token() const noexcept { return source_.get_token(); }
    /// The signal that came first, 0: none so far.
    [[nodiscard]] static int last() noexcept;

private:
    void wait_for_one();

    std::stop_source source_;
    int read_ = -1, write_ = -1;
    struct sigaction before_[2]{};
    std::thread listener_;
};

} // namespace howdah::cli

// SPDX-License-Identifier: BSL-1.0
//
// Owners of libpq's handles.
#pragma once

#include <libpq-fe.h>
#include <signal.h>
#include <time.h>

#include <memory>

namespace howdah::detail {

struct close_connection {
    void operator()(PGconn* handle) const noexcept { PQfinish(handle); }
};
struct clear_result {
    void operator()(PGresult* handle) const noexcept { PQclear(handle); }
};
struct free_cancel {
    void operator()(PGcancel* handle) const noexcept { PQfreeCancel(handle); }
};
struct free_options {
    void operator()(PQconninfoOption* options) const noexcept { PQconninfoFree(options); }
};

/// Holds SIGPIPE back from this thread while it lives. PQcancel() sends without MSG_NOSIGNAL: a server that has just
/// gone would otherwise end the whole program.
class no_broken_pipe {
public:
    no_broken_pipe() noexcept {
        sigemptyset(&pipe_);
        sigaddset(&pipe_, SIGPIPE);
        pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
    }
    no_broken_pipe(const no_broken_pipe&) = delete;
    no_broken_pipe& operator=(const no_broken_pipe&) = delete;
    ~no_broken_pipe() {
        if (sigismember(&before_, SIGPIPE) == 1) return; // the caller's own affair
        constexpr timespec at_once{0, 0};
        while (sigtimedwait(&pipe_, nullptr, &at_once) == SIGPIPE) {
        }
        pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }

private:
    sigset_t pipe_{}, before_{};
};

using connection_handle = std::unique_ptr<PGconn, close_connection>;
using result_handle = std::unique_ptr<PGresult, clear_result>;

} // namespace howdah::detail

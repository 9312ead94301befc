// SPDX-License-Identifier: BSL-1.0
#include "migration_stop.hpp"

namespace howdah {

namespace detail {

shared<const void> keep_stop_token(const void* token) {
    return make_shared_object<const std::stop_token>(*static_cast<const std::stop_token*>(token));
}

struct stop_access {
    /// One that no stop can be asked of, where there is none.
    static std::stop_token token_of(const stop_request& stop) {
        return stop.token_ ? *static_cast<const std::stop_token*>(stop.token_.get()) : std::stop_token();
    }
};

} // namespace detail

bool stop_request::stop_requested() const noexcept {
    return detail::stop_access::token_of(*this).stop_requested();
}
bool stop_request::stop_possible() const noexcept {
    return detail::stop_access::token_of(*this).stop_possible();
}

namespace detail {

migration_stop::migration_stop(connection& on, const stop_request& stop)
    : on_(on), token_(stop_access::token_of(stop)) {
    if (token_.stop_possible()) watcher_ = std::thread([this] { watch(); });
}

migration_stop::~migration_stop() {
    if (!watcher_.joinable()) return;
    {
        const std::lock_guard lock(mutex_);
        ends_ = true;
    }
    wake_.notify_all();
    watcher_.join();
}

/// A request that reaches the server between two statements is lost there, so it is sent until the statement has
/// ended. And never later: the lock is held while one is sent, and ROLLBACK and the notes in the history come after it.
void migration_stop::watch() {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, token_, [this] { return ends_; });
    while (!ends_) {
        if (under_way_) on_.cancel();
        wake_.wait_for(lock, std::chrono::milliseconds{200}, [this] { return ends_; });
    }
}

void migration_stop::guard(const std::function<void()>& work) {
    if (!watcher_.joinable()) return work();
    const auto set = [this](bool under_way) {
        const std::lock_guard lock(mutex_);
        under_way_ = under_way;
    };
    set(true);
    try {
        if (requested())
            throw server_error({.severity = "ERROR",
                                .sqlstate = sqlstates::query_canceled,
                                .message = "not sent, because the run is to stop"});
        work();
    } catch (...) {
        set(false);
        throw;
    }
    set(false);
}

void migration_stop::sleep(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, token_, time, [] { return false; });
}

} // namespace detail

} // namespace howdah

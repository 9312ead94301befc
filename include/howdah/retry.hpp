// SPDX-License-Identifier: BSL-1.0
//
// retry_policy: how often, and after which pauses, work is tried again that lost against a concurrent
// transaction.
//
//     howdah::transact(db, {.isolation = howdah::isolation_level::serializable, .retry = {.attempts = 5}},
//                      [&](howdah::transaction& tx) { ... });
//
// Plain values; a `backoff` belongs to one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <optional>

namespace howdah {

/// How often and how patiently something is tried again.
struct retry_policy {
    /// All attempts together, the first included. 1, the default: no retry. At least 1.
    int attempts = 1;
    /// The upper bound of the pause before the second attempt; each further bound is twice the one before.
    /// Zero: no pauses.
    std::chrono::milliseconds first_delay{10};
    /// No pause is longer. At least first_delay.
    std::chrono::milliseconds longest_delay{1'000};
};

/// The pauses of one retry_policy, one after the other. Each is drawn evenly between nothing and its bound
/// ("full jitter"), so that transactions that collided once do not collide again in step.
class backoff {
public:
    /// Throws usage_error for a policy that cannot be: naming every field at fault.
    explicit backoff(const retry_policy& policy);
    /// The same, with pauses that depend on `seed` alone.
    backoff(const retry_policy& policy, std::uint64_t seed);

    /// The pause before the next attempt; nothing once every attempt has been used up.
    [[nodiscard]] std::optional<std::chrono::microseconds> next() noexcept;
    /// Sleeps for next() in the calling thread. Returns false, at once, when every attempt has been used up.
    [[nodiscard]] bool pause();
    /// Attempts begun so far, the first included.
    [[nodiscard]] int attempt() const noexcept { return attempt_; }

private:
    retry_policy policy_;
    std::chrono::microseconds bound_;
    std::uint64_t random_;
    int attempt_ = 1;
};

/// True for the two server errors after which the whole transaction may simply be run again: serialization
/// failure (40001) and deadlock (40P01), see PostgreSQL manual, "Serialization Failure Handling". False for
/// everything else, in particular for a COMMIT whose answer never came.
[[nodiscard]] bool is_transaction_conflict(const std::exception& failure) noexcept;

} // namespace howdah

// SPDX-License-Identifier: BSL-1.0
#include <howdah/retry.hpp>

#include <algorithm>
#include <random>
#include <string>
#include <thread>

#include <howdah/error.hpp>

namespace howdah {
namespace {

using std::chrono::microseconds;

retry_policy checked(const retry_policy& policy) {
    std::string faults;
    if (policy.attempts < 1) faults += "; attempts is less than 1";
    if (policy.first_delay.count() < 0) faults += "; first_delay is negative";
    if (policy.longest_delay < policy.first_delay) faults += "; longest_delay is shorter than first_delay";
    if (!faults.empty()) throw usage_error("retry_policy cannot be used: " + faults.substr(2));
    return policy;
}

std::uint64_t fresh_seed() {
    thread_local std::mt19937_64 seeds{std::random_device{}()};
    return seeds();
}

// splitmix64: one addition and three multiplications, good enough to spread pauses.
std::uint64_t draw(std::uint64_t& state) noexcept {
    std::uint64_t mixed = state += 0x9e3779b97f4a7c15U;
    mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
    return mixed ^ (mixed >> 31U);
}

} // namespace

backoff::backoff(const retry_policy& policy) : backoff(policy, fresh_seed()) {}

backoff::backoff(const retry_policy& policy, std::uint64_t seed)
    : policy_(checked(policy)), bound_(policy.first_delay), random_(seed) {}

std::optional<microseconds> backoff::next() noexcept {
    if (attempt_ >= policy_.attempts) return std::nullopt;
    ++attempt_;
    const microseconds longest = policy_.longest_delay;
    const auto steps = static_cast<std::uint64_t>(bound_.count()) + 1;
    const microseconds pause{static_cast<microseconds::rep>(draw(random_) % steps)};
    bound_ = bound_ > longest / 2 ? longest : bound_ * 2;
    return pause;
}

bool backoff::pause() {
    const auto time = next();
    if (time) std::this_thread::sleep_for(*time);
    return time.has_value();
}

bool is_transaction_conflict(const std::exception& failure) noexcept {
    const auto* refusal = dynamic_cast<const server_error*>(&failure);
    return refusal != nullptr && (refusal->sqlstate() == sqlstates::serialization_failure ||
                                  refusal->sqlstate() == sqlstates::deadlock_detected);
}

} // namespace howdah

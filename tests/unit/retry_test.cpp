// SPDX-License-Identifier: BSL-1.0
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include <howdah/error.hpp>
#include <howdah/retry.hpp>

namespace {

using namespace std::chrono_literals;
using howdah::backoff;
using howdah::retry_policy;

howdah::server_error refusal(howdah::sqlstate_code code) {
    howdah::server_message message;
    message.sqlstate = code;
    return howdah::server_error(message);
}

TEST_CASE("a retry policy without retries pauses never") {
    backoff pauses{retry_policy{}};
    CHECK_FALSE(pauses.next().has_value());
    CHECK(pauses.attempt() == 1);
}

TEST_CASE("a retry policy yields one pause fewer than attempts") {
    backoff pauses{{.attempts = 4, .first_delay = 0ms, .longest_delay = 0ms}};
    int count = 0;
    while (pauses.pause()) ++count;
    CHECK(count == 3);
    CHECK(pauses.attempt() == 4);
}

TEST_CASE("pauses stay under a bound that doubles up to the longest delay") {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        CAPTURE(seed);
        backoff pauses{{.attempts = 12, .first_delay = 10ms, .longest_delay = 100ms}, seed};
        std::chrono::microseconds bound = 10ms;
        while (const auto pause = pauses.next()) {
            CHECK(*pause >= 0us);
            CHECK(*pause <= bound);
            bound = std::min<std::chrono::microseconds>(bound * 2, 100ms);
        }
    }
}

TEST_CASE("pauses are spread over their whole range, and differ from one back-off to the next") {
    int low = 0, high = 0;
    for (std::uint64_t seed = 0; seed < 1'000; ++seed) {
        const auto pause =
            *backoff({.attempts = 2, .first_delay = 1'000ms, .longest_delay = 1'000ms}, seed).next();
        if (pause < 250ms) ++low;
        if (pause > 750ms) ++high;
    }
    CHECK(low > 150);
    CHECK(high > 150);

    std::vector<std::chrono::microseconds> drawn;
    for (int i = 0; i < 3; ++i)
        drawn.push_back(
            *backoff({.attempts = 2, .first_delay = 1'000'000ms, .longest_delay = 1'000'000ms}).next());
    CHECK((drawn[0] != drawn[1] || drawn[1] != drawn[2]));
}

TEST_CASE("the longest delays do not overflow") {
    constexpr auto ages = std::chrono::milliseconds{std::chrono::hours{24 * 365 * 200}};
    backoff pauses{{.attempts = 100, .first_delay = ages, .longest_delay = ages}, 7};
    while (const auto pause = pauses.next()) CHECK((*pause >= 0us && *pause <= ages));
}

TEST_CASE("a retry policy that cannot be is refused with all its faults at once") {
    std::string what;
    try {
        backoff{{.attempts = 0, .first_delay = -1ms, .longest_delay = -2ms}};
    } catch (const howdah::usage_error& refused) {
        what = refused.what();
    }
    CHECK(what.find("attempts") != std::string::npos);
    CHECK(what.find("first_delay is negative") != std::string::npos);
    CHECK(what.find("longest_delay is shorter") != std::string::npos);
}

TEST_CASE("only serialization failures and deadlocks are transaction conflicts") {
    CHECK(howdah::is_transaction_conflict(refusal(howdah::sqlstates::serialization_failure)));
    CHECK(howdah::is_transaction_conflict(refusal(howdah::sqlstates::deadlock_detected)));
    CHECK_FALSE(howdah::is_transaction_conflict(refusal(howdah::sqlstates::unique_violation)));
    CHECK_FALSE(howdah::is_transaction_conflict(refusal(howdah::sqlstates::in_failed_sql_transaction)));
    CHECK_FALSE(howdah::is_transaction_conflict(
        howdah::connection_error(howdah::connection_failure::lost, "lost", {}, std::nullopt, true)));
    CHECK_FALSE(howdah::is_transaction_conflict(std::runtime_error("40001")));
}

} // namespace

// SPDX-License-Identifier: BSL-1.0
//
// An answer that is there before the program looks for it. libpq calls the send() of this file, which lets the server
// answer before it returns.
#include <doctest/doctest.h>

#include <dlfcn.h>
#include <sys/socket.h>

#include <chrono>
#include <string>
#include <thread>

#include <howdah/query.hpp>

#include "test_database.hpp"

namespace {

using namespace std::chrono_literals;

thread_local std::chrono::milliseconds pause_after_sending{0};

} // namespace

extern "C" ssize_t send(int socket, const void* bytes, std::size_t size, int flags) {
    using send_function = ssize_t (*)(int, const void*, std::size_t, int);
    static const auto next = reinterpret_cast<send_function>(::dlsym(RTLD_NEXT, "send"));
    const auto sent = next(socket, bytes, size, flags);
    const bool all = sent == static_cast<ssize_t>(size);
    if (all && pause_after_sending > 0ms) std::this_thread::sleep_for(pause_after_sending);
    return sent;
}

TEST_CASE("an answer that came while the values were being sent is not waited for") {
    static auto data = howdah::test::fresh_database();
    auto config = data.config();
    config.statement_timeout = 5s;
    howdah::connection db(config);
    REQUIRE(howdah::query_one<int>(db, "select length($1)", "known") == 5);
    // As much as a socket takes, and some that has to wait for room.
    for (const std::size_t size : {225'000U, 240'000U, 255'000U, 270'000U, 285'000U}) {
        const std::string value(size, 'x');
        const auto begin = std::chrono::steady_clock::now();
        pause_after_sending = 100ms;
        CHECK(howdah::query_one<int>(db, "select length($1)", value) == static_cast<int>(size));
        pause_after_sending = 0ms;
        CHECK(std::chrono::steady_clock::now() - begin < config.statement_timeout);
    }
}

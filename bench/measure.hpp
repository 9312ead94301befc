// SPDX-License-Identifier: BSL-1.0
//
// The clock of the benchmarks that need no server.
#pragma once

#include <algorithm>
#include <chrono>
#include <ctime>

namespace bench {

/// Wall and processor time of one call, in milliseconds.
struct taken {
    double wall = 0, cpu = 0;
};

template <class Work> taken time_of(Work work) {
    const auto begun = std::chrono::steady_clock::now();
    const auto cpu = std::clock();
    work();
    const std::chrono::duration<double, std::milli> wall = std::chrono::steady_clock::now() - begun;
    return {wall.count(), 1000.0 * static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC};
}

} // namespace bench

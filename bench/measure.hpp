// SPDX-License-Identifier: BSL-1.0
//
// What the benchmarks share: the clocks and the arguments.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string_view>
#include <vector>

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

inline double median(std::vector<double> values) {
    std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2),
                     values.end());
    return values[values.size() / 2];
}

inline const char* url() {
    const char* set = std::getenv("BENCH_URL");
    if (!set) std::fprintf(stderr, "BENCH_URL is not set: see bench/with_table.cpp\n"), std::exit(2);
    return set;
}

/// Prints the medians of what `passes` calls of `work` took.
template <class Work> void print_medians(int passes, Work work) {
    std::vector<double> wall, cpu;
    for (int i = 0; i < passes; ++i) {
        const taken one = time_of(work);
        wall.push_back(one.wall);
        cpu.push_back(one.cpu);
    }
    std::printf("wall %.1f cpu %.1f\n", median(wall), median(cpu));
}

} // namespace bench

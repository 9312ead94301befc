// SPDX-License-Identifier: BSL-1.0
//
// What borrowing a connection and giving it back costs, without using it:
//
//     pool_bench URL [THREADS [SECONDS]]
//
// Prints nanoseconds of wall time per acquire + release, the median of nine rounds, for one thread and for
// THREADS (8) threads on as many connections; beside them the floor, which is a mutex and a free list.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <vector>

#include <howdah/pool.hpp>

namespace {

using clock_type = std::chrono::steady_clock;

/// Nanoseconds per call of `work` over all threads together.
template <class Work> double round_of(std::size_t threads, std::chrono::duration<double> time, Work work) {
    std::atomic<bool> go{false}, stop{false};
    std::atomic<std::uint64_t> done{0};
    std::vector<std::thread> crew;
    for (std::size_t i = 0; i < threads; ++i)
        crew.emplace_back([&] {
            while (!go) std::this_thread::yield();
            std::uint64_t mine = 0;
            while (!stop.load(std::memory_order_relaxed)) {
                for (int n = 0; n < 64; ++n) work();
                mine += 64;
            }
            done += mine;
        });
    const auto begun = clock_type::now();
    go = true;
    std::this_thread::sleep_for(time);
    stop = true;
    const std::chrono::duration<double, std::nano> taken = clock_type::now() - begun;
    for (auto& each : crew) each.join();
    return taken.count() / static_cast<double>(done);
}

template <class Work> double median(std::size_t threads, std::chrono::duration<double> time, Work work) {
    std::vector<double> rounds;
    for (int i = 0; i < 9; ++i) rounds.push_back(round_of(threads, time / 9, work));
    std::nth_element(rounds.begin(), rounds.begin() + 4, rounds.end());
    return rounds[4];
}

/// The least that any pool does.
class floor_pool {
public:
    explicit floor_pool(std::size_t size) {
        for (std::size_t i = 0; i < size; ++i) free_.push_back(static_cast<int>(i));
    }
    void borrow_and_return() {
        int taken = 0;
        {
            const std::lock_guard held(mutex_);
            taken = free_.back();
            free_.pop_back();
        }
        const std::lock_guard held(mutex_);
        free_.push_back(taken);
    }

private:
    std::mutex mutex_;
    std::vector<int> free_;
};

} // namespace

int main(int count, char** arguments) {
    if (count < 2) {
        std::fprintf(stderr, "usage: pool_bench URL [THREADS [SECONDS]]\n");
        return 2;
    }
    const std::size_t threads = count > 2 ? std::strtoul(arguments[2], nullptr, 10) : 8;
    const std::chrono::duration<double> time{count > 3 ? std::strtod(arguments[3], nullptr) : 4.0};

    howdah::pool pool{{.connection = {.url = arguments[1]}, .max_size = threads, .min_idle = threads}};
    std::vector<howdah::pooled_connection> all;
    for (std::size_t i = 0; i < threads; ++i) all.push_back(pool.acquire()); // all are open now
    all.clear();

    floor_pool floor(threads);
    std::printf("%-28s %10s %10s\n", "ns per acquire + release", "pool", "floor");
    for (const std::size_t crew : {std::size_t{1}, threads})
        std::printf("%2zu thread(s) %26.1f %10.1f\n", crew, median(crew, time, [&] { (void)pool.acquire(); }),
                    median(crew, time, [&] { floor.borrow_and_return(); }));
}

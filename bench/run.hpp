// SPDX-License-Identifier: BSL-1.0
//
// One run of one line of the report, the same for every side:
//
//     PROGRAM LINE SIZE            prints wall and processor time of the measured part and the peak of the memory
//     PROGRAM LINE SIZE digest     prints what was read, or what is stored now, as one number
//     PROGRAM --lines              prints the lines that this side can do
//
// A line sets itself up, then measures its work once. Whatever the set-up costs does not depend on the size, so that
// the difference of two sizes is the work alone. The server's URL is in BENCH_URL.
#pragma once

#include <chrono>
#include <cstdint>
#include <ctime>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "account.hpp"

namespace bench {

/// The server's URL. Ends the program with a message if it is not set.
[[nodiscard]] const char* url();

/// Ends the program.
[[noreturn]] void die(const std::string& message);

class run {
public:
    run(std::int64_t size, bool digesting) noexcept : size_(size), digesting_(digesting) {}

    /// How many rows, statements or inserts.
    [[nodiscard]] std::int64_t size() const noexcept { return size_; }

    /// Does the work, which takes what it reads, and remembers how long that took.
    template <class Work> void measure(Work&& work) {
        const auto begun = std::chrono::steady_clock::now();
        const auto cpu = std::clock();
        std::forward<Work>(work)();
        cpu_ms_ = 1000.0 * static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC;
        wall_ms_ =
            std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begun).count();
    }

    /// Every row, as it is read: its fields are touched once, and all of their bytes where a digest is asked for.
    template <class Row> void take(const Row& row) noexcept {
        ++rows_;
        if (digesting_) all_.add(row);
        else touched_ += touch(row);
    }
    template <class Row> void take(const std::vector<Row>& rows) noexcept {
        for (const auto& row : rows) take(row);
    }
    /// After a line that writes: what is stored now.
    void take_stored();

    void print() const;

private:
    std::int64_t size_;
    bool digesting_;
    double wall_ms_ = 0, cpu_ms_ = 0;
    std::size_t rows_ = 0;
    std::uint64_t touched_ = 0;
    digest all_;
    std::string stored_;
};

struct line {
    const char* name;
    void (*work)(run& here);
};

/// The main() of every side.
int main_of(std::span<const line> lines, int count, char** arguments);

/// How many keys the single reads use: always as many, whatever the size of the run.
inline constexpr std::int64_t key_count = 10'000;
/// How many rows a statement of insert-unnest has, and how many statements a pipeline takes at once.
inline constexpr std::size_t insert_rows = 1'000, pipeline_statements = 100;

/// Both sides of insert-unnest run this first. The server's malloc decides by what a session did before whether it
/// gives back 450 kB after each statement and faults them in again, a tenth of its time; a large block that was freed
/// once makes it keep them.
inline constexpr const char* make_server_keep_memory =
    "do $$ begin perform pg_catalog.length(pg_catalog.repeat('x', 16777216)); end $$";

/// The keys of the single reads, repeated until there are as many as the run has statements.
[[nodiscard]] std::vector<howdah::uuid> keys(const run& here);

/// Rows to insert: at least as many as the run has, and always a multiple of 10,000. Empties the table for them.
[[nodiscard]] std::vector<account> rows_to_insert(const run& here);
/// The same in vectors of insert_rows.
[[nodiscard]] std::vector<std::vector<account>> batches_to_insert(const run& here);

} // namespace bench

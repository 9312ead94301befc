// SPDX-License-Identifier: BSL-1.0
//
// Nanoseconds per conversion of a timestamp, the best of nine rounds over a thousand different instants:
//
//     text_ns iso_ns      the parser
//     binary_ns           a block of cells, each converted as the loop that reads rows does it, where it stands
//     cells_ns            the same cells through that loop, as rows of sixteen columns: the length of every cell is
//                         asked for, and what to do with it is looked up in the plan
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include <howdah/bytes.hpp>
#include <howdah/time.hpp>

#include "../src/cell_decoder.hpp"
#include "measure.hpp"

namespace {

using howdah::timestamp;

constexpr std::size_t count = 1'024, columns = 16;
constexpr int rounds = 9, repeats = 200;

std::int64_t sum = 0; // decides the exit status, so that nothing is optimised away

template <class Work> double best_ns(Work work) {
    double best = 1e9;
    for (int round = 0; round < rounds; ++round) {
        const auto spent = bench::time_of([&] {
            for (int again = 0; again < repeats; ++again) work();
        });
        best = std::min(best, spent.cpu * 1e6 / (repeats * static_cast<double>(count)));
    }
    return best;
}

/// A row of sixteen instants, as a result of libpq would hold them.
struct instant_cell {
    static constexpr std::size_t word_size = 8;
    const char* at;
    static std::size_t size() noexcept { return 8; }
    static bool is_null() noexcept { return false; }
    [[nodiscard]] const char* bytes() const noexcept { return at; }
    [[nodiscard]] const char* word() const noexcept { return at; }
    void next() noexcept { at += 8 * columns; }
    [[nodiscard]] bool before(const instant_cell& other) const noexcept { return at != other.at; }
};
struct cells {
    const char* first;
    [[nodiscard]] instant_cell cell(std::size_t column) const noexcept { return {first + 8 * column}; }
    void next(std::size_t rows = 1) noexcept { first += rows * 8 * columns; }
};

void plan_instants(howdah::detail::reading_plan& plan) {
    const howdah::wire wire{howdah::oids::timestamptz, howdah::format::binary};
    const auto& codec = howdah::codec_for<timestamp>;
    const auto decode = codec.decoder(wire);
    plan.readers.push_back({decode, codec.engage, wire, &codec});
    for (std::uint32_t i = 0; i < columns; ++i) {
        howdah::detail::column_step step;
        step.reader = plan.readers.data();
        step.column = i;
        step.offset = i * static_cast<std::uint32_t>(sizeof(timestamp));
        step.direct = howdah::detail::direct_form_of(codec, decode);
        plan.steps.push_back(step);
    }
    plan.steps.emplace_back().direct = howdah::detail::direct_form::end;
}

double parsing_ns(const std::vector<std::string>& inputs) {
    return best_ns([&] {
        for (const auto& input : inputs) sum += howdah::parse_timestamp(input).time_since_epoch().count();
    });
}

} // namespace

int main() {
    std::vector<std::string> postgres, iso;
    std::vector<char> binary(8 * count);
    for (std::size_t i = 0; i < count; ++i) {
        // An odd number of microseconds: six digits of fraction each.
        const auto n = static_cast<std::int64_t>(i);
        const timestamp at{std::chrono::microseconds{1'577'836'800'000'001 + n * 97'123'456'790}};
        postgres.push_back(howdah::format_timestamp(at));
        iso.push_back(postgres.back().replace(10, 1, "T") + ":00");
        postgres.back()[10] = ' ';
        howdah::store_big_endian(at.time_since_epoch().count() - howdah::detail::epoch_us,
                                 binary.data() + 8 * i);
    }
    std::vector<timestamp> decoded(count);
    const auto by_itself = best_ns([&] {
        bool good = true;
        for (std::size_t i = 0; i < count; ++i) {
            const howdah::detail::raw_timestamp raw{
                howdah::load_big_endian<std::uint64_t>(binary.data() + 8 * i)};
            good &= raw.fits();
            decoded[i] = raw.value();
        }
        sum += good ? decoded.back().time_since_epoch().count() : 0;
    });
    howdah::detail::reading_plan plan({}, howdah::format::binary);
    plan_instants(plan);
    howdah::detail::cell_decoder decoder(plan);
    const auto by_plan = best_ns([&] {
        for (std::size_t i = 0; i < count; i += columns) {
            howdah::detail::row_block row{&decoded[i], 1, 0};
            decoder.decode_rows<howdah::detail::cell_lengths::checked>(cells{binary.data() + 8 * i}, row);
        }
        sum += decoded.back().time_since_epoch().count();
    });
    std::printf("text_ns %.1f iso_ns %.1f binary_ns %.2f cells_ns %.2f\n", parsing_ns(postgres),
                parsing_ns(iso), by_itself, by_plan);
    return sum == 42 ? 1 : 0;
}

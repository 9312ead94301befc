// SPDX-License-Identifier: BSL-1.0
//
// Nanoseconds per conversion of a timestamp, the best of nine rounds over a thousand different instants.
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include <howdah/bytes.hpp>
#include <howdah/time.hpp>

#include "measure.hpp"

namespace {

using howdah::timestamp;

std::int64_t sum = 0; // printed at the end, so that nothing is optimised away

template <class Input, class Convert> double best_of_nine(const std::vector<Input>& inputs, Convert convert) {
    double best = 1e9;
    for (int round = 0; round < 9; ++round) {
        const auto spent = bench::time_of([&] {
            for (int again = 0; again < 200; ++again)
                for (const auto& input : inputs) sum += convert(input).time_since_epoch().count();
        });
        best = std::min(best, spent.cpu * 1e6 / (200.0 * static_cast<double>(inputs.size())));
    }
    return best;
}

} // namespace

int main() {
    std::vector<std::string> postgres, iso, binary;
    for (std::int64_t i = 0; i < 1000; ++i) {
        const timestamp at{std::chrono::microseconds{1'577'836'800'000'000 + i * 97'123'456'789 + 123'457}};
        auto text = howdah::format_timestamp(at);
        if (text.size() != 29) continue; // six digits of fraction each
        postgres.push_back(text);
        text[10] = 'T';
        iso.push_back(text + ":00");
        std::string bytes(8, '\0');
        howdah::store_big_endian(at.time_since_epoch().count(), bytes.data());
        binary.push_back(bytes);
    }
    const auto parse = [](const std::string& text) { return howdah::parse_timestamp(text); };
    const howdah::wire wire{howdah::oids::timestamptz, howdah::format::binary};
    const auto decode = howdah::codec<timestamp>::decoder(wire);
    std::printf("text_ns %.1f iso_ns %.1f", best_of_nine(postgres, parse), best_of_nine(iso, parse));
    std::printf(" binary_ns %.2f\n", best_of_nine(binary, [&](const std::string& bytes) {
                    timestamp out;
                    decode(bytes, wire, &out);
                    return out;
                }));
    return sum == 42 ? 1 : 0;
}

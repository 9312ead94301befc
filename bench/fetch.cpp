// SPDX-License-Identifier: BSL-1.0
//
// Reads rows into a vector of structs:
//
//     fetch hand|howdah ROWS [PASSES]      the median milliseconds of PASSES (1)
//     fetch hand|howdah ROWS digest        a digest of all fields of all rows
#include <howdah/connection.hpp>
#include <howdah/query.hpp>

#include "hand_written.hpp"
#include "measure.hpp"

namespace {

std::vector<bench::account> by_howdah(howdah::connection& db, std::int64_t rows) {
    return howdah::query<bench::account>(db, bench::select_first, rows);
}

template <class Fetch> void measure(std::string_view how, Fetch fetch) {
    if (how == "digest") {
        bench::digest all;
        for (const auto& row : fetch()) all.add(row);
        std::printf("digest %016llx\n", static_cast<unsigned long long>(all.value()));
    } else {
        bench::print_medians(std::atoi(how.data()), [&] { (void)fetch(); });
    }
}

} // namespace

int main(int count, char** arguments) {
    if (count < 3) {
        std::fprintf(stderr, "usage: fetch hand|howdah ROWS [PASSES|digest]\n");
        return 2;
    }
    const std::int64_t rows = std::atoll(arguments[2]);
    const std::string_view how = count > 3 ? arguments[3] : "1";
    if (std::string_view(arguments[1]) == "hand") {
        bench::hand_written db(bench::url());
        measure(how, [&] { return db.first(rows); });
    } else {
        howdah::connection db{{.url = bench::url()}};
        measure(how, [&] { return by_howdah(db, rows); });
    }
}

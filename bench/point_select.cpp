// SPDX-License-Identifier: BSL-1.0
//
// Reads single rows by primary key, one after the other, with a prepared statement:
//
//     point_select hand|howdah ROWS [PASSES]      the median milliseconds of PASSES (1), for the first ROWS keys
//     point_select hand|howdah ROWS digest        a digest of all fields of all rows
#include <howdah/connection.hpp>
#include <howdah/query.hpp>

#include "hand_written.hpp"
#include "measure.hpp"

namespace {

bench::account by_howdah(howdah::connection& db, const howdah::uuid& id) {
    return howdah::query_one<bench::account>(db, bench::select_one, id);
}

template <class Find> void measure(const std::vector<howdah::uuid>& ids, std::string_view how, Find find) {
    if (how == "digest") {
        bench::digest all;
        for (const auto& id : ids) all.add(find(id));
        std::printf("digest %016llx\n", static_cast<unsigned long long>(all.value()));
    } else {
        bench::print_medians(std::atoi(how.data()), [&] {
            for (const auto& id : ids) (void)find(id);
        });
    }
}

} // namespace

int main(int count, char** arguments) {
    if (count < 3) {
        std::fprintf(stderr, "usage: point_select hand|howdah ROWS [PASSES|digest]\n");
        return 2;
    }
    const std::int64_t rows = std::atoll(arguments[2]);
    const std::string_view how = count > 3 ? arguments[3] : "1";
    howdah::connection db{{.url = bench::url()}};
    // All keys of a small range, whatever ROWS is: reading them costs the same in runs of different length.
    auto ids = howdah::query<howdah::uuid>(db, "select id from account where n <= 10000 order by n");
    ids.resize(static_cast<std::size_t>(rows), ids.front());
    if (std::string_view(arguments[1]) == "hand") {
        bench::hand_written hand(bench::url());
        measure(ids, how, [&](const howdah::uuid& id) { return hand.one(id); });
    } else {
        measure(ids, how, [&](const howdah::uuid& id) { return by_howdah(db, id); });
    }
}

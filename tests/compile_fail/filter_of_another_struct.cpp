// SPDX-License-Identifier: BSL-1.0
//
// A condition on another table is no condition on this one.
// expect first: filter<other>|filter<owner_of<&other
#include <cstdint>
#include <optional>
#include <string>

#include <howdah/repository.hpp>

struct row {
    std::int64_t id = 0;
    std::string name;
    std::int32_t version = 0;
};

struct other {
    std::string name;
    double weight = 0;
};

template <> struct howdah::table<row> {
    static constexpr auto name = "t", key = "id", version = "version";
};

std::size_t count(howdah::executor& db) {
    howdah::repository<row> rows;
#ifdef HOWDAH_CONTROL
    const auto where = howdah::equal<&row::name>("x");
#else
    const auto where = howdah::equal<&other::name>("x");
#endif
    return rows.count(db, where);
}

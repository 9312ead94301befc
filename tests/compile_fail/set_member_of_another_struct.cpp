// SPDX-License-Identifier: BSL-1.0
//
// The member says which column is written: it has to be one of this table.
// expect first: howdah: the member belongs to neither the domain type nor the row struct
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

bool save(howdah::executor& db) {
    howdah::repository<row> rows;
#ifdef HOWDAH_CONTROL
    return bool(rows.update_if_version(db, 1, 1, howdah::set<&row::name>("x")));
#else
    return bool(rows.update_if_version(db, 1, 1, howdah::set<&other::name>("x")));
#endif
}

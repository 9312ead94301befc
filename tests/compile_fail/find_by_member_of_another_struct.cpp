// SPDX-License-Identifier: BSL-1.0
//
// The member says which column is compared: it has to be one of this table.
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

bool is_there(howdah::executor& db) {
    howdah::repository<row> rows;
#ifdef HOWDAH_CONTROL
    return rows.find_by<&row::name>(db, "x").has_value();
#else
    return rows.find_by<&other::name>(db, "x").has_value();
#endif
}

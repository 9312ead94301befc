// SPDX-License-Identifier: BSL-1.0
//
// A misspelled field would be a misspelled column.
// expect first: howdah: the struct has a field that the row struct does not have
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

struct changes {
#ifdef HOWDAH_CONTROL
    howdah::change<std::string> name{};
#else
    howdah::change<std::string> nmae{};
#endif
};

bool save(howdah::executor& db) {
    howdah::repository<row> rows;
    return bool(rows.patch(db, 1, changes{}));
}

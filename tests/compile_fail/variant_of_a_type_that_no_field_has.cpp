// SPDX-License-Identifier: BSL-1.0
//
// Each alternative has to say by which column the row is found.
// expect first: howdah: an identifier must be the type of exactly one field of the domain type
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

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
    return rows.find(db, std::variant<std::int64_t, std::string>("x")).has_value();
#else
    return rows.find(db, std::variant<std::int64_t, double>(1.0)).has_value();
#endif
}

// SPDX-License-Identifier: BSL-1.0
//
// What the database returned must not get lost on the way.
// expect first: howdah: a field of the row struct is dropped by the domain type
#include <cstdint>
#include <optional>
#include <string>

#include <howdah/domain.hpp>

struct user_row {
    std::int64_t id;
    std::optional<std::string> name;
};

struct user {
    std::int64_t id;
#ifdef HOWDAH_CONTROL
    std::optional<std::string> name;
#else
#endif
};

user convert(const user_row& row) {
    return howdah::to_domain<user>(row);
}

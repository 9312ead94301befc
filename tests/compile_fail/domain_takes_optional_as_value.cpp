// SPDX-License-Identifier: BSL-1.0
//
// What should an absent name become?
// expect first: howdah: a field of the row struct does not convert to the field of the same name in the domain type
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
    std::string name;
#endif
};

user convert(const user_row& row) {
    return howdah::to_domain<user>(row);
}

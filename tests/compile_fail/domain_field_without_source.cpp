// SPDX-License-Identifier: BSL-1.0
//
// Where should its value come from?
// expect first: howdah: the domain type has a field that the row struct does not have
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
    std::optional<std::string> name, picture;
#endif
};

user convert(const user_row& row) {
    return howdah::to_domain<user>(row);
}

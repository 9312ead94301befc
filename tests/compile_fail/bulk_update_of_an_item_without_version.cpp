// SPDX-License-Identifier: BSL-1.0
//
// Without the version that it was based on, an update is no conditional one.
// expect: howdah: an item of a conditional update has the key, the expected version, and a field to write
#include <cstdint>
#include <string>
#include <vector>

#include <howdah/repository.hpp>

struct user {
    std::int64_t id = 0;
    std::string name;
    std::int32_t version = 0;
};
template <> struct howdah::table<user> {
    static constexpr auto name = "users", key = "id", version = "version";
};

struct item {
    std::int64_t id;
#ifdef HOWDAH_CONTROL
    std::int32_t version;
#endif
    std::string name;
};

void update(howdah::executor& on, const std::vector<item>& items) {
    (void)howdah::repository<user>().update_many_if_version(on, items);
}

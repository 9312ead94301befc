// SPDX-License-Identifier: BSL-1.0
//
// Every row of one statement has the same columns.
// expect: howdah: inserting many sends every field; a change<> can be left out in insert.. and patch.. only
#include <cstdint>
#include <string>
#include <vector>

#include <howdah/repository.hpp>

struct user {
    std::int64_t id = 0;
    std::string name;
};
template <> struct howdah::table<user> {
    static constexpr auto name = "users", key = "id";
};

struct new_user {
#ifdef HOWDAH_CONTROL
    std::string name;
#else
    howdah::change<std::string> name;
#endif
};

void insert(howdah::executor& on, const std::vector<new_user>& all) {
    (void)howdah::repository<user>().insert_many(on, all);
}

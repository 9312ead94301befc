// SPDX-License-Identifier: BSL-1.0
//
// A repository finds rows by their key.
// expect first: howdah: specialize howdah::table<Row> with `name` and `key`
#include <cstdint>
#include <string>

#include <howdah/repository.hpp>

struct user {
    std::int64_t id;
    std::string name;
};

template <> struct howdah::table<user> {
    static constexpr auto name = "users";
#ifdef HOWDAH_CONTROL
    static constexpr auto key = "id";
#endif
};

std::optional<user> find(howdah::executor& db) {
    return howdah::repository<user>().find(db, std::int64_t{1});
}

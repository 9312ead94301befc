// SPDX-License-Identifier: BSL-1.0
//
// A program of a user, with a code style of their own: it has warnings that howdah's own flags would make errors. It
// needs no server; what it uses lies on every floor of the library.
#include <cstdint>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>

#include <howdah/howdah.hpp>

#ifdef FLAGS_THAT_CAME_ALONG
static_assert(std::string_view(FLAGS_THAT_CAME_ALONG).empty(), "howdah puts flags on a user's target");
#endif

struct user_row {
    std::int64_t id;
    std::string name;
    std::string created_at;
};

struct user {
    std::int64_t id;
    std::string name;
    howdah::timestamp created_at;
};

template <> struct howdah::table<user_row> {
    static constexpr auto name = "users", key = "id";
};

// Unused parameter, shadowed variable, sign conversion, comparison of signed and unsigned: the user's own business.
unsigned careless(int unused, int value) {
    for (unsigned i = 0; i < value; ++i) {
        int value = i;
        (void)value;
    }
    return value;
}

int main() {
    const auto ada = howdah::to_domain<user>(user_row{1, "Ada", "\"2026-01-24T03:04:05.5+05:30\""});
    std::cout << "howdah " << HOWDAH_VERSION_MAJOR << '.' << HOWDAH_VERSION_MINOR << ": " << ada.name
              << " since " << howdah::format_rfc3339(ada.created_at) << '\n';

    howdah::connection_config nowhere;
    nowhere.url = "host=/nonexistent dbname=app";
    try {
        howdah::connection db(nowhere);
        std::optional<user> found = howdah::repository<user, user_row>().find(db, ada.id);
        std::cout << found.has_value() << '\n';
    } catch (const howdah::connection_error& failure) {
        if (failure.kind() == howdah::connection_failure::refused && careless(0, 3) == 3)
            std::cout << "no server there, as expected\n";
    }
}

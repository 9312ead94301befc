// SPDX-License-Identifier: BSL-1.0
#include <howdah/howdah.hpp>

struct account {
    howdah::uuid id;
    std::int64_t tenant;
    std::string email, name;
    std::optional<std::string> picture;
    std::int32_t version;
    double score;
    bool active;
    howdah::timestamp created_at, updated_at;
    std::optional<howdah::timestamp> last_login_at;
};

std::vector<account> accounts_of(howdah::executor& db, std::int64_t tenant) {
    return howdah::query<account>(db, "select * from account where tenant = $1", tenant);
}

// SPDX-License-Identifier: BSL-1.0
//
// What each further table costs: HOWDAH_TABLES (2 or 12) row structs of twelve fields, each with a repository, a
// struct to insert, a patch, and what a program usually asks of them. The figure is the slope between the two.
#include <howdah/howdah.hpp>

#define HOWDAH_TABLE(n)                                                                                      \
    struct row_##n {                                                                                         \
        howdah::uuid id;                                                                                     \
        std::int32_t version = 0;                                                                            \
        std::int64_t tenant = 0;                                                                             \
        std::string email, name;                                                                             \
        std::optional<std::string> picture;                                                                  \
        double score = 0;                                                                                    \
        bool active = false;                                                                                 \
        std::vector<std::string> tags;                                                                       \
        howdah::timestamp created_at, updated_at;                                                            \
        std::optional<howdah::timestamp> last_login_at;                                                      \
    };                                                                                                       \
    struct new_##n {                                                                                         \
        std::int64_t tenant = 0;                                                                             \
        std::string email, name;                                                                             \
        std::optional<std::string> picture;                                                                  \
    };                                                                                                       \
    struct patch_##n {                                                                                       \
        howdah::change<std::string> name;                                                                    \
        howdah::change<std::optional<std::string>> picture;                                                  \
        howdah::change<bool> active;                                                                         \
    };                                                                                                       \
    template <> struct howdah::table<row_##n> {                                                              \
        static constexpr auto name = "table_" #n, key = "id", version = "version";                           \
    };                                                                                                       \
    bool use_##n(howdah::executor& db, const howdah::uuid& id) {                                             \
        const howdah::repository<row_##n> rows;                                                              \
        const row_##n made = rows.insert(db, new_##n{1, "ada@example.org", "Ada", std::nullopt});            \
        if (const auto found = rows.find(db, id); !found || found->version != made.version) return false;    \
        if (!rows.update_if_version(db, id, made.version, howdah::set<&row_##n::name>("Ada L.")))            \
            return false;                                                                                    \
        if (const auto patched = rows.patch(db, id, patch_##n{.name = "Ada", .picture = {}, .active = {}});  \
            patched.conflict())                                                                              \
            return false;                                                                                    \
        const auto page = rows.find_all(db, {.where = howdah::equal<&row_##n::tenant>(1),                    \
                                             .order_by = {howdah::ascending<&row_##n::name>()},              \
                                             .limit = 10});                                                  \
        return !page.empty() && rows.erase(db, id).has_value();                                              \
    }

HOWDAH_TABLE(1)
HOWDAH_TABLE(2)
#if HOWDAH_TABLES == 12
HOWDAH_TABLE(3)
HOWDAH_TABLE(4)
HOWDAH_TABLE(5)
HOWDAH_TABLE(6)
HOWDAH_TABLE(7)
HOWDAH_TABLE(8)
HOWDAH_TABLE(9)
HOWDAH_TABLE(10)
HOWDAH_TABLE(11)
HOWDAH_TABLE(12)
#endif

// SPDX-License-Identifier: BSL-1.0
//
// Which tool a directory is of, and reading it.
#include "migration_layout.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace howdah {
namespace {

using detail::source_file;
using detail::source_tree;

constexpr std::array<std::pair<migration_layout, std::string_view>, 10> names{{
    {migration_layout::automatic, "auto"},
    {migration_layout::howdah, "howdah"},
    {migration_layout::sqlx, "sqlx"},
    {migration_layout::diesel, "diesel"},
    {migration_layout::golang_migrate, "golang-migrate"},
    {migration_layout::flyway, "flyway"},
    {migration_layout::dbmate, "dbmate"},
    {migration_layout::goose, "goose"},
    {migration_layout::numbered, "numbered"},
    {migration_layout::drizzle, "drizzle"},
}};

/// A tool, and the file that shows it.
struct sign {
    migration_layout layout;
    const source_file* file;
};

/// The tool that one file shows beyond doubt, if any. Names with .up.sql show two, of which sqlx is found later.
std::optional<migration_layout> shown_by(const source_tree& tree, const source_file& file) {
    if (file.name == "meta/_journal.json" || detail::is_drizzle_directory(tree, file))
        return migration_layout::drizzle;
    if (detail::is_flyway_name(file.base())) return migration_layout::flyway;
    if (file.parent().empty() && detail::is_goose_code(file.base())) return migration_layout::goose;
    if (!file.is_sql()) return std::nullopt;
    if (!file.parent().empty())
        return file.base() == "up.sql" ? std::optional(migration_layout::diesel) : std::nullopt;
    if (detail::has_goose_mark(file.text)) return migration_layout::goose;
    if (detail::has_dbmate_mark(file.text)) return migration_layout::dbmate;
    if (detail::ends_with(file.base(), ".up.sql")) return migration_layout::golang_migrate;
    return std::nullopt;
}

std::vector<sign> signs_of(const source_tree& tree) {
    std::vector<sign> out;
    for (const auto& file : tree.files) {
        const auto shown = shown_by(tree, file);
        const auto known = [&](const sign& each) { return each.layout == shown; };
        if (shown && std::none_of(out.begin(), out.end(), known)) out.push_back({*shown, &file});
    }
    return out;
}

template <class Test> bool any_sql(const source_tree& tree, const Test& test) {
    return std::any_of(tree.files.begin(), tree.files.end(), [&](const source_file& file) {
        return file.is_sql() && file.parent().empty() && test(file);
    });
}

bool has_sqlx_mark(const source_file& file) {
    return detail::has_sqlx_mark(file.text);
}

/// 0001_a.sql, 0001_a.down.sql, R_a.sql?
bool is_own_name(const source_file& file) {
    const auto base = file.base();
    if (detail::begins_with(base, "R_")) return base.size() > 6;
    const auto digits = detail::leading_digits(base).size();
    return digits > 0 && digits <= 19 && base.size() > digits + 5 && base[digits] == '_';
}

/// Of a directory that shows no tool. Our own reader has the most to say about names that nothing can be made of.
migration_layout plain_layout(const source_tree& tree) {
    if (any_sql(tree, has_sqlx_mark)) return migration_layout::sqlx;
    const bool odd = any_sql(tree, [](const source_file& file) { return !is_own_name(file); });
    const bool numbered =
        !any_sql(tree, [](const source_file& file) { return !detail::is_numbered_name(file.base()); });
    return odd && numbered ? migration_layout::numbered : migration_layout::howdah;
}

[[noreturn]] void refuse_two(const source_tree& tree, const std::vector<sign>& signs) {
    std::string found;
    for (const auto& [layout, file] : signs)
        found.append(found.empty() ? "" : ", ")
            .append(name_of(layout))
            .append(" (")
            .append(file->path)
            .append(")");
    detail::bad_file(tree.directory, "shows the signs of more than one tool: " + found +
                                         "; say which one it is: --layout, or migration_layout");
}

[[noreturn]] void refuse_none(const source_tree& tree) {
    for (const auto& file : tree.files)
        if (detail::ends_with(file.name, ".py") && file.text.find("down_revision") != std::string::npos)
            detail::bad_file(
                file.path,
                "is a step of Alembic, written in Python, and cannot be run; write out what it does "
                "with 'alembic upgrade --sql', and begin there: docs/coming_from/alembic.md");
    for (const auto& file : tree.files)
        if (file.base() == "migration.sql" && !file.parent().empty())
            detail::bad_file(
                file.path,
                "has no snapshot.json beside it, as drizzle has; directories of Prisma are not read: name "
                "the files 0001_name.sql, and begin with a baseline");
    detail::bad_file(tree.directory,
                     "the directory holds no migration; migrations are named <version>_<name>.sql, such as "
                     "0001_create_users.sql");
}

migration_layout find_in(const source_tree& tree) {
    const auto signs = signs_of(tree);
    if (signs.size() > 1) refuse_two(tree, signs);
    if (signs.empty() && !any_sql(tree, [](const source_file&) { return true; })) refuse_none(tree);
    if (signs.empty()) return plain_layout(tree);
    const auto found = signs.front().layout;
    const auto unmarked = [](const source_file& file) {
        return !detail::ends_with(file.base(), ".up.sql") && !detail::ends_with(file.base(), ".down.sql");
    };
    if (found == migration_layout::golang_migrate &&
        (any_sql(tree, has_sqlx_mark) || any_sql(tree, unmarked)))
        return migration_layout::sqlx;
    return found;
}

std::vector<migration> read_files(const source_tree& tree, migration_layout layout,
                                  std::vector<std::int64_t>& generated_at) {
    switch (layout) {
    case migration_layout::sqlx: return detail::read_sqlx(tree);
    case migration_layout::diesel: return detail::read_diesel(tree);
    case migration_layout::golang_migrate: return detail::read_golang_migrate(tree);
    case migration_layout::flyway: return detail::read_flyway(tree);
    case migration_layout::dbmate: return detail::read_dbmate(tree);
    case migration_layout::goose: return detail::read_goose(tree);
    case migration_layout::numbered: return detail::read_numbered(tree);
    case migration_layout::drizzle: return detail::read_drizzle(tree, generated_at);
    case migration_layout::automatic:
    case migration_layout::howdah: break;
    }
    return {};
}

version_order order_of(migration_layout layout) noexcept {
    if (layout == migration_layout::flyway) return version_order::dotted;
    const bool as_text = layout == migration_layout::diesel || layout == migration_layout::dbmate;
    return as_text ? version_order::text : version_order::numeric;
}

} // namespace

std::string_view name_of(migration_layout layout) noexcept {
    return names[static_cast<std::size_t>(layout)].second;
}

std::optional<migration_layout> layout_named(std::string_view name) noexcept {
    for (const auto& [layout, known] : names)
        if (known == name) return layout;
    return std::nullopt;
}

migration_layout find_layout(std::string_view directory) {
    return find_in(detail::read_tree(directory));
}

migration_directory read_migrations(std::string_view directory, migration_layout layout) {
    // Our own reader knows more of what is wrong with a name.
    if (layout == migration_layout::howdah) return {layout, migrations_in(directory), {}};
    const auto tree = detail::read_tree(directory);
    if (layout == migration_layout::automatic) layout = find_in(tree);
    if (layout == migration_layout::howdah) return {layout, migrations_in(directory), {}};
    std::vector<std::int64_t> generated_at;
    auto files = read_files(tree, layout, generated_at);
    if (files.empty())
        detail::bad_file(directory, "the directory holds no migration of " + std::string(name_of(layout)));
    return {layout, migration_set(std::move(files), order_of(layout)), std::move(generated_at)};
}

} // namespace howdah

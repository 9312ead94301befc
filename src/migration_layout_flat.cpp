// SPDX-License-Identifier: BSL-1.0
//
// sqlx, golang-migrate and plain numbered files: one directory, a version at the beginning of each name.
#include <algorithm>

#include "migration_layout.hpp"

namespace howdah::detail {
namespace {

migration_directives plain() {
    migration_directives out;
    out.placeholders = false;
    return out;
}

migration_directives of_sqlx(const source_file& file) {
    auto out = plain();
    out.transaction = !has_sqlx_mark(file.text);
    return out;
}

/// golang-migrate and psql have no transaction of their own around a file.
migration_directives of_bare_file(const source_file& file) {
    auto out = plain();
    out.transaction = !runs_outside(file.text);
    return out;
}

void check_digits(const source_file& file, std::string_view version, std::string_view tool,
                  std::string_view form) {
    if (!version.empty() && version.size() <= 19 && leading_digits(version).size() == version.size()) return;
    bad_file(file.path, "is no migration of " + std::string(tool) + ", whose files are named " +
                            std::string(form) + "; rename it, or take it out of the directory");
}

/// "a.up.sql" is "a", and whether it is a down file.
std::string_view stem_of(std::string_view base, bool& down) noexcept {
    down = ends_with(base, ".down.sql");
    const auto length = down ? 9U : ends_with(base, ".up.sql") ? 7U : 4U;
    return base.substr(0, base.size() - length);
}

template <class Read> std::vector<named_file> named(const source_tree& tree, const Read& read) {
    std::vector<named_file> out;
    for (const auto& file : tree.files)
        if (file.is_sql() && file.parent().empty()) out.push_back(read(file));
    return out;
}

named_file sqlx_name(const source_file& file) {
    bool down = false;
    const auto stem = stem_of(file.base(), down);
    const auto end = stem.find('_');
    check_digits(file, end == stem.npos ? std::string_view{} : stem.substr(0, end), "sqlx",
                 "<version>_<name>.sql, .up.sql or .down.sql");
    return {&file, std::string(stem.substr(0, end)), std::string(stem.substr(end + 1)), down};
}

named_file golang_migrate_name(const source_file& file) {
    bool down = false;
    const auto stem = stem_of(file.base(), down);
    const auto end = stem.find('_');
    const bool marked = ends_with(file.base(), ".up.sql") || down;
    check_digits(file, end == stem.npos || !marked ? std::string_view{} : stem.substr(0, end),
                 "golang-migrate", "<version>_<name>.up.sql or .down.sql");
    return {&file, std::string(stem.substr(0, end)), std::string(stem.substr(end + 1)), down};
}

/// "2026-01-24-a" is a date to a person and version 2026 to a program.
bool is_dated(std::string_view stem) noexcept {
    for (const std::size_t width : {4U, 2U, 2U}) {
        const auto group = leading_digits(stem);
        if (group.empty() || group.size() > width || (width == 4 && group.size() != 4)) return false;
        stem.remove_prefix(group.size());
        if (!stem.empty() && std::string_view("_-. ").find(stem.front()) != std::string_view::npos)
            stem.remove_prefix(1);
        else if (width == 4) return false;
    }
    return true;
}

named_file numbered_name(const source_file& file) {
    bool down = false;
    auto stem = stem_of(file.base(), down);
    const auto version = leading_digits(stem);
    check_digits(file, is_numbered_name(file.base()) ? version : std::string_view{}, "this directory",
                 "with a number first (no dashes in it), such as 0001_create_users.sql");
    stem.remove_prefix(std::min(version.size() + 1, stem.size()));
    return {&file, std::string(version), std::string(stem), down};
}

} // namespace

bool is_numbered_name(std::string_view base) noexcept {
    bool down = false;
    const auto stem = stem_of(base, down);
    const auto digits = leading_digits(stem).size();
    return digits > 0 && digits <= 19 && !is_dated(stem) &&
           (digits == stem.size() || std::string_view("_-. ").find(stem[digits]) != std::string_view::npos);
}

bool has_sqlx_mark(std::string_view text) noexcept {
    return begins_with(text, "-- no-transaction");
}

std::vector<migration> read_sqlx(const source_tree& tree) {
    return pair_files(named(tree, sqlx_name), version_order::numeric, of_sqlx);
}

std::vector<migration> read_golang_migrate(const source_tree& tree) {
    return pair_files(named(tree, golang_migrate_name), version_order::numeric, of_bare_file);
}

std::vector<migration> read_numbered(const source_tree& tree) {
    return pair_files(named(tree, numbered_name), version_order::numeric, of_bare_file);
}

} // namespace howdah::detail

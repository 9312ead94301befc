// SPDX-License-Identifier: BSL-1.0
//
// Flyway: V<version>__<description>.sql, U and B alike, R__<description>.sql, and <file>.conf beside them.
#include <algorithm>

#include "migration_layout.hpp"

namespace howdah::detail {
namespace {

struct flyway_name {
    char prefix = 0; ///< V, U, B or R; 0: none of them
    std::string version{}, description{};
};

/// The name without its suffix, read.
flyway_name read_name(std::string_view stem) {
    flyway_name out;
    if (stem.size() < 2 || (stem[0] != 'V' && stem[0] != 'U' && stem[0] != 'B' && stem[0] != 'R')) return out;
    const auto end = std::min(stem.find("__"), stem.size());
    const bool repeatable = stem[0] == 'R';
    if (repeatable != (end == 1) || (repeatable && end + 2 >= stem.size())) return out;
    out.version.assign(stem.substr(1, end - 1));
    std::replace(out.version.begin(), out.version.end(), '_', '.');
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (!repeatable && (!is_digit(out.version.front()) || !is_digit(out.version.back()) ||
                        out.version.find_first_not_of("0123456789.") != out.version.npos ||
                        out.version.find("..") != out.version.npos))
        return out;
    out.description.assign(stem.substr(std::min(end + 2, stem.size())));
    std::replace(out.description.begin(), out.description.end(), '_', ' ');
    out.prefix = stem[0];
    return out;
}

std::string_view stem_of(std::string_view base) noexcept {
    return base.substr(0, std::min(base.find_last_of('.'), base.size()));
}

bool is_code(std::string_view base) noexcept {
    for (const std::string_view end :
         {".java", ".class", ".kt", ".groovy", ".sh", ".bash", ".ps1", ".bat", ".cmd", ".py"})
        if (ends_with(base, end)) return true;
    return false;
}

bool read_flag(const source_file& file, std::size_t line, std::string_view value) {
    if (value != "true" && value != "false")
        bad_place(migration_failure::bad_file, file.path, {line, 1}, "the value is true or false");
    return value == "true";
}

/// <file>.conf: what it says of its file.
void read_configuration(const source_file& file, migration_directives& out) {
    std::string_view rest = file.text;
    for (std::size_t number = 1; !rest.empty(); ++number) {
        const auto line = trimmed(next_line(rest));
        if (line.empty() || line.front() == '#' || line.front() == '!') continue;
        const auto equals = std::min(line.find('='), line.size());
        auto key = trimmed(line.substr(0, equals));
        if (begins_with(key, "flyway.")) key.remove_prefix(7);
        const auto value = trimmed(line.substr(std::min(equals + 1, line.size())));
        if (key == "executeInTransaction") out.transaction = read_flag(file, number, value);
        else if (key == "placeholderReplacement") out.placeholders = read_flag(file, number, value);
        else if (key != "encoding" || value != "UTF-8")
            bad_place(migration_failure::bad_file, file.path, {number, 1},
                      "'" + std::string(key) +
                          "' has no counterpart; executeInTransaction and placeholderReplacement are read");
    }
}

migration_directives directives_of(const source_tree& tree, const source_file& file) {
    migration_directives out;
    out.transaction = !runs_outside(file.text);
    if (const auto* const configuration = tree.find(file.name + ".conf"))
        read_configuration(*configuration, out);
    return out;
}

struct undo_file {
    const source_file* file;
    std::string version;
};

/// beforeMigrate.sql, afterEachMigrate__grants.sh: what Flyway runs around what it does. No other file of a program has
/// such a name by chance.
bool is_callback(std::string_view base) noexcept {
    const auto stem = stem_of(base);
    const auto event = stem.substr(0, stem.find("__"));
    if (!ends_with(base, ".sql") && !is_code(base)) return false;
    for (const std::string_view word : {"before", "after"})
        if (begins_with(event, word) && event.size() > word.size() && event[word.size()] >= 'A' &&
            event[word.size()] <= 'Z')
            return true;
    return event == "createSchema";
}

[[noreturn]] void refuse_callback(const source_file& file) {
    bad_file(file.path, "is a callback of Flyway, and would never run: nothing but migrations runs here. "
                        "What has to hold behind "
                        "every change may be a repeatable migration (R__name.sql), what belongs to the "
                        "session a setting of the "
                        "role; take the file out of the directory");
}

[[noreturn]] void refuse_name(const source_file& file) {
    bad_file(file.path, "is no migration of Flyway, whose files are named V<version>__<description>.sql, "
                        "R__<description>.sql, U or B; rename it, or take it out of the directory");
}

void add_undo(const source_tree& tree, const undo_file& undo, const flyway_name& name, migration_parts& to) {
    if (compare_versions(undo.version, name.version, version_order::dotted) != 0) return;
    if (to.down_text)
        throw migration_error(migration_failure::duplicate,
                              to.down_file + " and " + undo.file->path +
                                  " take the same version back; remove one",
                              undo.file->path);
    to.down_file.assign(undo.file->path);
    to.down_text = undo.file->text;
    to.down_directives = directives_of(tree, *undo.file);
}

} // namespace

bool is_flyway_name(std::string_view base) noexcept {
    const auto name = read_name(stem_of(base));
    return name.prefix != 0 && base.find("__") != base.npos && (ends_with(base, ".sql") || is_code(base));
}

std::vector<migration> read_flyway(const source_tree& tree) {
    std::vector<undo_file> undos;
    std::vector<std::pair<const source_file*, flyway_name>> ups;
    for (const auto& file : tree.files) {
        if (is_callback(file.base())) refuse_callback(file);
        auto name = read_name(stem_of(file.base()));
        if (name.prefix != 0 && is_code(file.base()))
            bad_file(file.path,
                     "is a step of Flyway that is no SQL, and cannot be run; write it as SQL, or run it with "
                     "Flyway before the database is taken over");
        if (!file.is_sql()) continue;
        if (name.prefix == 0) refuse_name(file);
        if (name.prefix == 'U') undos.push_back({&file, name.version});
        else ups.emplace_back(&file, std::move(name));
    }
    std::vector<migration> out;
    for (const auto& [file, name] : ups) {
        auto parts = parts_of(*file, name.version, name.description);
        parts.directives = directives_of(tree, *file);
        parts.kind = name.prefix == 'V'   ? migration_kind::versioned
                     : name.prefix == 'B' ? migration_kind::baseline
                                          : migration_kind::repeatable;
        if (name.prefix == 'V')
            for (const auto& undo : undos) add_undo(tree, undo, name, parts);
        out.push_back(make_migration(parts));
    }
    for (const auto& undo : undos)
        if (std::none_of(ups.begin(), ups.end(), [&](const auto& up) {
                return up.second.prefix == 'V' &&
                       compare_versions(up.second.version, undo.version, version_order::dotted) == 0;
            }))
            bad_file(undo.file->path,
                     "takes a migration back that does not exist; there is no V file of version " +
                         undo.version);
    return out;
}

} // namespace howdah::detail

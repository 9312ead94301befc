// SPDX-License-Identifier: BSL-1.0
//
// drizzle: <tag>.sql, in the order of meta/_journal.json, with "--> statement-breakpoint" between statements; from 1.0
// on a directory for each migration, <time>_<name>, with migration.sql and snapshot.json.
#include <algorithm>

#include "calendar.hpp"
#include "migration_journal.hpp"
#include "migration_layout.hpp"

namespace howdah::detail {
namespace {

constexpr std::string_view journal_name = "meta/_journal.json";
constexpr std::string_view breakpoint = "--> statement-breakpoint";
/// As long as the mark, and a comment as well: places stay what they are.
constexpr std::string_view with_semicolon = ";-->statement-breakpoint";

/// A breakpoint ends its statement even where no semicolon does. It then becomes one.
std::string with_ends(std::string_view text) {
    std::string out(text);
    for (auto at = out.find(breakpoint); at != out.npos; at = out.find(breakpoint, at + breakpoint.size())) {
        const auto before = trimmed(std::string_view(out).substr(0, at));
        if (!before.empty() && before.back() != ';') out.replace(at, breakpoint.size(), with_semicolon);
    }
    return out;
}

migration read_text(const source_file& file, std::string_view version, std::string_view name) {
    auto parts = parts_of(file, version, name);
    const auto text = with_ends(file.text);
    parts.text = text;
    return make_migration(parts);
}

migration read_one(const source_tree& tree, const source_file& list, const journal_entry& entry) {
    const auto* const file = tree.find(entry.tag + ".sql");
    if (!file)
        throw migration_error(migration_failure::bad_file,
                              list.path + ": names '" + entry.tag + "', but there is no " + entry.tag +
                                  ".sql; bring it back, or take the entry out",
                              list.path);
    const auto version = leading_digits(entry.tag);
    if (version.empty() || version.size() > 19)
        bad_file(file->path, "the name does not begin with a number, as those of drizzle do");
    auto name = std::string_view(entry.tag).substr(version.size());
    if (!name.empty() && name.front() == '_') name.remove_prefix(1);
    return read_text(*file, version, name);
}

/// The milliseconds since 1970 of YYYYMMDDhhmmss, if it is a time.
std::optional<std::int64_t> time_of(std::string_view digits) {
    if (digits.size() != 14 || leading_digits(digits).size() != 14) return std::nullopt;
    const auto number = [&](std::size_t at, std::size_t length) {
        unsigned out = 0;
        for (const char c : digits.substr(at, length)) out = out * 10 + static_cast<unsigned>(c - '0');
        return out;
    };
    const auto day = days_from_civil(number(0, 4), number(4, 2), number(6, 2));
    const auto hour = number(8, 2), minute = number(10, 2), second = number(12, 2);
    if (day == no_day || hour > 23 || minute > 59 || second > 59) return std::nullopt;
    return ((day * 24 + hour) * 60 + minute) * 60'000 + second * 1'000;
}

void read_directories(const source_tree& tree, std::vector<migration>& out,
                      std::vector<std::int64_t>& generated_at) {
    for (const auto& file : tree.files) {
        if (!file.is_sql()) continue;
        const auto directory = file.parent();
        const auto end = std::min(directory.find('_'), directory.size());
        const auto time = time_of(directory.substr(0, end));
        if (file.base() != "migration.sql" || !time || directory.find('/') != directory.npos)
            bad_file(file.path,
                     "is no migration of drizzle, which has a directory for each, named by its time, such as "
                     "20260124153000_name/migration.sql; move it out of the directory");
        out.push_back(
            read_text(file, directory.substr(0, end), directory.substr(std::min(end + 1, directory.size()))));
        generated_at.push_back(*time);
    }
}

void check_order(const source_file& list, const std::vector<migration>& files) {
    for (std::size_t i = 1; i < files.size(); ++i) {
        const int found = compare_versions(files[i - 1].version, files[i].version, version_order::numeric);
        if (found == 0)
            throw migration_error(migration_failure::duplicate,
                                  files[i - 1].file + " and " + files[i].file + " have the same version " +
                                      files[i].version + "; generate the newer one anew",
                                  files[i].file);
        if (found > 0)
            bad_file(list.path,
                     "has " + files[i].file + " behind " + files[i - 1].file +
                         ", whose number is higher; bring the entries into the order of their numbers");
    }
}

} // namespace

bool is_drizzle_directory(const source_tree& tree, const source_file& file) {
    return file.base() == "migration.sql" && !file.parent().empty() &&
           tree.find(std::string(file.parent()) + "/snapshot.json");
}

std::vector<migration> read_drizzle(const source_tree& tree, std::vector<std::int64_t>& generated_at) {
    const auto* const list = tree.find(journal_name);
    const auto directory = std::find_if(tree.files.begin(), tree.files.end(), [&](const source_file& file) {
        return is_drizzle_directory(tree, file);
    });
    std::vector<migration> out;
    if (directory != tree.files.end() && list)
        bad_file(directory->path,
                 "is of drizzle-kit 1.0, and meta/_journal.json of an older one lists others; bring all "
                 "into one form: drizzle-kit up");
    if (directory != tree.files.end()) {
        read_directories(tree, out, generated_at);
        return out;
    }
    if (!list)
        bad_file(tree.directory, "has no meta/_journal.json, in which drizzle lists its migrations, and no "
                                 "directories with migration.sql and snapshot.json");
    const auto read = read_journal(list->text);
    if (read.problem)
        bad_place(migration_failure::bad_file, list->path, place_of(list->text, read.problem->offset),
                  read.problem->reason);
    if (!read.dialect.empty() && read.dialect != "postgresql" && read.dialect != "pg")
        bad_file(list->path, "is of the dialect '" + read.dialect + "', and this is PostgreSQL");
    for (const auto& entry : read.entries) {
        out.push_back(read_one(tree, *list, entry));
        generated_at.push_back(entry.when);
    }
    check_order(*list, out);
    for (const auto& file : tree.files)
        if (file.is_sql() && file.parent().empty() &&
            std::none_of(read.entries.begin(), read.entries.end(),
                         [&](const journal_entry& entry) { return entry.tag + ".sql" == file.name; }))
            bad_file(file.path,
                     "is not in meta/_journal.json, and drizzle does not run it; enter it there (drizzle-kit "
                     "generate --custom), or take it out of the directory");
    return out;
}

} // namespace howdah::detail

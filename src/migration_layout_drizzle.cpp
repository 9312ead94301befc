// SPDX-License-Identifier: BSL-1.0
//
// drizzle: <tag>.sql, in the order of meta/_journal.json, with "--> statement-breakpoint" between statements.
#include <algorithm>

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
    auto parts = parts_of(*file, version, name);
    const auto text = with_ends(file->text);
    parts.text = text;
    return make_migration(parts);
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

std::vector<migration> read_drizzle(const source_tree& tree, std::vector<std::int64_t>& generated_at) {
    const auto* const list = tree.find(journal_name);
    if (!list) bad_file(tree.directory, "has no meta/_journal.json, in which drizzle lists its migrations");
    const auto read = read_journal(list->text);
    if (read.problem)
        bad_place(migration_failure::bad_file, list->path, place_of(list->text, read.problem->offset),
                  read.problem->reason);
    if (!read.dialect.empty() && read.dialect != "postgresql" && read.dialect != "pg")
        bad_file(list->path, "is of the dialect '" + read.dialect + "', and this is PostgreSQL");
    std::vector<migration> out;
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

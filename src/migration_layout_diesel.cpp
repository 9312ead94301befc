// SPDX-License-Identifier: BSL-1.0
//
// Diesel: a directory for each migration, <version>_<name>, with up.sql, down.sql and metadata.toml.
#include <algorithm>

#include "migration_layout.hpp"

namespace howdah::detail {
namespace {

/// The value of run_in_transaction; other keys are Diesel's to know.
bool runs_in_transaction(const source_file& file) {
    std::string_view rest = file.text;
    for (std::size_t number = 1; !rest.empty(); ++number) {
        auto line = next_line(rest);
        line = trimmed(line.substr(0, line.find('#')));
        const auto equals = line.find('=');
        if (equals == line.npos || trimmed(line.substr(0, equals)) != "run_in_transaction") continue;
        const auto value = trimmed(line.substr(equals + 1));
        if (value != "true" && value != "false")
            bad_place(migration_failure::bad_file, file.path, {number, 1},
                      "run_in_transaction is true or false");
        return value == "true";
    }
    return true;
}

migration read_one(const source_tree& tree, const source_file& up) {
    const std::string directory(up.parent());
    const auto end = std::min(directory.find('_'), directory.size());
    auto version = directory.substr(0, end);
    version.erase(std::remove(version.begin(), version.end(), '-'), version.end());
    auto parts =
        parts_of(up, version, std::string_view(directory).substr(std::min(end + 1, directory.size())));
    if (const auto* const down = tree.find(directory + "/down.sql")) {
        parts.down_file.assign(down->path);
        parts.down_text = down->text;
    }
    if (const auto* const metadata = tree.find(directory + "/metadata.toml"))
        parts.directives.transaction = parts.down_directives.transaction = runs_in_transaction(*metadata);
    if (version.empty())
        bad_file(up.path, "its directory has no version before the underscore; name it such as "
                          "2026-01-24-153000_create_users");
    return make_migration(parts);
}

} // namespace

std::vector<migration> read_diesel(const source_tree& tree) {
    std::vector<migration> out;
    for (const auto& file : tree.files) {
        if (!file.is_sql()) continue;
        const auto parent = file.parent();
        if (parent.empty() || parent.find('/') != parent.npos ||
            (file.base() != "up.sql" && file.base() != "down.sql"))
            bad_file(file.path,
                     "is no migration of Diesel, which has a directory with up.sql and down.sql for each; "
                     "move it out of the directory");
        if (file.base() == "up.sql") out.push_back(read_one(tree, file));
        else if (!tree.find(std::string(parent) + "/up.sql"))
            bad_file(file.path, "takes a migration back that does not exist; there is no up.sql beside it");
    }
    return out;
}

} // namespace howdah::detail

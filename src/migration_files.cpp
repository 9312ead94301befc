// SPDX-License-Identifier: BSL-1.0
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <tuple>
#include <utility>

#include "migration_text.hpp"
#include "utf8.hpp"

namespace howdah {
namespace {

namespace fs = std::filesystem;
using detail::bad_file;

bool ends_with(std::string_view text, std::string_view end) noexcept {
    return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

/// The digits at the beginning of `text`.
std::string_view digits(std::string_view text) noexcept {
    return text.substr(0, std::min(text.find_first_not_of("0123456789"), text.size()));
}

/// "2026_01_24_x" and "2026-1-4-x" are dates to a person and version 2026 to a program: the name that says it
/// right, or nothing where the name does not begin with a date.
std::string dated_name(std::string_view stem) {
    std::string version;
    for (const std::size_t width : {4u, 2u, 2u}) {
        const auto group = digits(stem);
        if (group.empty() || group.size() > width || (width == 4 && group.size() != 4)) return {};
        version += std::string(width - group.size(), '0').append(group);
        stem.remove_prefix(group.size());
        if (stem.empty() || (stem.front() != '_' && stem.front() != '-')) return {};
        stem.remove_prefix(1);
    }
    const auto time = digits(stem);
    if (time.size() >= 4 && time.size() < stem.size() &&
        (stem[time.size()] == '_' || stem[time.size()] == '-')) {
        version += time;
        stem.remove_prefix(time.size() + 1);
    }
    return version + '_' + std::string(stem.empty() ? "name" : stem) + ".sql";
}

constexpr std::string_view rule =
    "; migrations are named <version>_<name>.sql with a version of 1 to 19 digits, "
    "such as 0001_create_users.sql";

/// What the name of a file says of it.
struct file_name {
    std::string_view version{}, name{}; ///< views of the file's name
    migration_kind kind = migration_kind::versioned;
    bool down = false;
};

void read_version(std::string_view file, std::string_view stem, file_name& out) {
    if (const auto right = dated_name(stem); !right.empty())
        bad_file(file, "the version has to be digits only; rename the file to " + right);
    out.version = digits(stem);
    if (out.version.empty()) bad_file(file, "the name does not begin with a version" + std::string(rule));
    if (out.version.size() > 19) bad_file(file, "the version has more than 19 digits" + std::string(rule));
    stem.remove_prefix(out.version.size());
    if (stem.size() < 2 || stem.front() != '_')
        bad_file(file, "the version is not followed by an underscore and a name" + std::string(rule));
    out.name = stem.substr(1);
}

file_name read_name(std::string_view file) {
    if (detail::first_bad_byte(file) != file.size()) bad_file(file, "the name is not UTF-8");
    const auto base = file.substr(file.find_last_of('/') + 1);
    if (!ends_with(base, ".sql")) bad_file(file, "the name does not end in .sql" + std::string(rule));
    if (ends_with(base, ".up.sql")) bad_file(file, "a name ends in .sql, not in .up.sql" + std::string(rule));
    file_name out;
    out.down = ends_with(base, ".down.sql");
    auto stem = base.substr(0, base.size() - (out.down ? 9 : 4));
    if (stem.substr(0, 2) != "R_") {
        read_version(file, stem, out);
        return out;
    }
    if (out.down) bad_file(file, "a repeatable migration (R_) cannot be taken back; remove the file");
    out.kind = migration_kind::repeatable;
    out.name = stem.substr(2);
    if (out.name.empty())
        bad_file(file, "the name of a repeatable migration is R_<name>.sql, such as R_views.sql");
    return out;
}

/// A file before it is read, with what its name says.
struct found_file {
    const embedded_migration* file;
    file_name name;
};

/// The file that is taken back by `down`. Throws if there is none, or if its name is another.
const found_file* up_file_of(const found_file& down, std::vector<found_file>& ups) {
    const auto file = down.file->file;
    const auto found = std::find_if(ups.begin(), ups.end(), [&](const found_file& up) {
        return up.name.kind == migration_kind::versioned &&
               compare_versions(up.name.version, down.name.version, version_order::numeric) == 0;
    });
    if (found == ups.end())
        bad_file(file, "takes a migration back that does not exist; there is no file of version " +
                           std::string(down.name.version));
    if (found->name.name != down.name.name)
        bad_file(file, "has another name than the migration that it takes back, " +
                           std::string(found->file->file) + "; name both alike");
    return &*found;
}

migration read_pair(const found_file& up, const found_file* down) {
    migration_parts parts;
    parts.file.assign(up.file->file);
    parts.version.assign(up.name.version);
    parts.name.assign(up.name.name);
    parts.kind = up.name.kind;
    parts.text = up.file->text;
    if (down) {
        parts.down_file.assign(down->file->file);
        parts.down_text = down->file->text;
    }
    return make_migration(parts);
}

std::vector<migration> read_all(std::span<const embedded_migration> files) {
    std::vector<found_file> ups, downs;
    for (const auto& file : files) {
        const auto name = read_name(file.file);
        (name.down ? downs : ups).push_back({&file, name});
    }
    std::vector<const found_file*> down_of(ups.size());
    for (const auto& down : downs) {
        auto& place = down_of[static_cast<std::size_t>(up_file_of(down, ups) - ups.data())];
        if (place)
            throw migration_error(migration_failure::duplicate,
                                  std::string(place->file->file) + " and " + std::string(down.file->file) +
                                      " take the same version back; remove one",
                                  std::string(down.file->file));
        place = &down;
    }
    std::vector<migration> out;
    for (std::size_t i = 0; i < ups.size(); ++i) out.push_back(read_pair(ups[i], down_of[i]));
    return out;
}

std::string read_file(const fs::path& path) {
    std::error_code failure;
    if (fs::is_directory(path, failure)) bad_file(path.string(), "is a directory, not a file");
    std::ifstream stream(path, std::ios::binary);
    std::string text((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
    if (!stream.is_open() || stream.bad()) bad_file(path.string(), "cannot be read; check its permissions");
    return text;
}

bool is_candidate(const std::string& name) {
    std::string end = name.size() < 4 ? std::string() : name.substr(name.size() - 4);
    for (char& c : end) c = static_cast<char>(c | 0x20); // .SQL is meant as a migration too, and then refused
    return end == ".sql" && name.front() != '.';
}

std::vector<std::string> file_names(const std::string& directory) {
    detail::check_directory(directory);
    std::error_code failure;
    std::vector<std::string> names;
    fs::directory_iterator at(directory, failure);
    for (; !failure && at != fs::directory_iterator(); at.increment(failure))
        if (auto name = at->path().filename().string(); is_candidate(name)) names.push_back(std::move(name));
    if (failure) bad_file(directory, "the directory cannot be read; check its permissions");
    std::sort(names.begin(), names.end());
    return names;
}

} // namespace

migration read_migration(std::string_view file, std::string_view text) {
    const embedded_migration one{file, text};
    const auto name = read_name(file);
    if (name.down)
        bad_file(file, "is a down file, which is read together with the migration that it takes back");
    return read_pair({&one, name}, nullptr);
}

migration_set::migration_set(const embedded_migrations& embedded) : migration_set(read_all(embedded.files)) {}

migration_set migrations_in(std::string_view directory) {
    std::string where(directory);
    const auto names = file_names(where);
    if (names.empty()) bad_file(where, "the directory holds no migration" + std::string(rule));
    std::vector<std::pair<std::string, std::string>> read;
    for (const auto& name : names) {
        const auto path = fs::path(where) / name;
        read.emplace_back(path.string(), read_file(path));
    }
    std::vector<embedded_migration> files;
    for (const auto& [path, text] : read) files.push_back({path, text});
    return migration_set(read_all(files));
}

} // namespace howdah

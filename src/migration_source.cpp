// SPDX-License-Identifier: BSL-1.0
//
// The files of a directory, and what the readers of layouts do with them in common.
#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "migration_layout.hpp"

namespace howdah::detail {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view blanks = " \t\n\v\f\r";
constexpr int deepest = 16;

bool is_read(std::string_view name) noexcept {
    return ends_with(name, ".sql") || ends_with(name, ".conf") || ends_with(name, ".py") ||
           ends_with(name, "metadata.toml") || ends_with(name, "meta/_journal.json");
}

std::string read_text(const fs::path& path) {
    std::ifstream stream(path, std::ios::binary);
    std::string text((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
    if (!stream.is_open() || stream.bad()) bad_file(path.string(), "cannot be read; check its permissions");
    return normalized(text);
}

void add_files(source_tree& to, const fs::path& directory, const std::string& before, int depth) {
    std::error_code failure;
    fs::directory_iterator at(directory, failure);
    for (; !failure && at != fs::directory_iterator(); at.increment(failure)) {
        const auto name = at->path().filename().string();
        if (name.front() == '.') continue;
        std::error_code unknown;
        if (at->is_directory(unknown) && !at->is_symlink(unknown)) {
            if (depth < deepest) add_files(to, at->path(), before + name + '/', depth + 1);
            continue;
        }
        source_file file{before + name, at->path().string(), {}};
        if (is_read(file.name)) {
            if (at->is_directory(unknown)) bad_file(file.path, "is a directory, not a file");
            file.text = read_text(at->path());
        }
        to.files.push_back(std::move(file));
    }
    if (failure) bad_file(directory.string(), "the directory cannot be read; check its permissions");
}

/// Words that begin a command which the server refuses inside a transaction.
bool is_outside(std::string_view command) {
    const auto words = leading_words(command, 5);
    const auto word = [&](std::size_t at) {
        return at < words.size() ? std::string_view(words[at]) : std::string_view{};
    };
    constexpr std::array<std::string_view, 3> verbs{"create", "drop", "alter"};
    if (word(0) == "vacuum") return true;
    if (word(0) == "reindex")
        return command.find('(') != command.npos || word(2) == "concurrently" || word(1) == "database" ||
               word(1) == "system" || word(1) == "schema";
    if (std::find(verbs.begin(), verbs.end(), word(0)) == verbs.end()) return false;
    if (word(1) == "system") return word(0) == "alter";
    if (word(1) == "database" || word(1) == "tablespace") return word(0) != "alter";
    return std::find(words.begin(), words.end(), "concurrently") != words.end();
}

[[noreturn]] void refuse_second_down(const named_file& one, const named_file& other) {
    throw migration_error(migration_failure::duplicate,
                          one.file->path + " and " + other.file->path +
                              " take the same version back; remove one",
                          other.file->path);
}

const named_file* down_of(const named_file& up, const std::vector<named_file>& files, version_order order) {
    const named_file* found = nullptr;
    for (const auto& file : files) {
        if (!file.down || compare_versions(file.version, up.version, order) != 0) continue;
        if (found) refuse_second_down(*found, file);
        found = &file;
    }
    return found;
}

} // namespace

std::string_view source_file::base() const noexcept {
    return std::string_view(name).substr(name.find_last_of('/') + 1);
}
std::string_view source_file::parent() const noexcept {
    const auto slash = name.find_last_of('/');
    return slash == name.npos ? std::string_view{} : std::string_view(name).substr(0, slash);
}
bool source_file::is_sql() const noexcept {
    return ends_with(name, ".sql");
}

const source_file* source_tree::find(std::string_view name) const noexcept {
    const auto at =
        std::lower_bound(files.begin(), files.end(), name,
                         [](const source_file& file, std::string_view n) { return file.name < n; });
    return at != files.end() && at->name == name ? &*at : nullptr;
}

source_tree read_tree(std::string_view directory) {
    source_tree out;
    out.directory.assign(directory);
    check_directory(directory);
    add_files(out, out.directory, "", 0);
    std::sort(out.files.begin(), out.files.end(),
              [](const source_file& a, const source_file& b) { return a.name < b.name; });
    return out;
}

bool ends_with(std::string_view text, std::string_view end) noexcept {
    return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}
bool begins_with(std::string_view text, std::string_view begin) noexcept {
    return text.substr(0, begin.size()) == begin;
}
std::string_view leading_digits(std::string_view text) noexcept {
    return text.substr(0, std::min(text.find_first_not_of("0123456789"), text.size()));
}
std::string_view trimmed(std::string_view text) noexcept {
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
    return text.substr(0, text.find_last_not_of(blanks) + 1);
}
std::string_view next_line(std::string_view& rest) noexcept {
    const auto end = std::min(rest.find('\n'), rest.size());
    const auto line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return line;
}

migration_parts parts_of(const source_file& file, std::string_view version, std::string_view name) {
    migration_parts out;
    out.file.assign(file.path);
    out.version.assign(version);
    out.name.assign(name);
    out.text = file.text;
    out.directives.placeholders = out.down_directives.placeholders = false;
    out.may_be_empty = out.may_be_wrapped = true;
    return out;
}

bool runs_outside(std::string_view text) {
    const auto script = read_sql(text);
    const sql_command* only = nullptr;
    for (const auto& command : script.commands) {
        if (command.blank()) continue;
        if (only) return false;
        only = &command;
    }
    return only && !script.problem && is_outside(text.substr(only->first, only->last - only->first));
}

std::vector<migration> pair_files(const std::vector<named_file>& files, version_order order,
                                  migration_directives (*directives)(const source_file&)) {
    std::vector<migration> out;
    for (const auto& file : files) {
        if (file.down) {
            const auto is_up = [&](const named_file& up) {
                return !up.down && compare_versions(up.version, file.version, order) == 0;
            };
            if (std::none_of(files.begin(), files.end(), is_up))
                bad_file(file.file->path, "takes a migration back that does not exist; there is no file that "
                                          "applies version " +
                                              file.version);
            continue;
        }
        auto parts = parts_of(*file.file, file.version, file.name);
        parts.directives = directives(*file.file);
        if (const auto* const down = down_of(file, files, order)) {
            parts.down_file.assign(down->file->path);
            parts.down_text = down->file->text;
            parts.down_directives = directives(*down->file);
        }
        out.push_back(make_migration(parts));
    }
    return out;
}

} // namespace howdah::detail

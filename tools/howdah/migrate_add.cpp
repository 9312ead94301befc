// SPDX-License-Identifier: BSL-1.0
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "commands.hpp"
#include "migration_draft.hpp"

namespace howdah::cli {
namespace {

namespace fs = std::filesystem;

bool is_taken(const fs::path& directory, const std::string& version) {
    for (const auto& entry : fs::directory_iterator(directory))
        if (entry.path().filename().string().starts_with(version)) return true;
    return false;
}

/// Two files added within one second get two versions.
std::string free_version(const fs::path& directory) {
    int later = 0;
    while (is_taken(directory, version_at(later))) ++later;
    return version_at(later);
}

void write_new(const context& in, const fs::path& path, const std::string& text) {
    // "x": a file that is there is never written over.
    std::FILE* const file = std::fopen(path.c_str(), "wbx");
    const bool written = file && std::fwrite(text.data(), 1, text.size(), file) == text.size();
    const bool closed = file && std::fclose(file) == 0;
    if (!written || !closed)
        throw refusal{exit_code::bad_file, path.string() + ": cannot be written: " + std::strerror(errno)};
    in.out.line("wrote " + path.string());
}

} // namespace

int migrate_add(const context& in) {
    const auto slug = slug_of(in.given.names.front());
    if (slug.empty())
        throw refusal{exit_code::usage,
                      "the name holds no letter of a-z and no digit; such as: create_users"};
    const fs::path directory = directory_of(in);
    std::error_code failure;
    fs::create_directories(directory, failure);
    if (failure)
        throw refusal{exit_code::bad_file, directory.string() + ": cannot be made: " + failure.message()};
    const auto stem = free_version(directory) + '_' + slug;
    const auto draft = draft_of(slug, !in.given.no_transaction);
    write_new(in, directory / (stem + ".sql"), draft.up);
    if (in.given.down) write_new(in, directory / (stem + ".down.sql"), draft.down);
    return 0;
}

} // namespace howdah::cli

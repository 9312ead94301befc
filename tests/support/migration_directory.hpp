// SPDX-License-Identifier: BSL-1.0
//
// Directories of migrations, made for a test.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace howdah::test {

using named_texts = std::vector<std::pair<std::string, std::string>>;

/// A directory for temporary files, gone at the end.
class migration_files_directory {
public:
    explicit migration_files_directory(const named_texts& files = {}) {
        auto pattern = (std::filesystem::temp_directory_path() / "howdah-files.XXXXXX").string();
        if (!mkdtemp(pattern.data())) throw std::runtime_error("no temporary directory");
        path_ = pattern;
        for (const auto& [name, text] : files) write(name, text);
    }
    migration_files_directory(const migration_files_directory&) = delete;
    ~migration_files_directory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    void write(const std::string& name, std::string_view text) const {
        const auto to = path_ / name;
        std::filesystem::create_directories(to.parent_path());
        std::ofstream(to, std::ios::binary) << text;
    }
    [[nodiscard]] std::string path() const { return path_.string(); }

private:
    std::filesystem::path path_{};
};

} // namespace howdah::test

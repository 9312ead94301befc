// SPDX-License-Identifier: BSL-1.0
//
// A directory and a server for trying the command as a user would.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <howdah/testing/cluster.hpp>

namespace howdah::test {

/// What a command did.
struct outcome {
    int code = -1;
    std::string out, err;
};

/// An empty directory, gone at the end, with commands run in it by sh. DATABASE_URL names the database `app_dev` of
/// the test program's own server, which is dropped beforehand; `howdah` is the command that was built.
class workplace {
public:
    workplace();
    workplace(const workplace&) = delete;
    ~workplace();

    /// Runs a line of sh there. `environment`: further settings, "NAME=value".
    [[nodiscard]] outcome run(const std::string& line,
                              const std::vector<std::string>& environment = {}) const;
    /// Puts a file there, and the directories on the way to it.
    void write(const std::string& name, std::string_view text) const;
    [[nodiscard]] std::string read(const std::string& name) const;
    [[nodiscard]] std::string url(std::string_view database = "app_dev") const;
    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

private:
    std::filesystem::path path_;
};

} // namespace howdah::test

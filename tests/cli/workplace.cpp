// SPDX-License-Identifier: BSL-1.0
#include "workplace.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include <sys/wait.h>

#include <howdah/connection.hpp>

namespace howdah::test {

namespace fs = std::filesystem;

workplace::workplace() {
    auto pattern = (fs::temp_directory_path() / "howdah-cli.XXXXXX").string();
    if (!mkdtemp(pattern.data())) throw std::runtime_error("no temporary directory");
    path_ = pattern;
    fs::create_directory(path_ / "home");
    connection on(testing::shared_cluster().config());
    on.run_script("drop database if exists app_dev with (force)");
}

workplace::~workplace() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

std::string workplace::url(std::string_view database) const {
    return testing::shared_cluster().url(database);
}

outcome workplace::run(const std::string& line, const std::vector<std::string>& environment) const {
    write("../.line", line);
    std::string call = "cd '" + path_.string() +
                       "/home' && env -u PGDATABASE -u NO_COLOR LC_ALL=C.UTF-8 DATABASE_URL='" + url() +
                       "' PATH=\"" HOWDAH_COMMAND_DIRECTORY ":$PATH\"";
    for (const auto& setting : environment) call += " '" + setting + '\'';
    call += " sh ../.line > ../.out 2> ../.err < /dev/null";
    const int status = std::system(call.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read("../.out"), read("../.err")};
}

void workplace::write(const std::string& name, std::string_view text) const {
    const auto to = path_ / "home" / name;
    fs::create_directories(to.parent_path());
    std::ofstream file(to, std::ios::binary);
    if (!(file << text)) throw std::runtime_error("cannot write " + to.string());
}

std::string workplace::read(const std::string& name) const {
    std::ifstream file(path_ / "home" / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

} // namespace howdah::test

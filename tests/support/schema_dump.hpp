// SPDX-License-Identifier: BSL-1.0
//
// psql and pg_dump as judges: what a database holds after they, or we, ran the same texts.
#pragma once

#include <doctest/doctest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <string>

namespace howdah::test {

inline bool has_psql_and_pg_dump() {
    return std::system("psql --version > /dev/null 2>&1 && pg_dump --version > /dev/null 2>&1") == 0;
}

/// What a command of sh writes; fails the test if the command fails.
inline std::string output_of(const std::string& command) {
    std::string out;
    FILE* const pipe = popen(command.c_str(), "r");
    REQUIRE(pipe);
    std::array<char, 4096> part{};
    while (const auto size = std::fread(part.data(), 1, part.size(), pipe)) out.append(part.data(), size);
    REQUIRE_MESSAGE(pclose(pipe) == 0, command, "\n", out);
    return out;
}

/// The schema as pg_dump writes it, without our history, without the tables that `but` names by their pattern, and
/// without the random words of \restrict.
inline std::string schema_dump(const std::string& url, const std::string& but = {}) {
    std::istringstream lines(output_of("pg_dump --schema-only -T '*.howdah_migrations' " +
                                       (but.empty() ? "" : "-T '" + but + "' ") + "'" + url + "'"));
    std::string out;
    for (std::string line; std::getline(lines, line);)
        if (line.empty() || line.front() != '\\') out += line + '\n';
    return out;
}

} // namespace howdah::test

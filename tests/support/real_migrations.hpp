// SPDX-License-Identifier: BSL-1.0
//
// Migrations of real projects, as tests/real_migrations/fetch lays them down: LAYOUT/PROJECT/ below the directory that
// HOWDAH_REAL_MIGRATIONS names. They are no part of howdah. Which files run, in which order and in which form psql
// takes them is made out here once more, without the readers that are on trial.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace howdah::test {

struct real_project {
    std::string layout;
    std::filesystem::path directory;
};

/// A file for psql: what it sorts by, and what psql is to run.
struct judged_file {
    std::vector<unsigned long long> numbers{}; ///< sorts before `text_key`
    std::string text_key{}, text{};
    bool outside = false; ///< no transaction around it
};

inline std::string file_text(const std::filesystem::path& path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

inline std::vector<real_project> real_projects() {
    const char* const given = std::getenv("HOWDAH_REAL_MIGRATIONS");
    std::vector<real_project> out;
    if (!given || !*given) return out;
    for (const auto& layout : std::filesystem::directory_iterator(given)) {
        if (!layout.is_directory()) continue;
        for (const auto& project : std::filesystem::directory_iterator(layout.path()))
            if (project.is_directory()) out.push_back({layout.path().filename().string(), project.path()});
    }
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.directory < b.directory; });
    return out;
}

/// The lines behind the one that matches `begin`, before the one that matches `end`.
inline std::string section(const std::string& text, const char* begin, const char* end) {
    const std::regex from(begin, std::regex::icase), to(end, std::regex::icase);
    std::string out;
    bool inside = false;
    for (std::size_t at = 0; at < text.size();) {
        const auto line_end = std::min(text.find('\n', at), text.size());
        const auto line = text.substr(at, line_end - at);
        at = line_end + 1;
        if (std::regex_search(line, to)) inside = false;
        if (inside) out += line + '\n';
        if (std::regex_search(line, from)) inside = true;
    }
    return out;
}

inline std::vector<unsigned long long> numbers_in(const std::string& version) {
    static const std::regex digits("[0-9]+");
    std::vector<unsigned long long> out;
    for (std::sregex_iterator at(version.begin(), version.end(), digits), none; at != none; ++at)
        out.push_back(std::stoull(at->str()));
    while (!out.empty() && out.back() == 0) out.pop_back(); // 1.0 is 1
    return out;
}

/// What psql runs of a file, and what it sorts by, in that layout.
inline bool judge_file(const std::string& layout, const std::filesystem::path& path, judged_file& out) {
    const auto name = path.filename().string();
    static const std::regex versioned("^V([0-9._]*[0-9])(__.*)?\\.sql$"), repeatable("^R__(.*)\\.sql$");
    static const std::regex alone("^\\s*(create (unique )?index concurrently|vacuum)", std::regex::icase);
    out.text = file_text(path);
    out.outside = std::regex_search(out.text, alone);
    if (path.extension() != ".sql" || name.ends_with(".down.sql") || name == "down.sql") return false;
    if (layout == "diesel") {
        const auto directory = path.parent_path().filename().string();
        const auto version = directory.substr(0, directory.find('_'));
        std::copy_if(version.begin(), version.end(), std::back_inserter(out.text_key),
                     [](char c) { return c != '-'; });
        out.outside = file_text(path.parent_path() / "metadata.toml").find("false") != std::string::npos;
    } else if (layout == "flyway") {
        std::smatch parts;
        if (std::regex_match(name, parts, versioned)) out.numbers = numbers_in(parts[1]);
        else if (std::regex_match(name, parts, repeatable)) out.numbers = {~0ULL}, out.text_key = parts[1];
    } else if (layout == "dbmate") {
        out.text_key = name;
        out.outside = out.text.find("transaction:false") != std::string::npos;
        out.text = section(out.text, "^-- *migrate:up", "^-- *migrate:down");
    } else {
        out.numbers = {std::stoull(name)};
        if (layout == "sqlx") out.outside = out.text.starts_with("-- no-transaction");
        if (layout == "goose") {
            out.outside = out.text.find("+goose NO TRANSACTION") != std::string::npos;
            out.text = section(out.text, "^-- *\\+goose up", "^-- *\\+goose down");
        }
    }
    return true;
}

/// drizzle: what the journal lists, in its order; a breakpoint ends a statement.
inline std::vector<judged_file> journal_files(const std::filesystem::path& directory) {
    const auto list = file_text(directory / "meta" / "_journal.json");
    static const std::regex tag("\"tag\"\\s*:\\s*\"([^\"]*)\""), mark("--> statement-breakpoint");
    std::vector<judged_file> out;
    for (std::sregex_iterator at(list.begin(), list.end(), tag), none; at != none; ++at) {
        judged_file file;
        file.text = std::regex_replace(file_text(directory / ((*at)[1].str() + ".sql")), mark, "\n;\n");
        out.push_back(std::move(file));
    }
    return out;
}

/// The project as psql is to run it, in order.
inline std::vector<judged_file> judged_files(const real_project& of) {
    if (of.layout == "drizzle") return journal_files(of.directory);
    std::vector<judged_file> out;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(of.directory)) {
        judged_file file;
        if (entry.is_regular_file() && judge_file(of.layout, entry.path(), file))
            out.push_back(std::move(file));
    }
    std::sort(out.begin(), out.end(), [](const judged_file& a, const judged_file& b) {
        return std::tie(a.numbers, a.text_key) < std::tie(b.numbers, b.text_key);
    });
    return out;
}

} // namespace howdah::test

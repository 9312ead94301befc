// SPDX-License-Identifier: BSL-1.0
//
// Plays the sessions of a document: replay PAGE, or replay --write PAGE to put what came out into the page.
//
// A block ```console holds lines "$ command" and below each what it prints, on stdout and stderr alike. All blocks of a
// page run one after the other in one directory, on a database that is not there at first. `$ echo $?` tells the exit
// code of the command before. A block of ```sql below a line that ends in `file.sql`: is that file. Times, versions
// made from the clock and addresses of the throw-away server are compared by shape alone.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <regex>

#include "workplace.hpp"

namespace {

using howdah::test::workplace;

std::string normalized(std::string text) {
    static const std::pair<std::regex, const char*> shapes[] = {
        {std::regex(R"(\b20\d{12}\b|\b20\d{12}(?=_))"), "<version>"},
        {std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z)"), "<time>"},
        {std::regex(R"(\b\d+(\.\d)? (ms|s)\b)"), "<duration>"},
        {std::regex(R"("duration_ms": \d+)"), "\"duration_ms\": <n>"},
        {std::regex(R"(pid \d+)"), "pid <n>"},
    };
    for (const auto& [shape, name] : shapes) text = std::regex_replace(text, shape, name);
    return text;
}

/// One page, line by line; what the page should say is collected as it goes.
class player {
public:
    explicit player(const workplace& in) : in_(in) {}

    void take(const std::string& line) {
        if (kind_.empty()) {
            if (line.starts_with("```")) begin(line.substr(3));
            else if (!line.empty()) before_ = line;
            page += line + '\n';
        } else if (line == "```") {
            end();
            page += line + '\n';
        } else if (kind_ != "console") {
            body_ += line + '\n';
            page += line + '\n';
        } else if (line.starts_with("$ ")) {
            play(line);
        } else expected_ += line + '\n';
    }

    std::string page{};
    int commands = 0, faults = 0;

private:
    void begin(std::string kind) {
        kind_ = kind.empty() ? "text" : std::move(kind);
        body_.clear();
        expected_.clear();
    }

    void end() {
        if (kind_ == "console") compare();
        static const std::regex file(R"(.*`([a-zA-Z0-9_./-]+)`:)");
        std::smatch found;
        if (kind_ != "console" && std::regex_match(before_, found, file)) in_.write(found[1], body_);
        kind_.clear();
    }

    void play(const std::string& line) {
        compare();
        command_ = line;
        ++commands;
        if (line == "$ echo $?") {
            printed_ = std::to_string(code_) + '\n';
        } else {
            const auto done = in_.run("( " + line.substr(2) + " ) 2>&1");
            code_ = done.code;
            printed_ = done.out;
        }
    }

    /// The command before has printed what it prints: is it what the page says?
    void compare() {
        if (command_.empty()) return;
        const bool same = normalized(printed_) == normalized(expected_);
        if (!same) {
            ++faults;
            std::cout << command_ << "\n--- the page says\n"
                      << expected_ << "--- it prints\n"
                      << printed_ << "---\n";
        }
        page += command_ + '\n' + (same ? expected_ : printed_);
        command_.clear();
        expected_.clear();
    }

    const workplace& in_;
    std::string kind_{}, before_{}, body_{}, command_{}, printed_{}, expected_{};
    int code_ = 0;
};

} // namespace

int main(int argc, char** argv) {
    const bool writes = argc == 3 && std::string(argv[1]) == "--write";
    if (argc < 2) return 2;
    if (const auto reason = howdah::testing::cluster::unavailable_reason()) {
        const char* required = std::getenv("HOWDAH_REQUIRE_SERVER");
        const bool fails = required && std::strcmp(required, "1") == 0;
        std::cout << (fails ? "FAILED" : "SKIPPED") << ": no PostgreSQL server: " << *reason << '\n';
        return fails ? 1 : 77;
    }
    const std::string path = argv[argc - 1];
    const workplace in;
    player plays(in);
    std::ifstream page(path);
    for (std::string line; std::getline(page, line);) plays.take(line);
    page.close();
    if (writes) {
        std::ofstream(path) << plays.page;
        return 0;
    }
    std::cout << plays.commands << " commands played, " << plays.faults << " printed something else\n";
    return plays.faults == 0 && plays.commands > 0 ? 0 : 1;
}

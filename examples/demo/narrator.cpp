// SPDX-License-Identifier: BSL-1.0
#include "narrator.hpp"

#include <cstdlib>
#include <iomanip>
#include <iostream>

#include <unistd.h>

namespace {

constexpr std::string_view bold = "\033[1m", green = "\033[32m", yellow = "\033[33m", plain = "\033[0m";

/// https://no-color.org: any value but an empty one counts.
bool wants_colours() {
    const char* refused = std::getenv("NO_COLOR");
    return (!refused || !*refused) && isatty(STDOUT_FILENO);
}

} // namespace

narrator::narrator() : coloured_(wants_colours()) {}

void narrator::heading(std::string_view text) const {
    std::cout << '\n' << (coloured_ ? bold : "") << text << (coloured_ ? plain : "") << '\n';
}

void narrator::line(std::string_view who, std::string_view did, std::string_view what) const {
    print("", who, did, what);
}

void narrator::success(std::string_view who, std::string_view did, std::string_view what) const {
    print(green, who, did, what);
}

void narrator::warning(std::string_view who, std::string_view did, std::string_view what) const {
    print(yellow, who, did, what);
}

void narrator::print(std::string_view colour, std::string_view who, std::string_view did,
                     std::string_view what) const {
    std::cout << "  " << std::left << std::setw(6) << who << (coloured_ ? colour : "") << std::setw(10) << did
              << (coloured_ ? plain : "") << what << std::endl;
}

void narrator::table(const std::vector<user>& rows) const {
    const auto row = [](auto&& email, auto&& name, auto&& version, auto&& updated) {
        std::cout << "  " << std::left << std::setw(22) << email << std::setw(18) << name << std::setw(9)
                  << version << updated << '\n';
    };
    row("email", "name", "version", "updated_at");
    for (const user& one : rows)
        row(one.email.value(), one.name, one.version, howdah::format_rfc3339(one.updated_at));
}

// SPDX-License-Identifier: BSL-1.0
#include "help.hpp"

#include <algorithm>

#include <howdah/version.hpp>

namespace howdah::cli {
namespace {

std::string last_word(const std::string& path) {
    return path.substr(path.rfind(' ') + 1);
}

std::string usage_line(const command_text& command) {
    std::string out = "Usage: " + command.path;
    if (!command.commands.empty()) return out + " COMMAND";
    for (const auto& option : command.options)
        if (option.positional) out += option.required ? ' ' + option.names : " [" + option.names + "]...";
    return out + " [OPTION]...";
}

/// Text in a column that begins at `indent`, lines of at most 100 characters.
std::string wrapped(const std::string& text, std::size_t indent) {
    std::string out;
    std::size_t column = indent, begin = 0;
    while (begin < text.size()) {
        const auto end = std::min(text.find(' ', begin), text.size());
        if (column > indent && column + 1 + (end - begin) > 100) {
            out.append("\n").append(indent, ' ');
            column = indent;
        } else if (column > indent) {
            out += ' ';
            ++column;
        }
        out.append(text, begin, end - begin);
        column += end - begin;
        begin = end + 1;
    }
    return out;
}

} // namespace

std::string version_line() {
    return "howdah " + std::to_string(HOWDAH_VERSION_MAJOR) + '.' + std::to_string(HOWDAH_VERSION_MINOR) +
           '.' + std::to_string(HOWDAH_VERSION_PATCH);
}

std::string help_text(const command_text& command) {
    std::string out = command.about + "\n\n" + usage_line(command) + '\n';
    if (!command.commands.empty()) {
        out += "\nCommands:\n";
        std::size_t width = 0;
        for (const auto& one : command.commands) width = std::max(width, last_word(one.path).size());
        for (const auto& one : command.commands) {
            const auto name = last_word(one.path);
            out += "  " + name + std::string(width - name.size() + 2, ' ') + wrapped(one.about, width + 4) +
                   '\n';
        }
    }
    out += "\nOptions:\n";
    for (const auto& option : command.options) {
        auto left = option.names + (option.value.empty() || option.positional ? "" : ' ' + option.value);
        left.resize(std::max<std::size_t>(left.size() + 2, 28), ' ');
        out += "  " + left + wrapped(option.about, 30) + '\n';
    }
    return command.more.empty() ? out
                                : out + '\n' + command.more + (command.more.ends_with('\n') ? "" : "\n");
}

} // namespace howdah::cli

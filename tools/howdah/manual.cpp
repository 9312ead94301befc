// SPDX-License-Identifier: BSL-1.0
//
// The manual page, in the macros of man(7), from the same words as --help.
#include "exit_code.hpp"
#include "help.hpp"

namespace howdah::cli {
namespace {

/// Backslashes and leading dots are roff's own; hyphens are minus signs, as they are typed.
std::string roff(std::string_view text) {
    std::string out;
    bool line_begins = true;
    for (const char c : text) {
        if (line_begins && (c == '.' || c == '\'')) out += "\\&";
        if (c == '\\') out += "\\e";
        else if (c == '-') out += "\\-";
        else out += c;
        line_begins = c == '\n';
    }
    return out;
}

/// What stands below the options, as it stands there; without the exit codes, which have a section of their own.
std::string example(const std::string& more) {
    return more.substr(0, more.find("\n\nExit codes:"));
}

void describe(const command_text& command, std::string& out) {
    if (!command.commands.empty()) {
        for (const auto& one : command.commands) describe(one, out);
        return;
    }
    out += ".SS " + roff(command.path);
    for (const auto& option : command.options)
        if (option.positional) out += ' ' + roff(option.names);
    out += '\n' + roff(command.about) + "\n.PP\n.nf\n" + roff(example(command.more)) + "\n.fi\n";
    for (const auto& option : command.options) {
        if (option.names == "-h,--help") continue;
        out += ".TP\n\\fB" + roff(option.names) + "\\fR";
        if (!option.value.empty() && !option.positional) out += " \\fI" + roff(option.value) + "\\fR";
        out += '\n' + roff(option.about) + '\n';
    }
}

} // namespace

std::string manual_page(const command_text& root) {
    const auto version = version_line();
    std::string out =
        ".TH " + roff(root.path) + " 1 \"\" \"" + roff(version) + "\" \"User Commands\"\n.SH NAME\n" +
        roff(root.path) + " \\- " + roff("bring PostgreSQL databases to the schema that SQL files describe") +
        "\n.SH SYNOPSIS\n.B " + roff(root.path) + "\n.I COMMAND\n[\\fIOPTION\\fR]...\n.SH COMMANDS\n";
    for (const auto& command : root.commands) describe(command, out);
    out += ".SH EXIT STATUS\n";
    for (const auto& [code, meaning] : exit_codes())
        out += ".TP\n" + std::to_string(static_cast<int>(code)) + '\n' + roff(meaning) + '\n';
    out += ".SH ENVIRONMENT\n.TP\nDATABASE_URL\nThe database, where \\-\\-url does not name it; also read "
           "from the file .env.\n"
           ".TP\nHOWDAH_PROTECTED\nSet to 1: the database is changed only with \\-\\-confirm, and never "
           "dropped.\n"
           ".TP\nNO_COLOR\nNo colours.\n";
    return out;
}

} // namespace howdah::cli

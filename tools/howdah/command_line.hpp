// SPDX-License-Identifier: BSL-1.0
//
// The command line, read, and what there is to say about it. The only place that knows the library behind.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace howdah::cli {

/// Everything that a command line can say.
struct options {
    std::string command{}; ///< "migrate run"

    std::string url{}, env_file = ".env";
    std::string source{}; ///< empty: the embedded migrations, or else the directory "migrations"
    std::string layout = "auto";
    std::string history_schema = "public", history_table = "howdah_migrations";
    bool json = false;

    std::optional<std::string> to{}, from{}, confirm{}, accept{}, finish{}, forget{};
    std::vector<std::string> names{}; ///< positional arguments
    std::vector<std::string> placeholders{}, schemas{};
    std::string format{}, remark{}, tool{}, tool_table{}, baseline{};
    std::string lock_wait = "60s", table_lock_timeout = "5s", statement_timeout = "0", timeout = "60s";
    bool dry_run = false, exit_code = false, out_of_order = false, allow_missing = false,
         newer_schema_ok = false;
    bool down = false, no_transaction = false, show_password = false, offline = false, back = false,
         rules = false, accept_changed = false;
};

/// One option or argument, as help shows it.
struct option_text {
    std::string names; ///< "--to", "-h,--help"
    std::string value; ///< what stands behind it: "VERSION"; empty for a flag
    std::string about;
    std::vector<std::string> choices{};
    bool positional = false, required = false;
};

/// One command, as help, completion and the manual page show it.
struct command_text {
    std::string path; ///< "howdah migrate run"
    std::string about, more;
    std::vector<option_text> options{};
    std::vector<command_text> commands{};
};

/// The outcome of reading a command line: something to do, or something to say.
struct command_line {
    options given{};
    bool runs = false;
    bool refused = false; ///< `text` belongs on stderr
    std::string text{};
};

/// Reads argv; argv[0] is the name of the program.
[[nodiscard]] command_line read_command_line(int argc, const char* const* argv);
/// The whole tree of commands.
[[nodiscard]] command_text describe_commands(const std::string& program);

} // namespace howdah::cli

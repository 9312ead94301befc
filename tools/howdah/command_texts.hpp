// SPDX-License-Identifier: BSL-1.0
//
// What each command does, in words: for help, the manual page and shell completion.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exit_code.hpp"

namespace howdah::cli {

/// Which options a command takes besides its own.
enum option_groups : unsigned {
    takes_nothing = 0,
    takes_server = 1,  ///< --url, --env-file
    takes_files = 2,   ///< --source, --layout
    takes_history = 4, ///< --history-schema, --history-table
    takes_json = 8,
};

struct command_words {
    std::string_view path; ///< "migrate run"
    std::string_view about;
    std::string_view more; ///< explanation, example; "%" stands for the program's name
    unsigned groups;
    std::vector<exit_code> codes; ///< besides done and usage
};

/// In the order in which help shows them.
[[nodiscard]] std::span<const command_words> all_commands();
/// Of "migrate", "db" and "schema".
[[nodiscard]] std::string_view about_group(std::string_view group);

} // namespace howdah::cli

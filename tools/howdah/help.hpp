// SPDX-License-Identifier: BSL-1.0
//
// The words about commands in the shapes that people and shells read. All come from the one description.
#pragma once

#include <string>
#include <string_view>

#include "command_line.hpp"

namespace howdah::cli {

/// "howdah 0.1.0, libpq 15.18"
[[nodiscard]] std::string version_line();
/// What --help prints.
[[nodiscard]] std::string help_text(const command_text& command);
/// A completion script; `shell` is bash, zsh or fish.
/// What a shell may offer: {"mermaid", "svg"} of "FORMAT:{mermaid,svg}".
[[nodiscard]] std::vector<std::string> choices_in(std::string_view type);
[[nodiscard]] std::string completion_script(const command_text& root, std::string_view shell);
/// The manual page, in man(7).
[[nodiscard]] std::string manual_page(const command_text& root);

} // namespace howdah::cli

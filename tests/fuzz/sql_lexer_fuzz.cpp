// SPDX-License-Identifier: BSL-1.0
//
// needs: sql_lexer.cpp sql_scanner.cpp
//
// Any bytes: the lexer reads them to their end, its commands tile them, and reading a command alone gives that command.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "sql_lexer.hpp"

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

void check(std::string_view text, howdah::detail::sql_wrapping wrapping) {
    const auto script = howdah::detail::read_sql(text, wrapping);
    std::size_t end = 0;
    for (const auto& command : script.commands) {
        require(command.begin == end && command.begin < command.end);
        require(command.begin <= command.first && command.first <= command.last &&
                command.last <= command.end);
        end = command.end;
        if (command.kind != howdah::detail::sql_command_kind::copy_in || script.problem) continue;
        require(command.last < command.data && command.data <= command.data_end &&
                command.data_end < command.end);
    }
    require(end == text.size());
    if (script.problem)
        return require(script.problem->offset < text.size() && !script.problem->reason.empty());
    for (const auto& command : script.commands) {
        if (command.blank() || command.kind != howdah::detail::sql_command_kind::plain) continue;
        const auto alone = howdah::detail::read_sql(text.substr(command.first, command.last - command.first));
        require(!alone.problem && alone.commands.size() == 1);
        require(alone.commands[0].first == 0 && alone.commands[0].last == command.last - command.first);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    check(text, howdah::detail::sql_wrapping::refused);
    check(text, howdah::detail::sql_wrapping::allowed);
    return 0;
}

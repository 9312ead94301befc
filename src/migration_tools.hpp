// SPDX-License-Identifier: BSL-1.0
//
// The history tables of other tools: what they say, and what to write into them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <howdah/connection.hpp>
#include <howdah/migration_adopt.hpp>

namespace howdah::detail {

/// A tool's table that is there.
struct tool_table {
    migration_tool tool;
    std::string table; ///< quoted, with its schema
};
/// Throws usage_error if there is none, or more than one.
[[nodiscard]] tool_table find_tool(connection& on, const adoption_options& how);

/// What a row stands for.
enum class tool_row_kind : unsigned char {
    versioned,
    repeatable,
    replaced, ///< a baseline file ran in place of the versions before
    baseline, ///< everything up to here was there before
    up_to,    ///< everything up to here was applied
};

/// One migration that the tool has applied.
struct tool_row {
    tool_row_kind kind = tool_row_kind::versioned;
    std::string version{}, name{};
    std::optional<std::string> checksum{}; ///< as text, in the tool's form
    std::optional<timestamp> applied_at{};
};
/// All of them, in the tool's order. Rows of drizzle have the version of the file that was generated at their time, or
/// none. Throws usage_error if one of them failed or is dirty.
[[nodiscard]] std::vector<tool_row> read_tool(connection& on, const tool_table& from,
                                              const migration_directory& files);

/// What drizzle calls the file: its own name, or that of its directory, without what every file has.
[[nodiscard]] std::string drizzle_name(const migration& file);

/// Is this the text that the tool took the checksum of? The file's line ends are as they are, LF or CRLF.
[[nodiscard]] bool has_checksum(connection& on, migration_tool tool, const migration& file,
                                const std::string& checksum);

/// Tells the tool that the file is applied. `generated_at`: of drizzle.
void write_tool(connection& on, const tool_table& to, const migration& file, const timestamp& applied_at,
                std::int64_t generated_at);

} // namespace howdah::detail

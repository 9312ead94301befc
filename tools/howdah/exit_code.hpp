// SPDX-License-Identifier: BSL-1.0
//
// What the command returns. The numbers are promised: docs/commands/exit_codes.md lists them, a test holds each.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace howdah {
class error;
enum class migration_failure;
} // namespace howdah

namespace howdah::cli {

enum class exit_code : int {
    done = 0,
    sql = 1,
    usage = 2,
    pending = 3,
    drift = 4,
    locked = 5,
    no_connection = 6,
    bad_file = 7,
    lint = 8,
    unconfirmed = 9,
    duplicate = 10,
    missing = 11,
    out_of_order = 12,
    own_transaction = 13,
    newer_schema = 14,
    unmet_requirement = 15,
    history_format = 16,
    commit_unknown = 17,
    different = 1, // as diff(1) has it
    other = 18,
    history_begun = 19,
    no_way_back = 20,
    interrupted = 130, // as a shell has it: 128 and the number of the signal
    terminated = 143,
};

/// One row of the table that people read.
struct exit_code_text {
    exit_code code;
    std::string_view meaning;
};
[[nodiscard]] std::span<const exit_code_text> exit_codes() noexcept;
[[nodiscard]] std::string_view meaning_of(exit_code code) noexcept;

/// The code for a failure.
[[nodiscard]] exit_code code_of(const error& failure) noexcept;
[[nodiscard]] exit_code code_of(migration_failure kind) noexcept;

/// A command refused to go on, and why: the message and the code that go with it.
struct refusal {
    exit_code code;
    std::string message;
};

} // namespace howdah::cli

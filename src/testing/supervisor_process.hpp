// SPDX-License-Identifier: BSL-1.0
//
// What runs in the supervisor's own process, and the words that it exchanges with the test program.
#pragma once

#include <optional>
#include <type_traits>

#include "testing/binaries.hpp"

namespace howdah::testing {

/// An order to the supervisor, or its report.
struct supervisor_word {
    int kind; ///< one of the letters below
    int detail;
};
static_assert(std::has_unique_object_representations_v<supervisor_word>, "padding would be sent as it lies");

namespace orders {
inline constexpr char initdb = 'i'; ///< answered by `initialised`
inline constexpr char start = 's';  ///< answered by `started`; its end is watched from then on
inline constexpr char calm = 'c';   ///< watch no more
inline constexpr char stop = 'q';   ///< detail: the signal; answered by `ended`
} // namespace orders

namespace reports {
inline constexpr char initialised = 'I'; ///< detail: the wait status
inline constexpr char started = 'S';     ///< detail: the process id, or 0
inline constexpr char ended = 'E';       ///< detail: the wait status
} // namespace reports

/// Everything that the process needs, made before the fork: after it nothing may allocate, because another
/// thread of the program may have held a lock at that moment.
struct supervisor_inheritance {
    int control, owner, lock, log; ///< open files; owner: a pidfd of the program, or -1
    const char* directory;
    const char* remove_if_empty; ///< or null
    char* const* initdb;
    char* const* postgres;
    char* const* environment;
    std::optional<account> run_as;
};

/// Serves until the program ends or closes its side; then stops the server and deletes the directory.
[[noreturn]] void supervise(const supervisor_inheritance& given) noexcept;

} // namespace howdah::testing

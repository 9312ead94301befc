// SPDX-License-Identifier: BSL-1.0
//
// Every situation that a row can be in when a write names its version, and what becomes of the write: the one truth
// table of single and of bulk updates.
#pragma once

#include <array>
#include <optional>

#include "note_stage.hpp"

namespace howdah::test {

struct situation {
    const char* name;
    const char* row = "'blue', 'old', false, false, false"; // tenant, body, hidden, locked, mute
    const char* rival = nullptr; // a statement that another session has not committed yet
    const char* rival_ends = "commit";
    update_outcome outcome = update_outcome::updated;
    bool failure_when_serializable = false; // 40001
    const char* body = "mine";              // what is written
    std::int32_t id = 1, expected = 3;      // the row is id 1, version 3
    bool by_reader = false;                 // a role that may only read
    bool only_update = false;
    std::int32_t current = 0; // the version that a conflict shows
    std::optional<std::int32_t> stored = 3;
};

inline constexpr auto situations = std::to_array<situation>({
    {.name = "nobody else", .stored = 4},
    {.name = "stale", .outcome = update_outcome::conflict, .expected = 2, .current = 3},
    {.name = "from the future", .outcome = update_outcome::conflict, .expected = 99, .current = 3},
    {.name = "missing", .outcome = update_outcome::not_found, .id = 999},
    {.name = "hidden by the SELECT policy",
     .row = "'blue', 'old', true, false, false",
     .outcome = update_outcome::not_found},
    {.name = "of another tenant, right version",
     .row = "'green', 'old', false, false, false",
     .outcome = update_outcome::not_found},
    {.name = "of another tenant, wrong version",
     .row = "'green', 'old', false, false, false",
     .outcome = update_outcome::not_found,
     .expected = 2},
    {.name = "visible, but no policy lets us write",
     .row = "'blue', 'old', false, true, false",
     .outcome = update_outcome::denied},
    {.name = "visible, no policy lets us write, and stale",
     .row = "'blue', 'old', false, true, false",
     .outcome = update_outcome::conflict,
     .expected = 2,
     .current = 3},
    {.name = "a BEFORE trigger returns NULL",
     .row = "'blue', 'old', false, false, true",
     .outcome = update_outcome::denied},
    {.name = "no privilege to write", .outcome = update_outcome::denied, .by_reader = true},
    {.name = "the new row violates WITH CHECK",
     .outcome = update_outcome::denied,
     .body = "forbidden",
     .only_update = true},
    {.name = "the new row would not be visible",
     .outcome = update_outcome::denied,
     .body = "vanish",
     .only_update = true},
    {.name = "lost a race",
     .rival = "update notes set body = 'theirs' where id = 1",
     .outcome = update_outcome::conflict,
     .failure_when_serializable = true,
     .current = 4,
     .stored = 4},
    {.name = "lost a race against two updates",
     .rival = "update notes set body = 'theirs' where id = 1; update notes set body = 'too' where id = 1",
     .outcome = update_outcome::conflict,
     .failure_when_serializable = true,
     .current = 5,
     .stored = 5},
    {.name = "the rival rolls back",
     .rival = "update notes set body = 'theirs' where id = 1",
     .rival_ends = "rollback",
     .stored = 4},
    {.name = "deleted while waiting",
     .rival = "delete from notes where id = 1",
     .outcome = update_outcome::not_found,
     .failure_when_serializable = true,
     .stored = std::nullopt},
    {.name = "hidden while waiting",
     .rival = "update notes set hidden = true where id = 1",
     .outcome = update_outcome::not_found,
     .failure_when_serializable = true,
     .stored = 4},
    {.name = "locked, but not changed, by the rival",
     .rival = "select from notes where id = 1 for update",
     .stored = 4},
    {.name = "the version that the rival is committing was expected",
     .rival = "update notes set body = 'theirs' where id = 1",
     .outcome = update_outcome::conflict, // decided without waiting, in the snapshot before the commit
     .expected = 4,
     .current = 3,
     .stored = 4},
});

/// Waits only where the write does: the expected version has to be the one that the rival holds.
constexpr bool waits(const situation& of) {
    return of.rival && of.expected == 3;
}

} // namespace howdah::test

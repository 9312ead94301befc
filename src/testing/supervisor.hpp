// SPDX-License-Identifier: BSL-1.0
//
// supervisor: the small process that stands between a test program and its server.
//
// It starts initdb and postgres, and waits for orders on a socket pair and for the end of the program. When
// the program ends, in whatever way, it stops the server and deletes the run's directory. The death signal of
// Linux alone would not do: it follows the thread that forked, and deletes nothing. The server itself has
// the death signal towards the supervisor, which has one thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "testing/scratch.hpp"

namespace howdah::testing {

/// What a supervisor looks after. Programs are argument lists, program first.
struct supervisor_plan {
    std::string directory;       ///< deleted at the end
    std::string remove_if_empty; ///< a directory removed after that if nothing else is in it; or empty
    std::string log;             ///< where the output of the programs goes
    std::vector<std::string> initdb, postgres;
    std::optional<account> run_as;
};

/// The side of the test program. One thread at a time. A fork of the program has no say: its calls and its
/// destructor do nothing.
class supervisor {
public:
    using milliseconds = std::chrono::milliseconds;

    /// Forks the process; `lock` stays open in it and in everything that it starts.
    supervisor(const supervisor_plan& plan, int lock);
    supervisor(const supervisor&) = delete;
    supervisor& operator=(const supervisor&) = delete;
    /// Tells it to end, and waits until server and directory are gone.
    ~supervisor();

    /// Runs initdb to its end. True if it succeeded.
    [[nodiscard]] bool run_initdb(milliseconds timeout);
    /// Starts postgres; returns its process id, or 0 if no process could be made.
    [[nodiscard]] pid_t start_postgres();
    /// True once postgres has ended although nobody told it to; waits up to `timeout` for that.
    [[nodiscard]] bool postgres_ended(milliseconds timeout);
    /// Postgres is up: its end needs no more watching.
    void stop_watching();
    /// Sends postgres this signal and waits for its end. False if it has not ended in time.
    [[nodiscard]] bool stop_postgres(int signal, milliseconds timeout);
    /// True in the process that made this object.
    [[nodiscard]] bool is_owner() const noexcept;

private:
    void order(char what, int detail = 0);
    /// The next report of this kind, older ones skipped; nothing when the time is over.
    std::optional<int> await_report(char kind, milliseconds timeout);

    descriptor control_;
    pid_t process_ = -1, owner_;
};

} // namespace howdah::testing

// SPDX-License-Identifier: BSL-1.0
//
// The command in a process of its own, for tests that do something while it works.
#pragma once

#include <chrono>
#include <csignal>
#include <string>
#include <thread>
#include <utility>

#include "child_process.hpp"
#include "workplace.hpp"

namespace howdah::test {

/// Asks for a minute until the answer is yes.
template <class Question> bool comes_true(Question&& question) {
    for (int tries = 0; tries < 6'000; ++tries) {
        if (question()) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
}

/// The command in a process of its own, to which signals are sent.
class started {
public:
    started(const workplace& in, const std::string& line, std::string name = "started")
        : in_(in), name_(std::move(name)), child_(in_child([&] {
              std::signal(SIGINT, SIG_DFL); // a shell in the background may ignore it
              const std::string call = "cd '" + in.path().string() + "/home' && export DATABASE_URL='" +
                                       in.url() + "' && exec " HOWDAH_COMMAND_DIRECTORY "/" + line +
                                       " > ../" + name_ + ".out 2> ../" + name_ + ".err < /dev/null";
              ::execl("/bin/sh", "sh", "-c", call.c_str(), nullptr);
              return 127;
          })) {}
    started(const started&) = delete;

    void send(int signal) const { REQUIRE(::kill(child_, signal) == 0); }
    /// As a shell has it.
    int end() {
        const int status = status_of(child_);
        return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    }
    [[nodiscard]] std::string out() const { return in_.read("../" + name_ + ".out"); }
    [[nodiscard]] std::string err() const { return in_.read("../" + name_ + ".err"); }

private:
    const workplace& in_;
    std::string name_;
    pid_t child_;
};

} // namespace howdah::test

// SPDX-License-Identifier: BSL-1.0
//
// The directories of throw-away clusters:
//
//     <cache>/howdah-<uid>/template-<hash>/        an initialised data directory, copied for each cluster
//     <cache>/howdah-<uid>/template-<hash>.lock    held by the one who makes it
//     <place>/howdah-<uid>/run-XXXXXX/             one cluster: lock, log, data, the socket
//
// where <place> is /dev/shm, the cache, or /tmp.
// The lock file of a run is held (flock) by every process of its cluster, so that a free one means: all of
// them are gone, the directory may be deleted.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "testing/binaries.hpp"

namespace howdah::testing {

/// An open file descriptor that closes itself.
class descriptor {
public:
    explicit descriptor(int number = -1) noexcept : number_(number) {}
    descriptor(descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    descriptor& operator=(descriptor&& other) noexcept;
    ~descriptor();
    [[nodiscard]] int get() const noexcept { return number_; }
    explicit operator bool() const noexcept { return number_ >= 0; }

private:
    int number_;
};

/// The directory of one cluster.
struct run_directory {
    std::string path;
    descriptor lock;
    std::string remove_if_empty{}; ///< its parent, where that shall not remain; or empty
    [[nodiscard]] std::string data() const { return path + "/data"; }
    [[nodiscard]] std::string log() const { return path + "/log"; }
};

/// <cache>/howdah-<uid>, made if need be. `cache` empty: HOWDAH_TEST_CACHE, else the temporary directory.
/// Throws usage_error if it cannot be made, or belongs to someone else.
[[nodiscard]] std::string scratch_root(const std::string& cache);

/// Deletes the runs below `root` that no process holds any more.
void sweep_runs(const std::string& root) noexcept;

/// Makes a run for a server that runs as `who`: in memory if that is wanted and there is room, else below
/// `root` if `who` can have a socket there, else below /tmp. Sweeps all of them first. Throws usage_error.
[[nodiscard]] run_directory make_run(const std::string& root, const std::optional<account>& who,
                                     bool in_memory);

/// Lets the server make its socket in the run: the directory then belongs to `who`. Done last: what root
/// still did there afterwards could be turned elsewhere by a link.
void hand_over(const run_directory& run, const std::optional<account>& who);

/// Fills `into` (which must not exist) with a copy of the template `name`; false if there is none yet.
[[nodiscard]] bool copy_template(const std::string& root, const std::string& name, const std::string& into,
                                 const std::optional<account>& owner);

/// Under the template's lock: copies it into `into` if another process has made it meanwhile; otherwise calls
/// `make`, which fills `into`, and keeps a copy as the template. Without a writable root it just makes.
void make_template(const std::string& root, const std::string& name, const std::string& into,
                   const std::optional<account>& owner, const std::function<void()>& make);

/// Deletes a template that turned out to be damaged.
void discard_template(const std::string& root, const std::string& name) noexcept;

} // namespace howdah::testing

// SPDX-License-Identifier: BSL-1.0
#include "testing/scratch.hpp"

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/un.h>
#include <unistd.h>

#include <howdah/error.hpp>

#include "testing/copy_tree.hpp"

namespace howdah::testing {

namespace fs = std::filesystem;

descriptor& descriptor::operator=(descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
}

descriptor::~descriptor() {
    if (number_ >= 0) close(number_);
}

namespace {

std::string temporary_directory() {
    const char* named = std::getenv("TMPDIR");
    struct stat found{};
    const bool usable = named && *named == '/' && stat(named, &found) == 0 && S_ISDIR(found.st_mode);
    return usable ? named : "/tmp";
}

std::string own_name() {
    return "howdah-" + std::to_string(geteuid());
}

/// A directory for this user alone; others may at most pass through (root's server runs as another account).
/// In a world-writable place someone else may have been there first: then it is not used.
void make_private(const std::string& path) {
    const mode_t mode = geteuid() == 0 ? 0711 : 0700;
    const bool made = mkdir(path.c_str(), mode) == 0;
    if (made) chmod(path.c_str(), mode); // whatever the umask says
    struct stat found{};
    if (lstat(path.c_str(), &found) != 0 || !S_ISDIR(found.st_mode))
        throw usage_error(
            "cannot make the directory " + path +
            " for throw-away clusters: set HOWDAH_TEST_CACHE to a directory that can be written");
    if (found.st_uid != geteuid() || (found.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        throw usage_error("the directory " + path +
                          " belongs to another user or others may write to it: set HOWDAH_TEST_CACHE");
}

/// True if `who` may pass through every directory down to `path`. Asks for "others" or ownership only, so
/// that a group membership counts as no.
bool can_enter(const std::optional<account>& who, const fs::path& path) {
    if (!who) return true;
    for (fs::path at = path; at.has_relative_path(); at = at.parent_path()) {
        struct stat found{};
        if (stat(at.c_str(), &found) != 0) return false;
        const mode_t needed = found.st_uid == who->user ? S_IXUSR : S_IXOTH;
        if ((found.st_mode & needed) == 0) return false;
    }
    return true;
}

/// The setting unix_socket_directories is a list, in which comma and quote have a meaning.
bool socket_fits(const std::string& root) {
    const std::string socket = root + "/run-XXXXXX/.s.PGSQL.5432";
    return socket.size() < sizeof(sockaddr_un::sun_path) && root.find_first_of(",\"") == std::string::npos;
}

/// Opens and locks the lock file of a run; nothing if another process holds it.
descriptor lock_run(const std::string& run, int flags) {
    descriptor lock(open((run + "/lock").c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | flags, 0600));
    if (lock && flock(lock.get(), LOCK_EX | LOCK_NB) != 0) return descriptor();
    return lock;
}

/// Older than any pause between the making of a directory and of the lock file in it.
bool is_old(const fs::path& path) {
    struct stat found{};
    if (lstat(path.c_str(), &found) != 0) return false;
    const auto age =
        std::chrono::system_clock::now() - std::chrono::system_clock::from_time_t(found.st_mtime);
    return age > std::chrono::minutes(1);
}

/// Deletes a run that nobody holds. The lock is kept meanwhile: whoever makes the run may have made the lock file and
/// not locked it yet, and has to notice.
void sweep_run(const fs::path& run) noexcept {
    const descriptor lock = lock_run(run, 0);
    std::error_code ignored;
    if (lock || (access((run / "lock").c_str(), F_OK) != 0 && is_old(run))) fs::remove_all(run, ignored);
}

/// False if the file was deleted since it was opened.
bool still_there(const descriptor& file) noexcept {
    struct stat found{};
    return fstat(file.get(), &found) == 0 && found.st_nlink > 0;
}

run_directory new_run_below(const std::string& root, const std::optional<account>& who) {
    for (int attempt = 0; attempt < 10; ++attempt) {
        make_private(root); // a cluster that ends may have removed it just now
        std::string path = root + "/run-XXXXXX";
        if (!mkdtemp(path.data())) continue;
        descriptor lock = lock_run(path, O_CREAT);
        if (!lock || !still_there(lock)) continue; // a sweeper was quicker; it deletes the directory
        if (who && chmod(path.c_str(), 0711) != 0) break;
        return {path, std::move(lock)};
    }
    throw usage_error("cannot make a directory below " + root +
                      " for a throw-away cluster: " + std::system_category().message(errno));
}

constexpr std::uint64_t room_needed = std::uint64_t(2) << 30;

/// What the kernel thinks can be used without swapping, in bytes.
std::uint64_t memory_available() {
    std::ifstream file("/proc/meminfo");
    for (std::string word; file >> word;)
        if (std::uint64_t kilobytes = 0; word == "MemAvailable:" && file >> kilobytes)
            return kilobytes * 1024;
    return 0;
}

bool memory_has_room() {
    struct statvfs found{};
    const char* wish = std::getenv("HOWDAH_TEST_IN_MEMORY");
    if ((wish && std::string_view(wish) == "0") || statvfs("/dev/shm", &found) != 0) return false;
    return std::uint64_t(found.f_bavail) * found.f_frsize >= room_needed && memory_available() >= room_needed;
}

std::optional<run_directory> new_run_in_memory(const std::optional<account>& who) {
    try {
        return new_run_below("/dev/shm/" + own_name(), who);
    } catch (const usage_error&) {
        return std::nullopt; // read-only, or someone else took the name: a disk will do
    }
}

} // namespace

std::string scratch_root(const std::string& cache) {
    std::string place = cache;
    if (const char* named = std::getenv("HOWDAH_TEST_CACHE"); place.empty() && named) place = named;
    if (place.empty()) place = temporary_directory();
    std::error_code failed;
    fs::create_directories(place, failed);
    const fs::path real = fs::canonical(place, failed);
    const std::string root = (failed ? fs::absolute(place) : real) / own_name();
    make_private(root);
    return root;
}

void sweep_runs(const std::string& root) noexcept {
    std::error_code ignored;
    for (fs::directory_iterator at(root, ignored), end; at != end; at.increment(ignored)) {
        const std::string name = at->path().filename();
        if (name.starts_with("run-")) sweep_run(at->path());
        if (ignored == std::errc::no_such_file_or_directory) ignored.clear();
    }
}

run_directory make_run(const std::string& root, const std::optional<account>& who, bool in_memory) {
    const std::string elsewhere = "/tmp/" + own_name();
    for (const std::string& place : {root, elsewhere, "/dev/shm/" + own_name()}) sweep_runs(place);
    if (in_memory && memory_has_room())
        if (auto run = new_run_in_memory(who)) {
            run->remove_if_empty = fs::path(run->path).parent_path();
            return std::move(*run);
        }
    if (socket_fits(root) && can_enter(who, root)) return new_run_below(root, who);
    run_directory run = new_run_below(elsewhere, who);
    run.remove_if_empty = elsewhere;
    return run;
}

void hand_over(const run_directory& run, const std::optional<account>& who) {
    if (!who) return;
    if (chown(run.path.c_str(), who->user, who->group) != 0 || chmod(run.path.c_str(), 0700) != 0)
        throw usage_error("cannot give the directory " + run.path +
                          " to the account of the server: " + std::system_category().message(errno));
}

bool copy_template(const std::string& root, const std::string& name, const std::string& into,
                   const std::optional<account>& owner) {
    const std::string from = root + "/" + name;
    if (access(from.c_str(), F_OK) != 0) return false;
    copy_tree(from, into, owner);
    return true;
}

void make_template(const std::string& root, const std::string& name, const std::string& into,
                   const std::optional<account>& owner, const std::function<void()>& make) {
    const std::string kept = root + "/" + name, partial = kept + ".partial", lock_file = kept + ".lock";
    const descriptor lock(open(lock_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (lock) flock(lock.get(), LOCK_EX);
    if (copy_template(root, name, into, owner)) return;
    make();
    if (!lock) return;
    std::error_code failed;
    fs::remove_all(partial, failed);
    copy_tree(into, partial, std::nullopt);
    fs::rename(partial, kept, failed);
}

void discard_template(const std::string& root, const std::string& name) noexcept {
    std::error_code ignored;
    const fs::path kept = root + "/" + name, damaged = kept.string() + ".damaged-" + std::to_string(getpid());
    fs::rename(kept, damaged, ignored); // at once, so that nobody copies a half deleted one
    fs::remove_all(damaged, ignored);
}

} // namespace howdah::testing

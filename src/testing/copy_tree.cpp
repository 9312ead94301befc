// SPDX-License-Identifier: BSL-1.0
#include "testing/copy_tree.hpp"

#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <howdah/error.hpp>

#include "testing/scratch.hpp"

namespace howdah::testing {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void refuse(const fs::path& file) {
    throw usage_error("cannot copy to " + file.string() + ": " + std::system_category().message(errno));
}

bool copy_by_hand(int from, int to) {
    std::array<char, 65'536> part;
    for (;;) {
        const ssize_t got = read(from, part.data(), part.size());
        if (got <= 0) return got == 0;
        for (ssize_t done = 0; done < got;) {
            const ssize_t wrote = write(to, part.data() + done, static_cast<std::size_t>(got - done));
            if (wrote < 0) return false;
            done += wrote;
        }
    }
}

/// Shares the blocks, or lets the kernel copy, or copies: whichever of these works first.
bool copy_content(int from, int to, std::size_t size) {
    if (size == 0 || ioctl(to, FICLONE, from) == 0) return true;
    std::size_t done = 0;
    while (done < size) {
        const ssize_t copied = copy_file_range(from, nullptr, to, nullptr, size - done, 0);
        if (copied <= 0) break;
        done += static_cast<std::size_t>(copied);
    }
    return done == size || copy_by_hand(from, to);
}

void copy_file(const fs::path& from, const fs::path& to, const std::optional<account>& owner) {
    const descriptor in(open(from.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    const descriptor out(open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    struct stat found{};
    if (!in || !out || fstat(in.get(), &found) != 0 ||
        !copy_content(in.get(), out.get(), static_cast<std::size_t>(found.st_size)) ||
        (owner && fchown(out.get(), owner->user, owner->group) != 0))
        refuse(to);
}

} // namespace

void copy_tree(const std::string& from, const std::string& to, const std::optional<account>& owner) {
    if (mkdir(to.c_str(), 0700) != 0) refuse(to);
    std::error_code failed;
    for (fs::directory_iterator at(from, failed), end; at != end; at.increment(failed)) {
        const fs::path target = fs::path(to) / at->path().filename();
        if (at->is_directory()) copy_tree(at->path(), target, owner);
        else copy_file(at->path(), target, owner);
    }
    if (owner && chown(to.c_str(), owner->user, owner->group) != 0) refuse(to);
    if (failed) throw usage_error("cannot read the directory " + from + ": " + failed.message());
}

} // namespace howdah::testing

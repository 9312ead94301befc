// SPDX-License-Identifier: BSL-1.0
//
// Where the server programs are, and which account may run them.
#pragma once

#include <optional>
#include <string>

#include <sys/types.h>

namespace howdah::testing {

/// The server programs of one PostgreSQL installation.
struct binaries {
    std::string directory;
    std::string initdb() const { return directory + "/initdb"; }
    std::string postgres() const { return directory + "/postgres"; }
};

/// An unprivileged account for the server's processes.
struct account {
    uid_t user;
    gid_t group;
};

/// The directory `preferred`, or HOWDAH_TEST_BINARIES, if one is named; else the first place that holds the
/// programs. Nothing if they are not there.
[[nodiscard]] std::optional<binaries> find_binaries(const std::string& preferred = {});

/// What "postgres --version" prints, without the line end. Empty if it could not be run.
[[nodiscard]] std::string version_text(const binaries& of);
/// "postgres (PostgreSQL) 15.18 (Debian ...)" is 150018; 0 for a text without a version.
[[nodiscard]] int version_number(const std::string& text) noexcept;

/// For root: the account that the server runs as, because initdb and postgres refuse root. Otherwise nothing.
/// Throws usage_error if root has no such account.
[[nodiscard]] std::optional<account> server_account();

} // namespace howdah::testing

// SPDX-License-Identifier: BSL-1.0
//
// Indexes that are made, rebuilt or dropped CONCURRENTLY: not in a transaction, and leaving an invalid index behind
// when they are stopped (PostgreSQL manual, CREATE INDEX, "Building Indexes Concurrently").
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <howdah/connection.hpp>

namespace howdah::detail {

/// Does the server run this command only outside a transaction? Those that are not known here say so themselves.
[[nodiscard]] bool needs_no_transaction(std::string_view command);

/// A command with CONCURRENTLY.
struct concurrent_index {
    enum class action : unsigned char { create, drop, reindex };
    action what = action::create;
    std::string index{}; ///< as the command writes it; empty: the server names it, or REINDEX TABLE
    std::string table{}; ///< as the command writes it; empty: only the index is named
};
[[nodiscard]] std::optional<concurrent_index> read_concurrent_index(std::string_view command);

/// What is in the database of it.
enum class index_standing : unsigned char { absent, invalid, valid, unknown };
[[nodiscard]] index_standing find_index(connection& on, const concurrent_index& of);

/// Drops what a stopped command has left behind: invalid indexes. Not if `of` names none.
void drop_leftovers(connection& on, const concurrent_index& of);

} // namespace howdah::detail

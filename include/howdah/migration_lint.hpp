// SPDX-License-Identifier: BSL-1.0
//
// What a migration does to a database in use, told from its text alone: rules that find what hurts (lint), and the
// locks that each statement takes. No server is asked.
//
//     for (const auto& found : howdah::lint(howdah::migrations_in("migrations")))
//         std::cerr << found.file << ':' << found.line << ": " << found.rule << ": " << found.message << '\n';
//
// docs/lint.md shows each rule with what it finds and what to write instead. A file may break a rule if it says why:
// `-- howdah: lint-ignore=<rule> <reason>`. Tables that a file creates itself are nobody else's yet, and exempt. The
// texts are not parsed as the server does it: what stands in strings (function bodies, DO, EXECUTE) is not looked at.
// Sources: PostgreSQL manual, sections 13.3.1 (table-level locks) and ALTER TABLE. Thread safe.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <howdah/migration_set.hpp>

namespace howdah {

enum class lint_level : unsigned char {
    error,   ///< breaks running programs, loses data, or cannot work
    warning, ///< worth a second look
};

struct lint_rule {
    std::string_view name; ///< "drop-table"
    lint_level level;
    std::string_view about; ///< one sentence
};

/// All rules. Lives for ever.
[[nodiscard]] std::span<const lint_rule> lint_rules() noexcept;

/// One place that breaks a rule.
struct lint_finding {
    std::string_view rule; ///< its name; lives for ever
    lint_level level = lint_level::error;
    std::string file{};                  ///< as messages name it
    std::size_t line = 0, column = 0;    ///< from 1, in the file
    std::string message{};               ///< what is wrong, and what to write instead
    std::optional<std::string> reason{}; ///< why the file may break the rule; none: it may not
};

/// Looks through one migration, its down text included (which may drop what it takes back). In the order of the text.
[[nodiscard]] std::vector<lint_finding> lint(const migration& file);
/// The same for all of a set.
[[nodiscard]] std::vector<lint_finding> lint(const migration_set& set);
/// The same for a text that need not be a migration: what make_migration() refuses is a finding of the rule
/// own-transaction or unreadable.
[[nodiscard]] std::vector<lint_finding> lint(const migration_parts& parts);

/// The locks on tables, weakest first (PostgreSQL manual, section 13.3.1).
enum class table_lock : unsigned char {
    none,
    access_share,
    row_share,
    row_exclusive,
    share_update_exclusive,
    share,
    share_row_exclusive,
    exclusive,
    access_exclusive,
};

/// As the manual writes it: "ACCESS EXCLUSIVE"; "no lock".
[[nodiscard]] std::string_view name_of(table_lock lock) noexcept;
/// What others cannot do with the table meanwhile: "nobody can read or write".
[[nodiscard]] std::string_view consequence_of(table_lock lock) noexcept;

/// What one statement does to one table.
struct statement_effect {
    std::size_t line = 0, column = 0; ///< of the statement, in the file
    std::string statement{};          ///< its beginning: "alter table users add column"
    std::string table{};              ///< as the text names it; empty if it names none
    table_lock lock = table_lock::none;
    bool rewrites = false;  ///< the whole table is written anew under that lock
    bool scans = false;     ///< the whole table is read under that lock
    bool new_table = false; ///< the same file creates the table, so the lock is nobody's concern
};

/// The effects of a migration's statements in their order; one statement may have several, on several tables. A
/// statement that locks no table has one with table_lock::none.
[[nodiscard]] std::vector<statement_effect> statement_effects(const migration& file);

} // namespace howdah

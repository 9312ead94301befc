// SPDX-License-Identifier: BSL-1.0
#include <howdah/migration_lint.hpp>

#include <algorithm>
#include <array>
#include <iterator>
#include <tuple>

#include "lint_rules.hpp"

namespace howdah {
namespace {

using enum lint_level;

constexpr std::array<lint_rule, 23> rules{{
    {"drop-table", error, "DROP TABLE deletes rows, and programs that use the table fail."},
    {"drop-column", error, "DROP COLUMN deletes values, and programs that name the column fail."},
    {"drop-schema", error, "DROP SCHEMA deletes what is in it."},
    {"rename", error, "RENAME of a table or column breaks the programs that run now."},
    {"type-change", error, "ALTER COLUMN TYPE writes the table anew while everyone waits."},
    {"required-column", error, "ADD COLUMN NOT NULL without a default fails on a table that has rows."},
    {"set-not-null", error, "SET NOT NULL without a validated CHECK reads the table while everyone waits."},
    {"constraint-scan", error,
     "A FOREIGN KEY or CHECK that is not added NOT VALID reads the table while others wait."},
    {"unique-constraint", error,
     "UNIQUE or PRIMARY KEY without USING INDEX builds an index while everyone waits."},
    {"index-not-concurrently", error,
     "An index of an existing table is built or dropped without CONCURRENTLY."},
    {"concurrently-in-transaction", error, "CONCURRENTLY, VACUUM and the like cannot run in a transaction."},
    {"volatile-default", error,
     "ADD COLUMN with a value that differs from row to row writes the table anew."},
    {"timestamp-without-zone", warning, "TIMESTAMP without time zone names no instant."},
    {"enum-value-used", error, "A new enum value is used in the transaction that adds it."},
    {"own-transaction", error, "The file begins or ends a transaction itself."},
    {"truncate-cascade", error, "TRUNCATE CASCADE empties tables that are not named."},
    {"ddl-with-dml", warning, "Many rows are changed while the transaction holds locks of ALTER TABLE."},
    {"missing-if-exists", warning,
     "A file without transaction has a statement that cannot run a second time."},
    {"row-security-disabled", error, "Row level security is switched off."},
    {"security-definer", error, "A SECURITY DEFINER function has no search_path of its own."},
    {"unreadable", error, "The file cannot be a migration: encoding, directive, open quote, psql command."},
    {"unknown-rule", error, "lint-ignore names a rule that there is not."},
    {"unused-ignore", warning, "lint-ignore names a rule that the file does not break."},
}};

/// Where the directive stands that names this rule.
text_position place_of_exemption(const detail::migration_side& side, std::string_view rule) {
    for (const auto& directive : detail::read_sql(side.text).directives)
        if (directive.text.find("lint-ignore") != directive.text.npos &&
            directive.text.find(rule) != directive.text.npos)
            return detail::place_in_file(side.text, directive.offset, side.lines_before);
    return {};
}

void use_exemptions(std::vector<lint_finding>& found, const detail::migration_side& side) {
    const auto end = found.size();
    for (const auto& exemption : side.directives.lint_ignore) {
        bool used = false;
        for (std::size_t i = 0; i < end; ++i)
            if (found[i].rule == exemption.rule) {
                found[i].reason = exemption.reason;
                used = true;
            }
        if (used) continue;
        const auto* const known = detail::find_rule(exemption.rule);
        const auto* const broken = detail::find_rule(known ? "unused-ignore" : "unknown-rule");
        const auto at = place_of_exemption(side, exemption.rule);
        found.push_back({broken->name, broken->level, std::string(side.file), at.line, at.column,
                         known ? "the file does not break the rule " + exemption.rule + "; remove the line"
                               : "there is no rule " + exemption.rule + "; docs/lint.md lists them",
                         std::nullopt});
    }
}

std::vector<lint_finding> lint_side(const detail::migration_side& side, detail::lint_direction direction) {
    auto found = detail::apply_rules(detail::migration_statements(side), direction);
    use_exemptions(found, side);
    std::sort(found.begin(), found.end(), [](const auto& left, const auto& right) {
        return std::tie(left.line, left.column, left.rule) < std::tie(right.line, right.column, right.rule);
    });
    return found;
}

void append(std::vector<lint_finding>& to, std::vector<lint_finding> more) {
    to.insert(to.end(), std::move_iterator(more.begin()), std::move_iterator(more.end()));
}

} // namespace

const lint_rule* detail::find_rule(std::string_view name) noexcept {
    const auto* const found =
        std::find_if(rules.begin(), rules.end(), [&](const lint_rule& rule) { return rule.name == name; });
    return found == rules.end() ? nullptr : found;
}

std::span<const lint_rule> lint_rules() noexcept {
    return rules;
}

std::vector<lint_finding> lint(const migration& file) {
    auto found = lint_side(detail::up_side(file), detail::lint_direction::up);
    if (file.down_text) append(found, lint_side(detail::down_side(file), detail::lint_direction::down));
    return found;
}

std::vector<lint_finding> lint(const migration_set& set) {
    std::vector<lint_finding> found;
    for (const auto& file : set) append(found, lint(file));
    return found;
}

std::vector<lint_finding> lint(const migration_parts& parts) {
    try {
        return lint(make_migration(parts));
    } catch (const migration_error& refused) {
        const bool own = refused.kind() == migration_failure::own_transaction;
        const auto* const rule = detail::find_rule(own ? "own-transaction" : "unreadable");
        std::string message = refused.what();
        // The place is told beside the message.
        if (const auto at = message.find(": "); at != message.npos && message.starts_with(refused.file()))
            message.erase(0, at + 2);
        return {{rule->name, rule->level, refused.file(), refused.line(), refused.column(), message,
                 std::nullopt}};
    }
}

} // namespace howdah

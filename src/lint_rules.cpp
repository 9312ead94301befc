// SPDX-License-Identifier: BSL-1.0
#include "lint_rules.hpp"

#include <algorithm>

namespace howdah::detail {
namespace {

using pieces = sql_pieces;

/// Walks through one text with all rules at once.
class linter {
public:
    linter(const migration_statements& of, lint_direction direction)
        : of_(of), in_transaction_(of.side().directives.transaction), up_(direction == lint_direction::up) {}

    std::vector<lint_finding> run() {
        for (const auto& one : of_.all()) {
            here_ = &one;
            whole_statement(one.statement);
            if (one.statement.is("alter table")) alter_table(one.statement);
            if (one.statement.is("create table"))
                for (const auto& element : one.statement.actions) column_type(element);
            if (!in_transaction_) repeatable(one.statement);
            else together(one.statement);
        }
        return std::move(found_);
    }

private:
    void report(std::string_view rule, std::size_t offset, std::string message) {
        const auto* const known = find_rule(rule);
        const auto at = of_.place(offset);
        found_.push_back({known->name, known->level, std::string(of_.side().file), at.line, at.column,
                          std::move(message), std::nullopt});
    }
    void report(std::string_view rule, std::string message) {
        report(rule, here_->offset, std::move(message));
    }
    [[nodiscard]] bool is_new(const std::string& table) const {
        return of_.created_before(table, here_->offset);
    }
    [[nodiscard]] bool any_old(const sql_statement& of) const {
        return std::any_of(of.tables.begin(), of.tables.end(),
                           [&](const auto& table) { return !is_new(table); });
    }

    // ---- statements ----

    void whole_statement(const sql_statement& one) {
        if (up_) destroys(one);
        indexes(one);
        if (one.is("create function") || one.is("create procedure")) security(one);
    }

    void destroys(const sql_statement& one) {
        if (one.is("drop table") && any_old(one))
            report("drop-table",
                   "deletes the table and its rows; drop it in a release of its own, after no program "
                   "uses it any more");
        if (one.is("drop schema")) report("drop-schema", "deletes the schema; with CASCADE everything in it");
        if (one.is("truncate") && has_words(one.pieces, "cascade"))
            report("truncate-cascade",
                   "also empties every table that refers to this one; name the tables instead");
    }

    void indexes(const sql_statement& one) {
        const bool create = one.is("create index"), drop = one.is("drop index");
        const bool index = create || drop || one.verb.starts_with("reindex");
        if (index && !one.concurrently && (!create || any_old(one)))
            report("index-not-concurrently",
                   drop ? "everyone waits who wants the table: DROP INDEX CONCURRENTLY, in a file with "
                          "'-- howdah: transaction=off'"
                        : "nobody can write to the table while it is built: add CONCURRENTLY, in a file with "
                          "'-- howdah: transaction=off'");
        if (!in_transaction_) return;
        const bool detach = one.is("alter table") && has_words(one.pieces, "detach partition") &&
                            has_words(one.pieces, "concurrently");
        const bool alone = one.verb.starts_with("vacuum") || one.is("create database") ||
                           one.is("drop database") || one.is("alter system") || one.is("create tablespace") ||
                           one.is("drop tablespace");
        if ((index && one.concurrently) || detach || alone)
            report("concurrently-in-transaction", "cannot run in a transaction: begin the file with "
                                                  "'-- howdah: transaction=off'");
    }

    void security(const sql_statement& one) {
        if (has_words(one.pieces, "security definer") && !has_words(one.pieces, "set search_path"))
            report("security-definer",
                   "runs with its owner's rights on whatever search_path the caller has: add "
                   "SET search_path = pg_catalog, pg_temp (and the schemas it needs)");
    }

    // ---- ALTER TABLE ----

    void alter_table(const sql_statement& one) {
        const auto& table = one.tables.front();
        for (const auto& part : one.actions) {
            const auto action = read_action(part);
            if (action.what == "add column") add_column(table, action, part);
            if (action.what == "alter column set data type") column_type_of(action.rest, part.front().offset);
            if (action.what.find("row level security") != action.what.npos &&
                (action.what.starts_with("disable") || action.what.starts_with("no force")))
                report("row-security-disabled", part.front().offset,
                       "every role with rights on the table sees and changes all rows from now on");
            if (!is_new(table)) changes_existing(one, action, part);
        }
    }

    void changes_existing(const sql_statement& one, const alter_action& action, pieces part) {
        const auto at = part.front().offset;
        if (up_ && action.what == "drop column")
            report("drop-column", at,
                   "deletes the column's values, and programs that still name it fail; drop it after "
                   "no program uses it any more");
        if (up_ && (action.what == "rename column" || action.what == "rename to"))
            report("rename", at,
                   "programs that use the old name fail at once; add the new one, copy, and drop the old "
                   "one later, or leave a view behind");
        if (action.what == "alter column set data type")
            report("type-change", at,
                   "writes the table anew while everyone waits; add a column of the new type, fill it "
                   "in batches, and let programs change over");
        if (action.what == "alter column set not null" && !follows_validation(one))
            report("set-not-null", at,
                   "reads the whole table while everyone waits; first ADD CONSTRAINT ... CHECK (" +
                       action.name + " IS NOT NULL) NOT VALID, and in this file VALIDATE it before");
        constraints(action, part);
    }

    /// Was a constraint of the table validated before in this file?
    [[nodiscard]] bool follows_validation(const sql_statement& one) const {
        return std::any_of(of_.all().begin(), of_.all().end(), [&](const placed_statement& before) {
            return before.offset < here_->offset && before.statement.tables == one.tables &&
                   has_words(before.statement.pieces, "validate constraint");
        });
    }

    void constraints(const alter_action& action, pieces part) {
        const auto at = part.front().offset;
        const bool checks =
            action.what == "add constraint check" || action.what == "add constraint foreign key";
        if (checks && !has_words(part, "not valid"))
            report("constraint-scan", at,
                   "reads the whole table while others wait; add it NOT VALID, and VALIDATE "
                   "CONSTRAINT in a later file");
        if (checks && has_words(part, "not valid")) not_valid_.push_back(action.name);
        const bool validates_own =
            std::find(not_valid_.begin(), not_valid_.end(), action.name) != not_valid_.end();
        if (action.what == "validate constraint" && in_transaction_ && validates_own)
            report("constraint-scan", at,
                   "this transaction still holds the lock of adding the constraint; VALIDATE it in "
                   "a later file");
        const bool unique =
            action.what == "add constraint unique" || action.what == "add constraint primary key";
        if (unique && !has_words(part, "using index"))
            report("unique-constraint", at,
                   "builds its index while everyone waits; CREATE UNIQUE INDEX CONCURRENTLY "
                   "first, then ADD CONSTRAINT ... USING INDEX");
    }

    void add_column(const std::string& table, const alter_action& action, pieces part) {
        const auto definition = part.subspan(part.size() - action.rest.size() - 1);
        column_type(definition);
        if (is_new(table)) return;
        const auto column = read_column(definition);
        const auto at = part.front().offset;
        const bool filled = column.generated || column.identity || column.serial;
        if (const auto call = volatile_call(column.default_value); !call.empty())
            report("volatile-default", at,
                   call + "() may differ from row to row, so the table is written anew while "
                          "everyone waits; add the column without it, SET DEFAULT, and fill "
                          "it in batches");
        else if (filled)
            report("volatile-default", at,
                   "a value for every row is written now, while everyone waits; add the column "
                   "empty and fill it in batches");
        if (column.not_null && column.default_value.empty() && !filled)
            report("required-column", at,
                   "fails on a table that has rows; give it a DEFAULT, or add it without NOT NULL");
        if (column.references || column.checked)
            report("constraint-scan", at,
                   "reads the whole table while others wait; add the column alone, then the "
                   "constraint NOT VALID, and VALIDATE CONSTRAINT in a later file");
        if (column.unique)
            report("unique-constraint", at,
                   "builds its index while everyone waits; add the column alone, then CREATE "
                   "UNIQUE INDEX CONCURRENTLY");
    }

    // ---- types ----

    void column_type(pieces element) {
        const auto column = read_column(element);
        if (!column.name.empty()) column_type_of(column.type, element.front().offset);
    }
    void column_type_of(pieces type, std::size_t offset) {
        if (is_zoneless_timestamp(type))
            report("timestamp-without-zone", offset,
                   "names no instant: what it means depends on who reads it; use "
                   "timestamptz");
    }

    // ---- files with a transaction, files without ----

    void together(const sql_statement& one) {
        enum_values(one);
        const bool large = one.is("update") || one.is("delete") || one.is("merge") ||
                           (one.is("insert") && has_words(one.pieces, "select"));
        if (one.is("alter table") && any_old(one) && !altered_) altered_ = &one;
        if (large && any_old(one) && altered_)
            report("ddl-with-dml", "runs while this transaction keeps everyone from " +
                                       altered_->tables.front() + "; change rows in a file of their own");
    }

    void enum_values(const sql_statement& one) {
        for (const auto& piece : one.pieces)
            if (piece.kind == sql_token_kind::string &&
                std::find(new_values_.begin(), new_values_.end(), piece.text) != new_values_.end())
                report("enum-value-used", piece.offset,
                       "a new value of an enum cannot be used in the transaction that "
                       "adds it; use it in a later file");
        if (!one.is("alter type")) return;
        const auto at = find_words(one.pieces, "add value");
        if (at == std::string_view::npos) return;
        for (const auto& piece : one.pieces.subspan(at))
            if (piece.kind == sql_token_kind::string) {
                new_values_.push_back(piece.text);
                break; // BEFORE and AFTER name old ones
            }
    }

    void repeatable(const sql_statement& one) {
        const bool creates = one.is("create table") || one.is("create index") || one.is("create schema") ||
                             one.is("create sequence") || one.is("create extension") ||
                             one.is("create materialized view");
        bool bare = (creates && !one.guarded) || (one.verb.starts_with("drop ") && !one.guarded);
        if (one.is("alter table"))
            for (const auto& part : one.actions) {
                const auto what = read_action(part).what;
                const bool can_be_guarded =
                    what == "add column" || what == "drop column" || what == "drop constraint";
                bare = bare ||
                       (can_be_guarded && !has_words(part, "if exists") && !has_words(part, "if not exists"));
            }
        if (bare)
            report("missing-if-exists",
                   "without a transaction it may have run when the file is tried again: add IF NOT "
                   "EXISTS or IF EXISTS");
    }

    const migration_statements& of_;
    bool in_transaction_, up_;
    const placed_statement* here_ = nullptr;
    const sql_statement* altered_ = nullptr;
    std::vector<std::string> new_values_, not_valid_;
    std::vector<lint_finding> found_;
};

} // namespace

std::vector<lint_finding> apply_rules(const migration_statements& to, lint_direction direction) {
    return linter(to, direction).run();
}

} // namespace howdah::detail

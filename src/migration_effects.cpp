// SPDX-License-Identifier: BSL-1.0
//
// Which locks the statements of a migration take (PostgreSQL manual, section 13.3.1 and the pages of the commands;
// AlterTableGetLockLevel() in the server's tablecmds.c). tests/integration holds the tables to a server.
#include <howdah/migration_lint.hpp>

#include <algorithm>
#include <array>

#include "migration_statements.hpp"

namespace howdah {
namespace {

using detail::alter_action;
using detail::has_words;
using detail::placed_statement;
using detail::sql_statement;
using enum table_lock;

struct lock_row {
    std::string_view what;
    table_lock lock;
    bool rewrites = false, scans = false;
};

/// Actions of ALTER TABLE; the longest that an action begins with counts.
constexpr std::array<lock_row, 46> alter_table_rows{{
    {"add column", access_exclusive},
    {"drop column", access_exclusive},
    {"rename column", access_exclusive},
    {"rename constraint", access_exclusive},
    {"rename to", access_exclusive},
    {"alter column set data type", access_exclusive, true},
    {"alter column set default", access_exclusive},
    {"alter column drop default", access_exclusive},
    {"alter column set not null", access_exclusive, false, true},
    {"alter column drop not null", access_exclusive},
    {"alter column set generated", access_exclusive},
    {"alter column add generated", access_exclusive},
    {"alter column drop identity", access_exclusive},
    {"alter column drop expression", access_exclusive},
    {"alter column set statistics", share_update_exclusive},
    {"alter column set storage", access_exclusive},
    {"alter column set compression", access_exclusive},
    {"alter column set", share_update_exclusive}, // (n_distinct = ...)
    {"alter column reset", share_update_exclusive},
    {"add constraint check", access_exclusive, false, true},
    {"add constraint foreign key", share_row_exclusive, false, true},
    {"add constraint unique", access_exclusive, false, true},
    {"add constraint primary key", access_exclusive, false, true},
    {"add constraint exclude", access_exclusive, false, true},
    {"drop constraint", access_exclusive},
    {"alter constraint", access_exclusive},
    {"validate constraint", share_update_exclusive, false, true},
    {"disable trigger", share_row_exclusive},
    {"enable trigger", share_row_exclusive},
    {"enable replica trigger", share_row_exclusive},
    {"enable always trigger", share_row_exclusive},
    {"enable row level security", access_exclusive},
    {"disable row level security", access_exclusive},
    {"force row level security", access_exclusive},
    {"no force row level security", access_exclusive},
    {"cluster on", share_update_exclusive},
    {"set without cluster", share_update_exclusive},
    {"set logged", access_exclusive, true},
    {"set unlogged", access_exclusive, true},
    {"set access method", access_exclusive, true},
    {"set tablespace", access_exclusive, true},
    {"set schema", access_exclusive},
    {"owner to", access_exclusive},
    {"attach partition", share_update_exclusive},
    {"detach partition", access_exclusive},
    {"replica identity", access_exclusive},
}};

/// Other statements, on the tables that they name.
constexpr std::array<lock_row, 25> statement_rows{{
    {"create index", share, false, true},
    {"drop index", access_exclusive}, // on its table too
    {"create trigger", share_row_exclusive},
    {"create rule", access_exclusive},
    {"create policy", access_exclusive},
    {"alter policy", access_exclusive},
    {"drop policy", access_exclusive},
    {"drop trigger", access_exclusive},
    {"drop rule", access_exclusive},
    {"drop table", access_exclusive},
    {"drop materialized view", access_exclusive},
    {"truncate", access_exclusive, true},
    {"cluster", access_exclusive, true},
    {"vacuum full", access_exclusive, true},
    {"vacuum", share_update_exclusive},
    {"analyze", share_update_exclusive},
    {"reindex", share, false, true},
    {"refresh materialized view", access_exclusive, true},
    {"comment on", share_update_exclusive},
    {"lock", access_exclusive},
    {"insert", row_exclusive},
    {"update", row_exclusive},
    {"delete", row_exclusive},
    {"merge", row_exclusive},
    {"copy", row_exclusive},
}};

template <std::size_t N>
const lock_row* find_row(const std::array<lock_row, N>& rows, std::string_view what) {
    const lock_row* best = nullptr;
    for (const auto& row : rows)
        if (what.starts_with(row.what) && (!best || row.what.size() > best->what.size())) best = &row;
    return best;
}

/// What ADD COLUMN does besides locking.
void add_column(const alter_action& action, detail::sql_pieces whole, statement_effect& out) {
    // The definition begins at the column's name, which stands before what the action left.
    const auto from = whole.size() - action.rest.size() - 1;
    const auto column = detail::read_column(whole.subspan(from));
    out.rewrites = column.generated || column.identity || column.serial ||
                   !detail::volatile_call(column.default_value).empty();
    out.scans = !out.rewrites && (column.references || column.checked || column.unique);
}

class effect_reader {
public:
    effect_reader(const detail::migration_statements& of, std::vector<statement_effect>& out)
        : of_(of), out_(out) {}

    void read(const placed_statement& placed) {
        const auto before = out_.size();
        const auto& statement = placed.statement;
        if (statement.is("alter table")) alter_table(placed);
        else if (statement.is("create table")) create_table(placed);
        else if (const auto* row = find_row(statement_rows, statement.verb)) other(placed, *row);
        if (out_.size() == before) add(placed, {}, {"", none});
    }

private:
    statement_effect& add(const placed_statement& placed, const std::string& table, const lock_row& row,
                          std::string_view what = {}) {
        statement_effect effect;
        const auto at = of_.place(placed.offset);
        effect.line = at.line;
        effect.column = at.column;
        effect.statement = placed.statement.verb;
        if (!table.empty())
            effect.statement.append(placed.statement.is("create index") ? " on " : " ").append(table);
        if (!what.empty()) effect.statement.append(" ").append(what);
        effect.table = table;
        effect.lock = row.lock;
        effect.rewrites = row.rewrites;
        effect.scans = row.scans;
        effect.new_table = of_.created_before(table, placed.offset);
        return out_.emplace_back(std::move(effect));
    }

    void alter_table(const placed_statement& placed) {
        const auto& table = placed.statement.tables.front();
        for (const auto& pieces : placed.statement.actions) {
            const auto action = detail::read_action(pieces);
            const auto* found = find_row(alter_table_rows, action.what);
            const lock_row unknown{"", action.what.starts_with("set") ? share_update_exclusive
                                                                      : access_exclusive};
            auto& effect = add(placed, table, found ? *found : unknown, shown(action));
            if (action.what == "add column") add_column(action, pieces, effect);
            if (has_words(pieces, "not valid") || has_words(pieces, "using index")) effect.scans = false;
            if (has_words(pieces, "concurrently")) effect.lock = share_update_exclusive;
            if (action.what == "alter column set not null" && validated_before(placed)) effect.scans = false;
            referenced(placed, pieces);
            if (action.what == "attach partition") attached(placed, action);
        }
    }

    /// "alter column email set not null": the name stands behind the second word.
    static std::string shown(const alter_action& action) {
        auto out = action.what;
        if (!action.name.empty())
            out.insert(std::min(out.find(' ', out.find(' ') + 1), out.size()), ' ' + action.name);
        return out;
    }

    /// A foreign key locks the table that it refers to as well, against changes alone.
    void referenced(const placed_statement& placed, detail::sql_pieces in) {
        const auto at = detail::find_words(in, "references");
        if (at == std::string_view::npos) return;
        const auto table = detail::sql_reader(in.subspan(at + 1)).name();
        if (!table.empty()) add(placed, table, {"", share_row_exclusive}, "(references)");
    }
    /// The new partition is read to prove that its rows belong there.
    void attached(const placed_statement& placed, const alter_action& action) {
        add(placed, detail::sql_reader(action.rest).name(), {"", access_exclusive, false, true},
            "(attached)");
    }

    void create_table(const placed_statement& placed) {
        add(placed, placed.statement.tables.front(), {"", access_exclusive}).new_table = true;
        for (const auto& element : placed.statement.actions) referenced(placed, element);
        const auto& pieces = placed.statement.pieces;
        if (const auto at = detail::find_words(pieces, "partition of"); at != std::string_view::npos)
            add(placed, detail::sql_reader(pieces.subspan(at + 2)).name(), {"", access_exclusive},
                "(partition of)");
        if (const auto at = detail::find_words(pieces, "inherits ("); at != std::string_view::npos)
            add(placed, detail::sql_reader(pieces.subspan(at + 2)).name(), {"", share_update_exclusive},
                "(inherits)");
    }

    void other(const placed_statement& placed, lock_row row) {
        const auto& statement = placed.statement;
        if (statement.concurrently)
            row = {row.what, statement.is("refresh materialized view") ? exclusive : share_update_exclusive,
                   false, row.scans || row.rewrites};
        if (statement.is("lock")) row.lock = asked_for(statement.pieces);
        if (statement.is("copy") && !has_words(statement.pieces, "from")) row.lock = access_share;
        for (const auto& table : statement.tables) add(placed, table, row);
    }

    static table_lock asked_for(detail::sql_pieces pieces) {
        for (auto lock = access_share; lock != access_exclusive;
             lock = static_cast<table_lock>(static_cast<unsigned char>(lock) + 1)) {
            std::string words = "in ";
            for (const char c : name_of(lock)) words += c == ' ' ? ' ' : static_cast<char>(c - 'A' + 'a');
            if (has_words(pieces, words + " mode")) return lock;
        }
        return access_exclusive;
    }

    /// SET NOT NULL reads nothing when a validated CHECK says the same already.
    [[nodiscard]] bool validated_before(const placed_statement& placed) const {
        return std::any_of(of_.all().begin(), of_.all().end(), [&](const placed_statement& one) {
            return one.offset < placed.offset && one.statement.tables == placed.statement.tables &&
                   has_words(one.statement.pieces, "validate constraint");
        });
    }

    const detail::migration_statements& of_;
    std::vector<statement_effect>& out_;
};

} // namespace

std::string_view name_of(table_lock lock) noexcept {
    static constexpr std::array<std::string_view, 9> names{
        "no lock", "ACCESS SHARE",        "ROW SHARE", "ROW EXCLUSIVE",   "SHARE UPDATE EXCLUSIVE",
        "SHARE",   "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE"};
    return names[static_cast<unsigned char>(lock)];
}

std::string_view consequence_of(table_lock lock) noexcept {
    switch (lock) {
    case none:
    case access_share:
    case row_share:
    case row_exclusive: return "others read and write";
    case share_update_exclusive: return "others read and write, but do not alter or vacuum";
    case share:
    case share_row_exclusive:
    case exclusive: return "others read, and wait to write";
    case access_exclusive: return "others wait to read and to write";
    }
    return {};
}

std::vector<statement_effect> statement_effects(const migration& file) {
    std::vector<statement_effect> out;
    const detail::migration_statements statements(detail::up_side(file));
    effect_reader reader(statements, out);
    for (const auto& one : statements.all()) reader.read(one);
    return out;
}

} // namespace howdah

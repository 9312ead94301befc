// SPDX-License-Identifier: BSL-1.0
#include <algorithm>

#include <howdah/migration_commands.hpp>
#include <howdah/migration_lint.hpp>

#include "commands.hpp"

namespace howdah::cli {
namespace {

using reason = planned_migration::reason;

const char* text_of(reason why) {
    switch (why) {
    case reason::pending: return "pending";
    case reason::changed: return "changed";
    case reason::unfinished: return "unfinished";
    }
    return "";
}

std::string remarks(const planned_migration& file) {
    std::string out;
    if (file.why == reason::changed) out += ", runs again: it has changed";
    if (file.why == reason::unfinished && file.statements_done == 0) out += ", begins again";
    else if (file.why == reason::unfinished)
        out += ", goes on behind statement " + std::to_string(file.statements_done) + " of " +
               std::to_string(file.statements);
    if (!file.transaction) out += ", statement by statement";
    if (file.out_of_order) out += ", out of order";
    return out;
}

/// "ACCESS EXCLUSIVE on users, writes it anew"
std::string effect_text(const statement_effect& effect) {
    if (effect.new_table) return "on a new table";
    if (effect.lock == table_lock::none) return "locks no table that it names";
    auto out = std::string(name_of(effect.lock)) + " on " + effect.table;
    if (effect.rewrites) out += ", writes it anew";
    if (effect.scans) out += ", reads all of it";
    return out;
}

colour colour_of(const statement_effect& effect) {
    const bool blocks = !effect.new_table && effect.lock >= table_lock::share;
    if (blocks && (effect.rewrites || effect.scans)) return colour::red;
    return blocks ? colour::yellow : colour::none;
}

json_value json_of(const planned_migration& file, const std::vector<statement_effect>& effects) {
    json_value::array statements;
    for (const auto& one : effects)
        statements.push_back(json_value::object{
            {"line", static_cast<std::int64_t>(one.line)},
            {"statement", one.statement},
            {"table", one.table.empty() ? json_value() : json_value(one.table)},
            {"lock", one.lock == table_lock::none ? json_value() : json_value(name_of(one.lock))},
            {"rewrites", one.rewrites},
            {"scans", one.scans},
            {"new_table", one.new_table}});
    return json_value::object{{"version", file.version.empty() ? json_value() : json_value(file.version)},
                              {"file", file.file},
                              {"why", text_of(file.why)},
                              {"transaction", file.transaction},
                              {"out_of_order", file.out_of_order},
                              {"statements_done", static_cast<std::int64_t>(file.statements_done)},
                              {"statements", std::move(statements)}};
}

const migration* find(const migration_set& set, const planned_migration& of) {
    return of.version.empty() ? set.find_repeatable(of.name) : set.find(of.version);
}

/// A dump may hold a hundred thousand INSERTs: nobody reads that many lines.
constexpr std::size_t most_statements = 40;

void print(const output& out, const planned_migration& file, const std::vector<statement_effect>& effects) {
    out.line(out.coloured(file.file, colour::bold) + remarks(file));
    std::size_t width = 0;
    const auto shown = std::min(effects.size(), most_statements);
    for (std::size_t i = 0; i < shown; ++i)
        width = std::max(width, std::min<std::size_t>(effects[i].statement.size(), 48));
    for (std::size_t i = 0; i < shown; ++i) {
        auto statement = effects[i].statement;
        statement.resize(std::max(statement.size(), width), ' ');
        auto line = std::to_string(effects[i].line);
        line.insert(0, line.size() < 4 ? 4 - line.size() : 0, ' ');
        out.line("  " + line + "  " + statement + "  " +
                 out.coloured(effect_text(effects[i]), colour_of(effects[i])));
    }
    if (effects.size() > shown) out.line("        and " + counted(effects.size() - shown, "more statement"));
}

} // namespace

int migrate_plan(const context& in) {
    const auto set = files_of(in);
    connection on(server_of(in));
    const auto plan = plan_migrations(on, set, migration_options_of(in));
    for (const auto& warning : plan.warnings) in.out.warning(warning);
    json_value::array files;
    for (const auto& file : plan.files) {
        const auto* const of = find(set, file);
        const auto effects = of ? statement_effects(*of) : std::vector<statement_effect>{};
        if (in.given.json) files.push_back(json_of(file, effects));
        else print(in.out, file, effects);
    }
    if (in.given.json)
        in.out.json(json_value::object{{"files", std::move(files)},
                                       {"already_applied", static_cast<std::int64_t>(plan.already_applied)}});
    else
        in.out.line(counted(plan.files.size(), "file") + " to apply, " +
                    std::to_string(plan.already_applied) + " already there");
    return 0;
}

} // namespace howdah::cli

// SPDX-License-Identifier: BSL-1.0
#include <howdah/migration_lint.hpp>

#include "commands.hpp"

namespace howdah::cli {
namespace {

const char* text_of(lint_level level) {
    return level == lint_level::error ? "error" : "warning";
}

int list_rules(const context& in) {
    std::vector<std::vector<cell>> rows;
    json_value::array all;
    for (const auto& rule : lint_rules()) {
        rows.push_back({rule.name, text_of(rule.level), rule.about});
        all.push_back(
            json_value::object{{"rule", rule.name}, {"level", text_of(rule.level)}, {"about", rule.about}});
    }
    if (in.given.json) in.out.json(std::move(all));
    else print_table(in.out, {"RULE", "LEVEL", ""}, rows);
    return 0;
}

/// Of the whole set, or of the files that are named on the command line.
std::vector<lint_finding> findings(const context& in) {
    const auto set = files_of(in);
    if (in.given.names.empty()) return lint(set);
    std::vector<lint_finding> out;
    for (const auto& name : in.given.names) {
        const migration* const file = set.find(name) ? set.find(name) : set.find_repeatable(name);
        const migration* found = file;
        for (const auto& one : set)
            if (one.file == name || one.file.ends_with('/' + name)) found = &one;
        if (!found) throw refusal{exit_code::usage, name + ": no migration has this version or file"};
        for (auto& one : lint(*found)) out.push_back(std::move(one));
    }
    return out;
}

json_value json_of(const lint_finding& one) {
    return json_value::object{{"file", one.file},
                              {"line", static_cast<std::int64_t>(one.line)},
                              {"column", static_cast<std::int64_t>(one.column)},
                              {"rule", one.rule},
                              {"level", text_of(one.level)},
                              {"message", one.message},
                              {"ignored", one.reason}};
}

void print(const output& out, const lint_finding& one) {
    const bool grave = one.level == lint_level::error;
    out.line(one.file + ':' + std::to_string(one.line) + ':' + std::to_string(one.column) + ": " +
             out.coloured(text_of(one.level), grave ? colour::red : colour::yellow) + ' ' +
             std::string(one.rule));
    out.line("  " + one.message);
}

} // namespace

int migrate_lint(const context& in) {
    if (in.given.rules) return list_rules(in);
    std::size_t errors = 0, warnings = 0, ignored = 0;
    json_value::array all;
    for (const auto& one : findings(in)) {
        ++(one.reason ? ignored : one.level == lint_level::error ? errors : warnings);
        if (in.given.json) all.push_back(json_of(one));
        else if (!one.reason) print(in.out, one);
    }
    if (in.given.json) in.out.json(std::move(all));
    else
        in.out.line(counted(errors, "error") + ", " + counted(warnings, "warning") + ", " +
                    std::to_string(ignored) + " ignored with a reason");
    return static_cast<int>(errors > 0 ? exit_code::lint : exit_code::done);
}

} // namespace howdah::cli

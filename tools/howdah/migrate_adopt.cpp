// SPDX-License-Identifier: BSL-1.0
#include <howdah/migration_adopt.hpp>

#include "commands.hpp"

namespace howdah::cli {
namespace {

json_value::array list_of(const std::vector<std::string>& texts) {
    json_value::array out;
    for (const auto& text : texts) out.push_back(text);
    return out;
}

adoption_options how_to(const context& in) {
    adoption_options out;
    if (!in.given.tool.empty()) {
        out.tool = tool_named(in.given.tool);
        if (!out.tool) throw refusal{exit_code::usage, "--tool: there is no tool " + in.given.tool};
    }
    out.table = in.given.tool_table;
    out.baseline = in.given.baseline;
    out.accept_changed = in.given.accept_changed;
    return out;
}

int give_back(const context& in) {
    const auto done =
        hand_back_migrations(checked_server_of(in), read_directory(in), how_to(in), migration_options_of(in));
    const std::string tool(name_of(done.tool));
    if (in.given.json) {
        in.out.json(
            json_value::object{{"tool", tool}, {"table", done.table}, {"written", list_of(done.written)}});
        return 0;
    }
    for (const auto& file : done.written) in.out.line("told " + tool + " of " + file);
    in.out.line(done.had_history ? "given back to " + tool + " (" + done.table + ")"
                                 : "there is no history to give back");
    return 0;
}

} // namespace

int migrate_adopt(const context& in) {
    if (in.given.back) return give_back(in);
    const auto done =
        adopt_migrations(checked_server_of(in), read_directory(in), how_to(in), migration_options_of(in));
    if (in.given.json) {
        in.out.json(json_value::object{{"tool", std::string(name_of(done.tool))},
                                       {"table", done.table},
                                       {"adopted", list_of(done.adopted)},
                                       {"known", static_cast<std::int64_t>(done.known)},
                                       {"pending", list_of(done.pending)},
                                       {"warnings", list_of(done.warnings)}});
        return 0;
    }
    for (const auto& file : done.adopted) in.out.line("adopted " + file);
    for (const auto& warning : done.warnings) in.out.warning(warning);
    in.out.line(std::to_string(done.adopted.size()) + " adopted from " + std::string(name_of(done.tool)) +
                " (" + done.table + "), " + std::to_string(done.known) + " already there, " +
                std::to_string(done.pending.size()) + " pending");
    return 0;
}

} // namespace howdah::cli

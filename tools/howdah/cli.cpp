// SPDX-License-Identifier: BSL-1.0
#include <howdah/cli.hpp>

#include <cstring>
#include <map>
#include <string>
#include <string_view>

#include "commands.hpp"
#include "help.hpp"

namespace howdah::cli {

int list_exit_codes(const context& in) {
    std::vector<std::vector<cell>> rows;
    json_value::array all;
    for (const auto& [code, meaning] : exit_codes()) {
        const auto number = static_cast<int>(code);
        rows.push_back({std::to_string(number), meaning});
        all.push_back(json_value::object{{"code", std::int64_t{number}}, {"meaning", meaning}});
    }
    if (in.given.json) in.out.json(std::move(all));
    else print_table(in.out, {"CODE", "MEANING"}, rows);
    return 0;
}

int print_completion(const context& in) {
    in.out.raw(completion_script(describe_commands(in.program), in.given.names.front()));
    return 0;
}

int print_manual(const context& in) {
    in.out.raw(manual_page(describe_commands(in.program)));
    return 0;
}

namespace {

using command = int (*)(const context&);
const std::map<std::string_view, command> commands{
    {"migrate add", migrate_add},           {"migrate run", migrate_run},
    {"migrate plan", migrate_plan},         {"migrate verify", migrate_verify},
    {"migrate baseline", migrate_baseline}, {"migrate repair", migrate_repair},
    {"migrate adopt", migrate_adopt},       {"migrate undo", migrate_undo},
    {"migrate script", migrate_script},     {"migrate lint", migrate_lint},
    {"migrate wait", migrate_wait},         {"migrate info", migrate_info},
    {"db create", database_create},         {"db drop", database_drop},
    {"db reset", database_reset},           {"db url", database_url_shown},
    {"schema show", schema_show},           {"schema dump", schema_dump},
    {"schema diff", schema_diff},           {"schema graph", schema_graph},
    {"completion", print_completion},       {"manual", print_manual},
    {"exit-codes", list_exit_codes},
};

/// `code`, or that what was printed is not there: a script or dump that was cut off is none.
int after_writing(const output& out, int code) {
    if (out.failure() == 0) return code;
    out.error("the output cannot be written: " + std::string(std::strerror(out.failure())));
    return code == 0 ? static_cast<int>(exit_code::other) : code;
}

int run(int argc, const char* const* argv, const embedded_migrations* embedded) {
    const output out;
    const auto line = read_command_line(argc, argv);
    if (line.refused) out.error(line.text);
    else out.raw(line.text);
    if (!line.runs)
        return after_writing(out, static_cast<int>(line.refused ? exit_code::usage : exit_code::done));
    const std::string_view called = argc > 0 ? argv[0] : "howdah";
    const std::string program(called.substr(called.find_last_of('/') + 1));
    const context in{line.given, out, program, embedded};
    try {
        return after_writing(out, commands.at(line.given.command)(in));
    } catch (const refusal& refused) {
        out.error(refused.message);
        return static_cast<int>(refused.code);
    } catch (const error& failure) {
        return report(in, failure);
    } catch (const std::exception& failure) {
        out.error(failure.what());
        return static_cast<int>(exit_code::other);
    }
}

} // namespace

int main(int argc, const char* const* argv) {
    return run(argc, argv, nullptr);
}

int main(int argc, const char* const* argv, const embedded_migrations& migrations) {
    return run(argc, argv, &migrations);
}

} // namespace howdah::cli

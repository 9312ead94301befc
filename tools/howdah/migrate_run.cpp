// SPDX-License-Identifier: BSL-1.0
#include "commands.hpp"

namespace howdah::cli {
namespace {

void tell(const output& out, const migration_event& event) {
    const std::string file(event.file);
    switch (event.what) {
    case migration_event::kind::waiting:
        out.message("waiting for another runner: " + std::string(event.holder));
        out.begin_progress("waiting");
        break;
    case migration_event::kind::applying: out.begin_progress("applying " + file); break;
    case migration_event::kind::applied:
        out.line(out.coloured("applied", colour::green) + ' ' + file + " (" + spelled(event.duration) + ')');
        break;
    case migration_event::kind::resuming:
        out.message(file + ": going on behind statement " + std::to_string(event.statement) + " of " +
                    std::to_string(event.statements));
        break;
    case migration_event::kind::statement:
        out.begin_progress("applying " + file + ", statement " + std::to_string(event.statement) + " of " +
                           std::to_string(event.statements));
        break;
    case migration_event::kind::retrying:
        out.message(file + ": a table was locked for too long, trying again in " + spelled(event.duration));
        break;
    case migration_event::kind::undoing: out.begin_progress("taking back " + file); break;
    case migration_event::kind::undone:
        out.line(out.coloured("taken back", colour::green) + ' ' + file + " (" + spelled(event.duration) +
                 ')');
        break;
    case migration_event::kind::warning: out.warning(event.message); break;
    }
}

json_value report_of(const migration_report& done) {
    json_value::array applied;
    for (const auto& file : done.applied)
        applied.push_back(json_value::object{{"version", file.version},
                                             {"file", file.file},
                                             {"duration_ms", std::int64_t{file.duration.count()}},
                                             {"out_of_order", file.out_of_order}});
    return json_value::object{{"applied", std::move(applied)},
                              {"already_applied", static_cast<std::int64_t>(done.already_applied)}};
}

} // namespace

int migrate_run(const context& in) {
    if (in.given.dry_run) return migrate_plan(in);
    auto how = migration_options_of(in);
    const auto set = files_of(in);
    const auto server = server_of(in);
    {
        connection on(server);
        check_protection(in, on, false);
    }
    how.on_event = [&](const migration_event& event) {
        if (!in.given.json || event.what == migration_event::kind::warning) tell(in.out, event);
    };
    const auto done = migrate(server, set, how);
    in.out.end_progress();
    if (in.given.json) in.out.json(report_of(done));
    else
        in.out.line(std::to_string(done.applied.size()) + " applied, " +
                    std::to_string(done.already_applied) + " were there");
    return 0;
}

} // namespace howdah::cli

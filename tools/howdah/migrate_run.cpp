// SPDX-License-Identifier: BSL-1.0
#include "commands.hpp"
#include "stop_signals.hpp"

namespace howdah::cli {
namespace {

json_value report_of(const migration_report& done) {
    json_value::array applied;
    for (const auto& file : done.applied) applied.push_back(json_of(file));
    return json_value::object{{"applied", std::move(applied)},
                              {"already_applied", static_cast<std::int64_t>(done.already_applied)}};
}

} // namespace

int migrate_run(const context& in) {
    if (in.given.dry_run) return migrate_plan(in);
    auto how = migration_options_of(in);
    const auto set = files_of(in);
    const auto server = checked_server_of(in);
    const stop_signals signals;
    how.stop = signals.token();
    const auto done = migrate(server, set, how);
    in.out.end_progress();
    if (in.given.json) in.out.json(report_of(done));
    else
        in.out.line(std::to_string(done.applied.size()) + " applied, " +
                    std::to_string(done.already_applied) + " already there");
    return 0;
}

} // namespace howdah::cli

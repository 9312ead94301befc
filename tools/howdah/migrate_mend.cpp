// SPDX-License-Identifier: BSL-1.0
//
// verify, baseline, repair, undo, script, wait.
#include <howdah/migration_commands.hpp>

#include "commands.hpp"
#include "stop_signals.hpp"

namespace howdah::cli {
namespace {

int answer(const context& in, const std::vector<migration_fault>& faults) {
    json_value::array all;
    for (const auto& fault : faults) {
        if (in.given.json) all.push_back(json_value::object{{"file", fault.file}, {"what", fault.what}});
        else in.out.line(in.out.coloured("fault", colour::red) + ' ' + fault.what);
    }
    if (in.given.json) in.out.json(std::move(all));
    else if (faults.empty()) in.out.line("files and history agree");
    return faults.empty() ? 0 : static_cast<int>(code_of(faults.front().kind));
}

} // namespace

int migrate_verify(const context& in) {
    const auto set = files_of(in);
    const auto how = migration_options_of(in);
    if (in.given.offline) return answer(in, verify_migrations(set, how));
    connection on(server_of(in));
    return answer(in, verify_migrations(on, set, how));
}

int migrate_baseline(const context& in) {
    const auto set = files_of(in);
    const auto how = migration_options_of(in);
    const auto& version = in.given.names.front();
    baseline_migrations(checked_server_of(in), set, version, how);
    in.out.line("everything up to version " + version + " counts as applied");
    return 0;
}

int migrate_repair(const context& in) {
    const auto chosen = (in.given.accept ? 1 : 0) + (in.given.finish ? 1 : 0) + (in.given.forget ? 1 : 0);
    if (chosen != 1)
        throw refusal{exit_code::usage,
                      "repair needs one of --accept, --finish and --forget, with a version"};
    const auto set = files_of(in);
    const auto how = migration_options_of(in);
    const auto repair = in.given.accept   ? migration_repair::accept
                        : in.given.finish ? migration_repair::finish
                                          : migration_repair::forget;
    const auto& key = in.given.accept   ? *in.given.accept
                      : in.given.finish ? *in.given.finish
                                        : *in.given.forget;
    repair_migrations(checked_server_of(in), set, repair, key, how);
    static constexpr const char* done[] = {"is accepted as its file is now", "counts as applied",
                                           "is forgotten"};
    in.out.line(key + ' ' + done[static_cast<unsigned char>(repair)]);
    return 0;
}

int migrate_undo(const context& in) {
    const auto set = files_of(in);
    auto how = migration_options_of(in);
    how.to.reset();
    const auto server = checked_server_of(in);
    const stop_signals signals;
    how.stop = signals.token();
    const auto done = undo_migrations(server, set, {.to = in.given.to}, how);
    in.out.end_progress();
    json_value::array undone;
    for (const auto& file : done.undone) undone.push_back(json_of(file));
    if (in.given.json) in.out.json(json_value::object{{"undone", std::move(undone)}});
    else in.out.line(counted(done.undone.size(), "migration") + " taken back");
    return 0;
}

int migrate_script(const context& in) {
    auto how = migration_options_of(in);
    how.to.reset();
    in.out.raw(migration_script(files_of(in), {.from = in.given.from, .to = in.given.to}, how));
    return 0;
}

int migrate_wait(const context& in) {
    const auto timeout = read_time(in.given.timeout, "--timeout");
    const auto set = files_of(in);
    if (wait_for_migrations(server_of(in), set, timeout, migration_options_of(in))) {
        in.out.line("nothing is pending");
        return 0;
    }
    throw refusal{exit_code::pending, "migrations are still pending after " + spelled(timeout)};
}

} // namespace howdah::cli

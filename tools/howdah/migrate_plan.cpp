// SPDX-License-Identifier: BSL-1.0
#include "commands.hpp"

namespace howdah::cli {

int migrate_plan(const context& in) {
    const auto set = files_of(in);
    connection on(server_of(in));
    std::size_t count = 0;
    json_value::array files;
    for (const auto& one : migration_status(on, set, migration_options_of(in))) {
        if (one.state != migration_state::pending && one.state != migration_state::failed) continue;
        if (in.given.to && !one.version.empty() &&
            compare_versions(one.version, *in.given.to, set.order()) > 0)
            continue;
        ++count;
        if (in.given.json) files.push_back(json_value::object{{"version", one.version}, {"file", one.file}});
        else in.out.line("would apply " + one.file);
    }
    if (in.given.json) in.out.json(json_value::object{{"pending", std::move(files)}});
    else in.out.line(counted(count, "file") + " to apply");
    return 0;
}

} // namespace howdah::cli

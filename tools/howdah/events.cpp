// SPDX-License-Identifier: BSL-1.0
//
// What a run tells while it works.
#include "context.hpp"

namespace howdah::cli {

void tell(const context& in, const migration_event& event) {
    using enum migration_event::kind;
    const auto& out = in.out;
    const std::string file(event.file);
    const auto ended = [&](const char* what) {
        out.end_progress();
        if (!in.given.json)
            out.line(out.coloured(what, colour::green) + ' ' + file + " (" + spelled(event.duration) + ')');
    };
    switch (event.what) {
    case waiting:
        out.message("waiting for another runner: " + std::string(event.holder));
        out.begin_progress("waiting");
        break;
    case applying: out.begin_progress("applying " + file); break;
    case undoing: out.begin_progress("taking back " + file); break;
    case statement:
        if (event.statements > 1)
            out.begin_progress("applying " + file + ", statement " + std::to_string(event.statement) +
                               " of " + std::to_string(event.statements));
        break;
    case resuming:
        out.message("going on with " + file + ": " + std::to_string(event.statement) + " of " +
                    std::to_string(event.statements) + " statements done");
        break;
    case retrying:
        out.warning(file + ": attempt " + std::to_string(event.attempt) +
                    " waited too long for a table; again in " + spelled(event.duration));
        break;
    case applied: ended("applied"); break;
    case undone: ended("took back"); break;
    case warning: out.warning(event.message); break;
    case notice: out.message("notice: " + std::string(event.message)); break;
    }
}

json_value json_of(const migration_report::applied_file& file) {
    return json_value::object{{"version", file.version.empty() ? json_value() : json_value(file.version)},
                              {"file", file.file},
                              {"duration_ms", std::int64_t{file.duration.count()}},
                              {"out_of_order", file.out_of_order}};
}

} // namespace howdah::cli

// SPDX-License-Identifier: BSL-1.0
#include <howdah/migration.hpp>

#include <utility>

#include "migration_plan.hpp"
#include "migration_session.hpp"
#include "migration_steps.hpp"

namespace howdah {
namespace {

using std::chrono::milliseconds;
using clock = std::chrono::steady_clock;

class migration_runner {
public:
    migration_runner(const connection_config& server, const migration_set& set,
                     const migration_options& options)
        : set_(set), options_(options), session_(server, options) {}

    migration_report run() {
        // An up-to-date database, the usual case, needs no lock and no right to write.
        const auto rows = session_.history().read(session_.on(), set_.order());
        const auto plan = detail::plan_files(set_, rows, options_);
        report_.already_applied = plan.applied;
        if (options_.dry_run || (!rows.empty() && plan.files.empty())) {
            warn(plan);
            for (const auto& planned : plan.files) report_.planned.push_back(detail::described(planned));
        } else {
            session_.check_protection();
            run_locked();
        }
        return std::move(report_);
    }

private:
    void run_locked() {
        const detail::migration_lock lock(session_.on(), session_.history(), options_);
        session_.begin_afresh({});
        session_.history().create_or_upgrade(session_.on());
        const auto rows = session_.history().read(session_.on(), set_.order());
        const auto plan = detail::plan_files(set_, rows, options_);
        report_.already_applied = plan.applied;
        warn(plan);
        // Everything that can be refused is, before anything is applied.
        for (const auto& planned : plan.files)
            (void)detail::expanded_text(detail::up_side(*planned.file), options_.placeholders);
        for (const auto& planned : plan.files) apply(planned, lock);
    }

    void warn(const detail::file_plan& plan) const {
        for (const auto& warning : plan.warnings) {
            migration_event event{migration_event::kind::warning};
            event.message = warning;
            session_.tell(event);
        }
    }

    void apply(const detail::planned_file& planned, const detail::migration_lock& lock) {
        const auto& file = *planned.file;
        session_.tell({migration_event::kind::applying, file.file});
        const detail::runnable script(detail::up_side(file), options_);
        milliseconds took{0};
        try {
            took =
                by_steps(planned) ? apply_steps(planned, script, lock) : apply_whole(planned, script, lock);
        } catch (const connection_error& failure) {
            throw detail::naming(
                failure, file.file,
                "run again: the history tells what is applied, and the run goes on from there");
        }
        report_.applied.push_back({file.version, file.file, took, planned.out_of_order});
        migration_event event{migration_event::kind::applied, file.file};
        event.duration = took;
        session_.tell(event);
    }

    /// A file that was stopped goes on as it began, whatever it says now. A repeatable one may begin again.
    static bool by_steps(const detail::planned_file& planned) {
        return !planned.file->directives.transaction ||
               (continues(planned) && planned.row->statements_done > 0);
    }
    static bool continues(const detail::planned_file& planned) {
        return planned.row && planned.row->unfinished() && !planned.row->repeatable();
    }

    milliseconds apply_whole(const detail::planned_file& planned, const detail::runnable& script,
                             const detail::migration_lock& lock) {
        return session_.run_in_transaction(script, lock, [&](milliseconds took) {
            auto row = row_of(planned);
            row.statements_done = row.statements_total = static_cast<std::int32_t>(script.commands.size());
            row.duration_ms = took.count();
            session_.history().write(session_.on(), row);
        });
    }

    milliseconds apply_steps(const detail::planned_file& planned, const detail::runnable& script,
                             const detail::migration_lock& lock) {
        const auto start = clock::now();
        const auto* const found = continues(planned) ? planned.row : nullptr;
        detail::migration_steps steps(session_, script, row_of(planned), found, "running");
        steps.run(lock);
        const auto took = std::chrono::duration_cast<milliseconds>(clock::now() - start);
        auto row = steps.row();
        row.status.assign("applied");
        row.duration_ms = took.count();
        session_.keep(row);
        return took;
    }

    [[nodiscard]] detail::history_row row_of(const detail::planned_file& planned) const {
        auto row = detail::row_of(*planned.file, set_.order());
        row.out_of_order = planned.out_of_order;
        if (row.repeatable()) row.expanded_checksum = detail::expanded_checksum(*planned.file, options_);
        if (!options_.build_id.empty()) row.build_id = options_.build_id;
        return row;
    }

    const migration_set& set_;
    const migration_options& options_;
    detail::migration_session session_;
    migration_report report_;
};

} // namespace

migration_report migrate(const connection_config& server, const migration_set& set,
                         const migration_options& options) {
    return migration_runner(server, set, options).run();
}

} // namespace howdah

// SPDX-License-Identifier: BSL-1.0
//
// Taking migrations back.
#include <howdah/migration_commands.hpp>

#include <algorithm>

#include "migration_plan.hpp"
#include "migration_session.hpp"
#include "migration_steps.hpp"

namespace howdah {
namespace {

using detail::history_row;
using std::chrono::milliseconds;
using clock = std::chrono::steady_clock;

class undo_runner {
public:
    undo_runner(const connection_config& server, const migration_set& set, const undo_target& target,
                const migration_options& options)
        : set_(set), target_(target), options_(options), session_(server, options) {}

    undo_report run() {
        session_.check_protection();
        const detail::migration_lock lock(session_.on(), session_.history(), options_);
        session_.begin_afresh({});
        if (session_.history().found_format(session_.on()) != 0)
            session_.history().create_or_upgrade(session_.on());
        rows_ = session_.history().read(session_.on(), set_.order());
        check_target();
        const auto rows = rows_to_undo();
        for (const auto* row : rows) check(*row);
        for (const auto* row : rows) undo(*row, *set_.find(row->version), lock);
        return std::move(report_);
    }

private:
    void check_target() const {
        if (!target_.to || *target_.to == "0" || set_.find(*target_.to)) return;
        const auto known = [&](const history_row& row) {
            return !row.repeatable() && compare_versions(row.version, *target_.to, set_.order()) == 0;
        };
        if (std::any_of(rows_.begin(), rows_.end(), known)) return;
        throw migration_error(migration_failure::missing,
                              "there is no migration of version " + *target_.to +
                                  " to go back to; look at the status",
                              *target_.to);
    }

    [[nodiscard]] std::vector<const history_row*> rows_to_undo() const {
        std::vector<const history_row*> out;
        for (auto row = rows_.rbegin(); row != rows_.rend(); ++row) {
            if (row->repeatable()) continue;
            if (target_.to && *target_.to != "0" &&
                compare_versions(row->version, *target_.to, set_.order()) <= 0)
                break;
            out.push_back(&*row);
            if (!target_.to) break;
        }
        return out;
    }

    void check(const history_row& row) const {
        const auto* const file = set_.find(row.version);
        std::string reason;
        if (row.status == "baseline" || row.kind == "baseline")
            reason = " is the baseline of this database: nothing before it is known";
        else if (row.unfinished())
            reason = " was stopped in the middle: run again, or repair it with finish or forget";
        else if (!file) reason = " has no file: bring it back, or use the program that has it";
        else if (!file->down_text)
            reason = " has no down file beside " + file->file +
                     ": write one, or put the change into a new migration";
        if (!reason.empty())
            throw migration_error(migration_failure::no_way_back,
                                  "version " + row.version + " ('" + row.name +
                                      "') cannot be taken back; it" + reason,
                                  file ? file->file : row.version);
    }

    void undo(const history_row& row, const migration& file, const detail::migration_lock& lock) {
        session_.tell({migration_event::kind::undoing, file.down_file});
        const detail::runnable script(detail::down_side(file), options_);
        milliseconds took{0};
        try {
            const bool goes_on = row.status == "undoing" && row.statements_done > 0;
            took = file.down_directives.transaction && !goes_on ? undo_whole(row, script, lock)
                                                                : undo_steps(row, script, lock);
        } catch (const connection_error& failure) {
            throw detail::naming(
                failure, file.down_file,
                "undo again: the history tells what is taken back, and the run goes on from there");
        }
        report_.undone.push_back({file.version, file.down_file, took, row.out_of_order});
        migration_event event{migration_event::kind::undone, file.down_file};
        event.duration = took;
        session_.tell(event);
    }

    milliseconds undo_whole(const history_row& row, const detail::runnable& script,
                            const detail::migration_lock& lock) {
        return session_.run_in_transaction(
            script, lock, [&](milliseconds) { session_.history().erase(session_.on(), row.version); });
    }

    milliseconds undo_steps(const history_row& row, const detail::runnable& script,
                            const detail::migration_lock& lock) {
        const auto start = clock::now();
        detail::migration_steps steps(session_, script, row, row.status == "undoing" ? &row : nullptr,
                                      "undoing");
        steps.run(lock);
        session_.forget(row.version);
        return std::chrono::duration_cast<milliseconds>(clock::now() - start);
    }

    const migration_set& set_;
    const undo_target& target_;
    const migration_options& options_;
    detail::migration_session session_;
    std::vector<history_row> rows_;
    undo_report report_;
};

} // namespace

undo_report undo_migrations(const connection_config& server, const migration_set& set,
                            const undo_target& target, const migration_options& options) {
    return undo_runner(server, set, target, options).run();
}

} // namespace howdah

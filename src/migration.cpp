// SPDX-License-Identifier: BSL-1.0
#include <howdah/migration.hpp>

#include <memory>
#include <utility>

#include "migration_plan.hpp"
#include "migration_text.hpp"

namespace howdah {
namespace {

using std::chrono::milliseconds;

connection_config own_config(connection_config config) {
    config.application_name += "-migrate"; // what the others, who wait, are told
    config.statement_timeout = std::chrono::hours(24 * 365);
    return config;
}

/// The session as a new one of this user would be, whatever the file before left behind, and without the
/// limits that are meant for the queries of a program.
std::string fresh_session(milliseconds lock_timeout, milliseconds statement_timeout) {
    return "reset session authorization; reset role; reset all; discard temp; set timezone = 'UTC';"
           " set datestyle = 'ISO, MDY'; set intervalstyle = 'postgres'; set standard_conforming_strings = "
           "on;"
           " set idle_in_transaction_session_timeout = 0; set lock_timeout = " +
           std::to_string(lock_timeout.count()) +
           "; set statement_timeout = " + std::to_string(statement_timeout.count());
}

class migration_runner {
public:
    migration_runner(const connection_config& server, const migration_options& options)
        : options_(options), history_(options), on_(own_config(server)) {}

    migration_report run(const migration_set& set) {
        order_ = set.order();
        // An up-to-date database, the usual case, needs no lock and no right to write.
        const auto rows = history_.read(on_, order_);
        const auto plan = detail::plan_files(set, rows, options_);
        if (!rows.empty() && plan.files.empty()) warn(plan);
        else run_locked(set);
        return std::move(report_);
    }

private:
    void run_locked(const migration_set& set) {
        const detail::migration_lock lock(on_, history_, options_);
        on_.run_script(fresh_session(options_.table_lock_timeout, milliseconds{0}));
        history_.create_or_upgrade(on_);
        const auto rows = history_.read(on_, order_);
        const auto plan = detail::plan_files(set, rows, options_);
        warn(plan);
        for (const auto& planned : plan.files) check_supported(planned);
        for (const auto& planned : plan.files) apply(planned, lock);
    }

    static void check_supported(const detail::planned_file& planned) {
        const auto& file = *planned.file;
        if (!file.directives.transaction)
            detail::bad_file(file.file, "transaction=off is not supported by this version of howdah");
        if (planned.row && planned.row->unfinished())
            throw migration_error(migration_failure::drift,
                                  file.file + " stands in the history as '" + planned.row->status +
                                      "', which this version of howdah cannot go on from",
                                  file.file);
    }

    void warn(const detail::file_plan& plan) {
        report_.already_applied = plan.applied;
        for (const auto& warning : plan.warnings) tell({migration_event::kind::warning, {}, {}, {}, warning});
    }

    void apply(const detail::planned_file& planned, const detail::migration_lock& lock) {
        const auto& file = *planned.file;
        tell({migration_event::kind::applying, file.file, {}, {}, {}});
        const auto start = std::chrono::steady_clock::now();
        on_.run_script(fresh_session(file.directives.lock_timeout.value_or(options_.table_lock_timeout),
                                     file.directives.statement_timeout.value_or(options_.statement_timeout)));
        on_.run_script("begin isolation level read committed read write");
        lock.check();
        const auto commands = detail::read_sql(file.text, detail::sql_wrapping::allowed).commands;
        for (const auto& command : commands)
            if (runs(command)) run_command(file, command);
        // The file may have gone over to a role that must not write the history.
        on_.run_script("reset session authorization; reset role");
        const auto took = std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - start);
        record(planned, took);
        commit(file);
        report_.applied.push_back({file.version, file.file, took, planned.out_of_order});
        tell({migration_event::kind::applied, file.file, {}, took, {}});
    }

    void record(const detail::planned_file& planned, milliseconds took) {
        auto row = detail::row_of(*planned.file, order_);
        row.out_of_order = planned.out_of_order;
        row.duration_ms = took.count();
        if (!options_.build_id.empty()) row.build_id = options_.build_id;
        history_.write(on_, row);
    }

    static bool runs(const detail::sql_command& command) {
        return !command.blank() && command.kind != detail::sql_command_kind::begins &&
               command.kind != detail::sql_command_kind::commits;
    }

    void run_command(const migration& file, const detail::sql_command& command) {
        const std::string_view text = file.text;
        try {
            const auto words = text.substr(command.first, command.last - command.first);
            if (command.kind == detail::sql_command_kind::copy_in)
                on_.copy_in(words, text.substr(command.data, command.data_end - command.data));
            else on_.run_script(words);
        } catch (const server_error& failure) {
            const auto position = failure.message().position;
            auto at = locate(text, detail::count_characters(text.substr(0, command.first)) +
                                       (position == 0 ? 1 : position));
            at.line += file.lines_before;
            refuse(file, at, "the server refused this command", failure);
        }
        // The files are searched for such commands beforehand; this is the proof that none was overlooked.
        if (on_.state() != session_state::in_transaction) {
            const auto at = detail::place_in_file(text, command.first, file.lines_before);
            throw migration_error(
                migration_failure::own_transaction,
                file.file + ':' + std::to_string(at.line) + ':' + std::to_string(at.column) +
                    ": this command ended the transaction of the migration; what stands before it is "
                    "applied but not recorded, undo it by hand and remove the command",
                file.file, at.line, at.column);
        }
    }

    void commit(const migration& file) {
        try {
            on_.run_script("COMMIT");
        } catch (const server_error& failure) {
            refuse(file, {0, 0}, "the server refused to commit it", failure);
        }
    }

    [[noreturn]] static void refuse(const migration& file, text_position at, const char* what,
                                    const server_error& failure) {
        std::string place = file.file;
        if (at.line > 0) place += ':' + std::to_string(at.line) + ':' + std::to_string(at.column);
        throw migration_error(
            migration_failure::sql,
            place + ": " + what + detail::in_brackets(failure.sqlstate()) +
                "; nothing of this file is applied; full_message() holds the server's words, mend the "
                "file and run again",
            file.file, at.line, at.column, std::make_shared<const server_error>(failure));
    }

    void tell(const migration_event& event) const {
        if (options_.on_event) options_.on_event(event);
    }

    const migration_options& options_;
    detail::migration_history history_;
    connection on_;
    version_order order_ = version_order::numeric;
    migration_report report_;
};

} // namespace

migration_report migrate(const connection_config& server, const migration_set& set,
                         const migration_options& options) {
    return migration_runner(server, options).run(set);
}

} // namespace howdah

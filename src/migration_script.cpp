// SPDX-License-Identifier: BSL-1.0
//
// A run as a text, for those who may not run programs against a database.
#include <howdah/migration_commands.hpp>

#include "migration_history.hpp"
#include "migration_runnable.hpp"
#include "migration_session.hpp"

namespace howdah {
namespace {

class script_writer {
public:
    script_writer(const migration_set& set, const script_range& range, const migration_options& options)
        : set_(set), range_(range), options_(options), history_(options) {}

    std::string write() {
        for (const auto* end : {&range_.from, &range_.to})
            if (*end && !set_.find(**end))
                throw migration_error(migration_failure::missing, "there is no migration of version " + **end,
                                      **end);
        head();
        const auto* const base = baseline();
        if (base) add(*base);
        for (const auto& file : set_)
            if (is_meant(file, base)) add(file);
        return std::move(out_);
    }

private:
    [[nodiscard]] int compare(std::string_view left, std::string_view right) const {
        return compare_versions(left, right, set_.order());
    }

    void head() {
        out_ = "-- Migrations made into a script by howdah, for psql.\n\\set ON_ERROR_STOP on\n";
        if (range_.from) return;
        if (options_.schema != "public") out_ += "create schema if not exists " + history_.schema() + ";\n";
        out_ += history_.creation("if not exists ") + ";\n";
    }

    /// The baseline with which an empty database begins.
    [[nodiscard]] const migration* baseline() const {
        const migration* out = nullptr;
        for (const auto& file : set_)
            if (!range_.from && file.kind == migration_kind::baseline &&
                (!range_.to || compare(file.version, *range_.to) <= 0))
                out = &file;
        return out;
    }

    [[nodiscard]] bool is_meant(const migration& file, const migration* base) const {
        if (file.kind == migration_kind::baseline) return false;
        if (file.kind == migration_kind::repeatable) return !range_.to;
        return !(range_.from && compare(file.version, *range_.from) <= 0) &&
               !(range_.to && compare(file.version, *range_.to) > 0) &&
               !(base && compare(file.version, base->version) <= 0);
    }

    void add(const migration& file) {
        const detail::runnable script(detail::up_side(file), options_);
        const bool whole = file.directives.transaction;
        out_ += "\n-- " + file.file + '\n';
        out_ += detail::migration_session::afresh(
                    file.directives.lock_timeout.value_or(options_.table_lock_timeout),
                    file.directives.statement_timeout.value_or(options_.statement_timeout)) +
                ";\n";
        if (whole) out_ += "begin isolation level read committed read write;\n";
        for (const auto& command : script.commands) {
            out_.append(script.words(command)).append(";\n");
            if (command.kind == detail::sql_command_kind::copy_in)
                out_.append(script.data(command)).append("\\.\n");
        }
        auto row = detail::row_of(file, set_.order());
        row.statements_done = row.statements_total = static_cast<std::int32_t>(script.commands.size());
        if (row.repeatable()) row.expanded_checksum = detail::expanded_checksum(file, options_);
        if (!options_.build_id.empty()) row.build_id = options_.build_id;
        out_ += "reset session authorization; reset role;\n" + history_.script_row(row) + ";\n";
        if (whole) out_ += "commit;\n";
    }

    const migration_set& set_;
    const script_range& range_;
    const migration_options& options_;
    detail::migration_history history_;
    std::string out_;
};

} // namespace

std::string migration_script(const migration_set& set, const script_range& range,
                             const migration_options& options) {
    return script_writer(set, range, options).write();
}

} // namespace howdah

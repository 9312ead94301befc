// SPDX-License-Identifier: BSL-1.0
//
// Giving a database back to the tool that it was adopted from.
#include <howdah/migration_adopt.hpp>

#include <algorithm>

#include "migration_plan.hpp"
#include "migration_runnable.hpp"
#include "migration_session.hpp"
#include "migration_tools.hpp"

namespace howdah {
namespace {

using detail::history_row;
using detail::tool_row;
using detail::tool_row_kind;

class returning {
public:
    returning(const connection_config& server, const migration_directory& to, const adoption_options& how,
              const migration_options& options)
        : to_(to), set_(to.files), how_(how), options_(options), session_(server, options) {}

    hand_back_report run() {
        session_.check_protection();
        const detail::migration_lock lock(session_.on(), session_.history(), options_);
        session_.begin_afresh({});
        const auto tool = detail::find_tool(session_.on(), how_);
        out_.tool = tool.tool;
        out_.table = tool.table;
        if (session_.history().found_format(session_.on()) == 0) return std::move(out_);
        out_.had_history = true;
        session_.on().run_script("begin isolation level repeatable read read write");
        lock.check();
        ours_ = session_.history().read(session_.on(), set_.order());
        theirs_ = detail::read_tool(session_.on(), tool, to_);
        for (const auto& row : ours_) check(row);
        for (const auto& row : theirs_) check(row);
        if (tool.tool == migration_tool::golang_migrate) write_newest(tool);
        else write_rows(tool);
        session_.on().run_script("drop table " + session_.history().table());
        session_.on().run_script("commit");
        return std::move(out_);
    }

private:
    void check(const history_row& row) const {
        if (row.applied()) return;
        throw usage_error(
            "version " + row.version +
            " was stopped in the middle; run again, or repair it, before the database is given back");
    }

    /// Nothing may be applied for the tool that is not for us: it was undone here, or the tool went on.
    void check(const tool_row& row) const {
        if (row.kind != tool_row_kind::versioned || row.version.empty() ||
            out_.tool == migration_tool::alembic)
            return;
        const auto known = [&](const history_row& ours) {
            return !ours.repeatable() && compare_versions(ours.version, row.version, set_.order()) == 0;
        };
        if (std::any_of(ours_.begin(), ours_.end(), known)) return;
        const bool by_hash = out_.tool == migration_tool::drizzle;
        const std::string place = by_hash ? "hash = '" + row.checksum.value_or("")
                                  : out_.tool == migration_tool::goose ? "version_id = '" + row.version
                                                                       : "version = '" + row.version;
        throw migration_error(
            migration_failure::missing,
            "version " + row.version + " is applied, says " + out_.table +
                ", and is not in our history; if it was undone here, take it out there too: delete "
                "from " +
                out_.table + " where " + place + "'; if the tool applied it, adopt again",
            row.version);
    }

    [[nodiscard]] const migration* file_of(const history_row& row) const {
        return row.repeatable() ? set_.find_repeatable(row.name) : set_.find(row.version);
    }

    [[nodiscard]] bool has(const history_row& ours, const migration& file) {
        return std::any_of(theirs_.begin(), theirs_.end(), [&](const tool_row& row) {
            if (ours.repeatable())
                return row.kind == tool_row_kind::repeatable && row.name == file.name && row.checksum &&
                       detail::has_checksum(session_.on(), out_.tool, file, *row.checksum);
            if (row.version.empty()) // drizzle knows the text alone
                return row.checksum && detail::has_checksum(session_.on(), out_.tool, file, *row.checksum);
            return compare_versions(row.version, ours.version, set_.order()) == 0;
        });
    }

    [[nodiscard]] std::int64_t generated_at(const migration& file) const {
        const auto at = static_cast<std::size_t>(&file - &*set_.begin());
        return at < to_.generated_at.size() ? to_.generated_at[at] : 0;
    }

    void write_rows(const detail::tool_table& tool) {
        for (const auto& row : ours_) {
            const auto* const file = file_of(row);
            if (row.status == "baseline" || (file && has(row, *file))) continue;
            if (!file)
                throw migration_error(migration_failure::missing,
                                      "version " + row.version +
                                          " has no file, which is needed to tell the tool of it; "
                                          "bring it back",
                                      row.version);
            if (tool.tool == migration_tool::alembic)
                throw usage_error(file->file +
                                  " was applied since, and cannot be told to alembic, whose revisions are "
                                  "its own; undo it, or stamp a revision that does the same");
            detail::write_tool(session_.on(), tool, *file, row.applied_at, generated_at(*file));
            out_.written.push_back(file->file);
        }
    }

    /// golang-migrate knows one version: that and everything before it is applied.
    void write_newest(const detail::tool_table& tool) {
        const migration* newest = nullptr;
        bool gap = false;
        for (const auto& file : set_) {
            const bool applied = std::any_of(ours_.begin(), ours_.end(), [&](const history_row& row) {
                return compare_versions(row.version, file.version, set_.order()) == 0;
            });
            if (applied && gap)
                throw usage_error(file.file +
                                  " is applied, and a file before it is not, which golang-migrate cannot "
                                  "say; apply that one first");
            gap |= !applied;
            if (!applied) continue;
            newest = &file;
            if (theirs_.empty() || compare_versions(file.version, theirs_.front().version, set_.order()) > 0)
                out_.written.push_back(file.file);
        }
        if (newest) detail::write_tool(session_.on(), tool, *newest, now(), 0);
        else session_.on().run_script("delete from " + tool.table);
    }

    const migration_directory& to_;
    const migration_set& set_;
    const adoption_options& how_;
    const migration_options& options_;
    detail::migration_session session_;
    std::vector<history_row> ours_;
    std::vector<tool_row> theirs_;
    hand_back_report out_;
};

} // namespace

hand_back_report hand_back_migrations(const connection_config& server, const migration_directory& to,
                                      const adoption_options& how, const migration_options& options) {
    return returning(server, to, how, options).run();
}

} // namespace howdah

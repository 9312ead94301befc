// SPDX-License-Identifier: BSL-1.0
//
// Adopting what another tool has applied.
#include <howdah/migration_adopt.hpp>

#include <algorithm>

#include "migration_plan.hpp"
#include "migration_session.hpp"
#include "migration_text.hpp"
#include "migration_tools.hpp"

namespace howdah {
namespace {

using detail::history_row;
using detail::tool_row;
using detail::tool_row_kind;

statement once(const std::string& text) {
    statement out(text);
    out.prepare = false;
    return out;
}

class adoption {
public:
    adoption(const connection_config& server, const migration_directory& from, const adoption_options& how,
             const migration_options& options)
        : from_(from), set_(from.files), how_(how), options_(options), session_(server, options) {}

    adoption_report run() {
        session_.check_protection();
        const detail::migration_lock lock(session_.on(), session_.history(), options_);
        session_.begin_afresh({});
        const auto tool = detail::find_tool(session_.on(), how_);
        out_.tool = tool.tool;
        out_.table = tool.table;
        session_.on().run_script("begin isolation level repeatable read read write");
        lock.check();
        const auto applied = detail::read_tool(session_.on(), tool, from_);
        session_.history().create_or_upgrade(session_.on());
        known_ = session_.history().read(session_.on(), set_.order());
        check_begun();
        if (tool.tool == migration_tool::alembic) take_revision(applied);
        else
            for (const auto& row : applied) take(row);
        look_ahead();
        session_.on().run_script("commit");
        return std::move(out_);
    }

private:
    [[nodiscard]] std::string mark() const {
        return "adopted from " + std::string(name_of(out_.tool)) + " (" + out_.table + ')';
    }

    /// A history that did not begin with an adoption is somebody else's.
    void check_begun() const {
        const auto adopted = [&](const history_row& row) {
            return row.remark && row.remark->compare(0, 13, "adopted from ") == 0;
        };
        if (known_.empty() || std::any_of(known_.begin(), known_.end(), adopted)) return;
        throw migration_error(
            migration_failure::history_begun,
            "the history " + session_.history().table() +
                " holds migrations that howdah applied, and none that it adopted; there is nothing "
                "to take over. Look at the status",
            session_.history().table());
    }

    void take(const tool_row& row) {
        switch (row.kind) {
        case tool_row_kind::up_to: return take_up_to(row);
        case tool_row_kind::baseline: return take_baseline(row);
        case tool_row_kind::repeatable: return take_repeatable(row);
        case tool_row_kind::versioned:
        case tool_row_kind::replaced: break;
        }
        const auto* const file = file_of(row);
        if (!file) return without_file(row);
        check_text(*file, row);
        enter(*file, row);
    }

    [[nodiscard]] const migration* file_of(const tool_row& row) {
        const bool by_text = row.version.empty();
        for (const auto& file : set_) {
            if (file.kind == migration_kind::repeatable) continue;
            if (by_text) {
                if (detail::has_checksum(session_.on(), out_.tool, file, row.checksum.value_or("")))
                    return &file;
            } else if ((file.kind == migration_kind::baseline) == (row.kind == tool_row_kind::replaced) &&
                       compare_versions(file.version, row.version, set_.order()) == 0) {
                return &file;
            }
        }
        return nullptr;
    }

    void without_file(const tool_row& row) {
        const auto what = row.version.empty()
                              ? "a file with the hash " + row.checksum.value_or("?")
                              : "version " + row.version + (row.name.empty() ? "" : " ('" + row.name + "')");
        const auto reason =
            what + " is applied, says " + out_.table + ", but there is no such file; bring it back";
        if (!options_.allow_missing)
            throw migration_error(migration_failure::missing,
                                  reason + " as it was" +
                                      (out_.tool == migration_tool::flyway
                                           ? ", or, for a step that is no SQL, put an empty file in its place"
                                           : "") +
                                      ". To leave it out: allow_missing",
                                  row.version);
        out_.warnings.push_back(reason);
    }

    void check_text(const migration& file, const tool_row& row) {
        if (!row.checksum || row.version.empty() || how_.accept_changed) return;
        if (detail::has_checksum(session_.on(), out_.tool, file, *row.checksum)) return;
        throw migration_error(
            migration_failure::drift,
            file.file + " is not what " + std::string(name_of(out_.tool)) + " applied as version " +
                row.version +
                "; restore it as it was, or, if the database is right and the change is harmless, "
                "take it as it is now (accept_changed)",
            file.file);
    }

    void take_up_to(const tool_row& row) {
        if (!set_.find(row.version)) return without_file(row);
        for (const auto& file : set_)
            if (file.kind == migration_kind::versioned &&
                compare_versions(file.version, row.version, set_.order()) <= 0)
                enter(file, row);
    }

    void take_baseline(const tool_row& row) {
        history_row out;
        out.version = canonical_version(row.version, set_.order());
        out.kind.assign("versioned");
        out.name.assign(row.name);
        out.status.assign("baseline");
        if (const auto* const file = set_.find(row.version)) out = detail::row_of(*file, set_.order());
        out.status.assign("baseline");
        write(out, row, "everything up to version " + row.version);
    }

    void take_repeatable(const tool_row& row) {
        const auto* const file = set_.find_repeatable(row.name);
        if (!file) {
            out_.warnings.push_back("the repeatable migration '" + row.name + "' of " + out_.table +
                                    " has no file");
            return;
        }
        auto out = detail::row_of(*file, set_.order());
        out.expanded_checksum = detail::expanded_checksum(*file, options_);
        // One that changed since runs again, as it would have there.
        const bool same =
            row.checksum && detail::has_checksum(session_.on(), out_.tool, *file, *row.checksum);
        if (!same) out.checksum.assign("flyway:").append(row.checksum.value_or(""));
        if (!same) out.expanded_checksum.reset();
        write(out, row, file->file);
    }

    void take_revision(const std::vector<tool_row>& applied) {
        if (applied.empty()) return;
        std::string all;
        for (const auto& row : applied) all.append(all.empty() ? "" : ", ").append(row.version);
        const auto* const file = how_.baseline.empty() ? nullptr : set_.find(how_.baseline);
        if (!file)
            throw migration_error(
                migration_failure::missing,
                "the database is at revision " + all +
                    " of alembic; say which version of the files has that schema (baseline)" +
                    (how_.baseline.empty() ? "" : "; there is no " + how_.baseline),
                how_.baseline);
        auto row = applied.front();
        row.version = file->version;
        take_baseline(row);
    }

    void enter(const migration& file, const tool_row& row) {
        write(detail::row_of(file, set_.order()), row, file.file);
    }

    void write(history_row out, const tool_row& row, const std::string& what) {
        if (std::any_of(known_.begin(), known_.end(),
                        [&](const history_row& known) { return known.version == out.version; })) {
            ++out_.known;
            return;
        }
        out.remark = mark();
        if (!options_.build_id.empty()) out.build_id = options_.build_id;
        session_.history().write(session_.on(), out);
        if (row.applied_at)
            session_.on().run(
                once("update " + session_.history().table() +
                     " set applied_at = $2 where version operator(pg_catalog.=) $1::pg_catalog.text"),
                howdah::bind(out.version, *row.applied_at));
        out_.adopted.push_back(what);
    }

    /// What the next run will say.
    void look_ahead() {
        auto relaxed = options_;
        relaxed.out_of_order = out_of_order_policy::apply;
        const auto rows = session_.history().read(session_.on(), set_.order());
        const auto plan = detail::plan_files(set_, rows, relaxed);
        for (const auto& planned : plan.files) {
            out_.pending.push_back(planned.file->file);
            if (planned.out_of_order)
                out_.warnings.push_back(
                    planned.file->file +
                    " was never applied, although a later version was: it runs when files may "
                    "run out of order, if it is still wanted");
        }
    }

    const migration_directory& from_;
    const migration_set& set_;
    const adoption_options& how_;
    const migration_options& options_;
    detail::migration_session session_;
    std::vector<history_row> known_;
    adoption_report out_;
};

} // namespace

adoption_report adopt_migrations(const connection_config& server, const migration_directory& from,
                                 const adoption_options& how, const migration_options& options) {
    return adoption(server, from, how, options).run();
}

} // namespace howdah

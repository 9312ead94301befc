// SPDX-License-Identifier: BSL-1.0
#include "migration_plan.hpp"

#include <algorithm>

#include "migration_runnable.hpp"
#include "migration_text.hpp"

namespace howdah::detail {
namespace {

std::string label(const history_row& row) {
    return row.version + " ('" + row.name + "')";
}

[[noreturn]] void refuse(migration_failure kind, const std::string& reason, const std::string& file) {
    throw migration_error(kind, reason, file);
}

[[noreturn]] void refuse_drift(const migration& file, const history_row& row) {
    std::string reason;
    if (row.status == "undoing")
        reason = " was being taken back when the run was stopped; undo it again, which goes on from there";
    else if (!row.applied())
        reason = " stands in the history as '" + row.status +
                 "', a state that this version of howdah does not know; use the version that wrote it";
    else if (file.checksum != row.checksum)
        reason = " was changed after it had been applied; restore it as it was and put the change into a new "
                 "migration, or, if the database is right and the change is harmless, accept it: repair with "
                 "version " +
                 row.version;
    else
        reason = " was renamed after it had been applied; give it the name '" + row.name +
                 "' again, or accept the new one: repair with version " + row.version;
    refuse(migration_failure::drift, file.file + reason, file.file);
}

[[noreturn]] void refuse_missing(const migration_set& set, const history_row& row) {
    const auto same =
        std::find_if(set.begin(), set.end(), [&](const migration& m) { return m.checksum == row.checksum; });
    const std::string name = row.version + '_' + row.name + ".sql";
    std::string reason = "version " + label(row) + " is applied, but there is no file for it; ";
    if (same != set.end())
        reason += same->file + " has its content: give it the version " + row.version + " again";
    else reason += "bring " + name + " back, or use the program that has it";
    refuse(migration_failure::missing, reason, same != set.end() ? same->file : name);
}

[[noreturn]] void refuse_newer(const migration& newest, const history_row& row) {
    refuse(migration_failure::newer_schema,
           "the database has version " + label(row) + ", but the newest migration here is " + newest.file +
               ": a newer program migrated it; use that one, or let this one go on (on_newer_schema)",
           newest.file);
}

[[noreturn]] void refuse_late(const migration& file, const history_row& newest) {
    refuse(migration_failure::out_of_order,
           file.file + " is not applied, but version " + label(newest) +
               " that comes after it is; give the file a version greater than " + newest.version +
               ", or apply it out of order if it does not depend on that",
           file.file);
}

/// Compares the files of one set with one history.
class planner {
public:
    /// `faults`: where to note what would be refused; null: it is thrown.
    planner(const migration_set& set, const std::vector<history_row>& history,
            const migration_options& options, std::vector<migration_fault>* faults)
        : set_(set), history_(history), options_(options), faults_(faults) {}

    file_plan plan() {
        read_marks();
        for (const auto& row : history_)
            if (!row.repeatable()) noting([&] { check_row(row); });
        if (options_.to) noting([&] { check_target(); });
        const auto* const base = baseline_to_run();
        if (base) add(*base, nullptr, false);
        for (const auto& file : set_) noting([&] { consider(file, base); });
        for (const auto& planned : out_.files) noting([&] { check_requirements(*planned.file); });
        return std::move(out_);
    }

private:
    template <class Check> void noting(const Check& check) {
        if (!faults_) return check();
        try {
            check();
        } catch (const migration_error& fault) {
            faults_->push_back({fault.kind(), fault.file(), fault.what()});
        }
    }
    [[nodiscard]] int compare(std::string_view left, std::string_view right) const noexcept {
        return compare_versions(left, right, set_.order());
    }

    void read_marks() {
        for (const auto& file : set_)
            if (file.kind != migration_kind::repeatable) newest_file_ = &file;
        for (const auto& row : history_) {
            out_.applied += row.applied();
            if (row.repeatable()) continue;
            if (row.applied()) newest_applied_ = &row; // the history is in order
            if (covers(row)) covered_ = &row;
        }
    }

    /// Does this row stand for all versions before it?
    [[nodiscard]] static bool covers(const history_row& row) noexcept {
        return row.status == "baseline" || (row.kind == "baseline" && row.applied());
    }

    void check_row(const history_row& row) {
        if (covers(row) || (covered_ && compare(row.version, covered_->version) < 0)) return;
        const auto* file = set_.find(row.version);
        if (!file) return without_file(row);
        if (!row.unfinished() && drifted(*file, row)) refuse_drift(*file, row);
    }

    void without_file(const history_row& row) {
        if (newest_file_ && compare(row.version, newest_file_->version) > 0 && !has_content(row)) {
            if (options_.on_newer_schema == newer_schema_policy::refuse) refuse_newer(*newest_file_, row);
            out_.warnings.push_back("the database has version " + label(row) +
                                    ", which is later than all migrations of this program");
            return;
        }
        if (!options_.allow_missing) refuse_missing(set_, row);
        out_.warnings.push_back("version " + label(row) + " is applied, but has no file");
    }
    [[nodiscard]] bool has_content(const history_row& row) const {
        return std::any_of(set_.begin(), set_.end(),
                           [&](const auto& m) { return m.checksum == row.checksum; });
    }

    void check_target() const {
        const auto known = [&](const history_row& row) {
            return !row.repeatable() && compare(row.version, *options_.to) == 0;
        };
        if (set_.find(*options_.to) || std::any_of(history_.begin(), history_.end(), known)) return;
        refuse(migration_failure::missing,
               "there is no migration of version " + *options_.to + " to go to; look at the status",
               *options_.to);
    }

    /// The latest baseline, on a database without history.
    [[nodiscard]] const migration* baseline_to_run() const {
        const migration* out = nullptr;
        if (std::any_of(history_.begin(), history_.end(), [](const auto& row) { return !row.repeatable(); }))
            return out;
        for (const auto& file : set_)
            if (file.kind == migration_kind::baseline && !beyond_target(file)) out = &file;
        return out;
    }
    [[nodiscard]] bool beyond_target(const migration& file) const noexcept {
        return options_.to && compare(file.version, *options_.to) > 0;
    }

    void consider(const migration& file, const migration* base) {
        if (file.kind == migration_kind::baseline) return;
        if (file.kind == migration_kind::repeatable) return consider_repeatable(file);
        if (beyond_target(file) || (base && compare(file.version, base->version) <= 0)) return;
        if (covered_ && compare(file.version, covered_->version) <= 0) return;
        const auto* row = row_of_version(file.version);
        if (row && !row->unfinished()) return; // applied; what is wrong with it was found before
        const bool late = newest_applied_ && compare(file.version, newest_applied_->version) < 0;
        if (late && !row && options_.out_of_order == out_of_order_policy::refuse)
            refuse_late(file, *newest_applied_);
        add(file, row, late);
    }

    void consider_repeatable(const migration& file) {
        if (options_.to) return;
        const auto key = key_of(file, set_.order());
        const auto at =
            std::find_if(history_.begin(), history_.end(), [&](const auto& r) { return r.version == key; });
        if (at == history_.end()) add(file, nullptr, false);
        else if (at->unfinished() || repeats(file, *at, options_)) add(file, &*at, false);
    }

    [[nodiscard]] const history_row* row_of_version(std::string_view version) const {
        const auto at = std::lower_bound(history_.begin(), history_.end(), version,
                                         [&](const history_row& row, std::string_view wanted) {
                                             return !row.repeatable() && compare(row.version, wanted) < 0;
                                         });
        return at != history_.end() && !at->repeatable() && compare(at->version, version) == 0 ? &*at
                                                                                               : nullptr;
    }

    void add(const migration& file, const history_row* row, bool late) {
        out_.files.push_back({&file, row, late});
    }

    void check_requirements(const migration& file) const {
        for (const auto& version : file.directives.required_versions) {
            const auto* const row = row_of_version(version);
            if ((row && row->applied()) || (covered_ && compare(version, covered_->version) <= 0)) continue;
            bool planned = false;
            for (const auto& earlier : out_.files) {
                if (earlier.file == &file) break;
                planned |= earlier.file->kind != migration_kind::repeatable &&
                           (compare(earlier.file->version, version) == 0 ||
                            (earlier.file->kind == migration_kind::baseline &&
                             compare(earlier.file->version, version) > 0));
            }
            if (!planned)
                refuse(
                    migration_failure::unmet_requirement,
                    file.file + " requires version " + version +
                        ", which is neither applied nor runs before it; bring that migration, or correct the "
                        "directive",
                    file.file);
        }
    }

    const migration_set& set_;
    const std::vector<history_row>& history_;
    const migration_options& options_;
    std::vector<migration_fault>* faults_;
    const migration* newest_file_ = nullptr;
    const history_row *newest_applied_ = nullptr, *covered_ = nullptr;
    file_plan out_;
};

} // namespace

bool drifted(const migration& file, const history_row& row) noexcept {
    return file.checksum != row.checksum || file.name != row.name || !row.applied();
}

bool repeats(const migration& file, const history_row& row, const migration_options& options) {
    return file.checksum != row.checksum || expanded_checksum(file, options) != row.expanded_checksum;
}

planned_migration described(const planned_file& planned) {
    const auto& file = *planned.file;
    planned_migration out;
    out.version.assign(file.version);
    out.kind = file.kind;
    out.name.assign(file.name);
    out.file.assign(file.file);
    out.transaction = file.directives.transaction;
    out.out_of_order = planned.out_of_order;
    const auto script = read_sql(file.text, file.wrapped ? sql_wrapping::allowed : sql_wrapping::refused);
    for (const auto& command : script.commands)
        out.statements += !command.blank() && command.kind != sql_command_kind::begins &&
                          command.kind != sql_command_kind::commits;
    if (!planned.row) return out;
    const bool unfinished = planned.row->unfinished();
    out.why = unfinished ? planned_migration::reason::unfinished : planned_migration::reason::changed;
    if (unfinished) out.statements_done = static_cast<std::size_t>(std::max(planned.row->statements_done, 0));
    return out;
}

file_plan plan_files(const migration_set& set, const std::vector<history_row>& history,
                     const migration_options& options) {
    return planner(set, history, options, nullptr).plan();
}

std::vector<migration_fault> find_faults(const migration_set& set, const std::vector<history_row>& history,
                                         const migration_options& options) {
    std::vector<migration_fault> out;
    for (const auto& planned : planner(set, history, options, &out).plan().files)
        if (planned.row && planned.row->unfinished())
            out.push_back({migration_failure::sql, planned.file->file,
                           planned.file->file + " was stopped after " +
                               std::to_string(planned.row->statements_done) + " of " +
                               std::to_string(planned.row->statements_total) +
                               " statements; run again, which goes on from there"});
    return out;
}

} // namespace howdah::detail

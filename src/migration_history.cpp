// SPDX-License-Identifier: BSL-1.0
#include "migration_history.hpp"

#include <algorithm>

#include <howdah/version.hpp>

#include "migration_text.hpp"

namespace howdah::detail {
namespace {

constexpr int version_numbers[] = {HOWDAH_VERSION_MAJOR, HOWDAH_VERSION_MINOR, HOWDAH_VERSION_PATCH};

std::string howdah_version() {
    return std::to_string(version_numbers[0]) + '.' + std::to_string(version_numbers[1]) + '.' +
           std::to_string(version_numbers[2]);
}

statement once(const std::string& text) {
    statement out(text);
    out.prepare = false;
    return out;
}

std::string_view name_of(migration_kind kind) noexcept {
    switch (kind) {
    case migration_kind::repeatable: return "repeatable";
    case migration_kind::baseline: return "baseline";
    case migration_kind::versioned: break;
    }
    return "versioned";
}

/// The form of the table is part of the name of this constraint: it comes along with every dump, and whoever may
/// see the table may see it.
constexpr std::string_view format_mark = "howdah_history_format_";

std::string format_constraint() {
    return "constraint " + std::string(format_mark) + std::to_string(migration_history::format) +
           " check (status operator(pg_catalog.=) any"
           " (array['running', 'applied', 'failed', 'baseline', 'undoing']::pg_catalog.text[]))";
}

constexpr const char* later_columns = "kind pg_catalog.text not null default 'versioned',"
                                      " statements_done pg_catalog.int4 not null default 0,"
                                      " statements_total pg_catalog.int4 not null default 0,"
                                      " in_doubt pg_catalog.bool not null default false,"
                                      " progress_hash pg_catalog.text,"
                                      " expanded_checksum pg_catalog.text,"
                                      " out_of_order pg_catalog.bool not null default false,"
                                      " build_id pg_catalog.text,"
                                      " error pg_catalog.text,"
                                      " remark pg_catalog.text";

} // namespace

std::string in_brackets(const sqlstate_code& state) {
    std::string out = " (SQLSTATE " + std::string(state.text());
    if (!state.name().empty()) out.append(", ").append(state.name());
    return out + ')';
}

std::string_view remedy_for(const sqlstate_code& state) noexcept {
    static constexpr std::pair<std::string_view, std::string_view> remedies[] = {
        {"53100", "make room on the server's disk"},
        {"53200", "give the server more memory, or the statement less to do"},
        {"53300", "wait until connections are free"},
        {"42501", "grant this user the right, or run as one who has it"},
        {"55P03", "see who holds the table (pg_blocking_pids)"},
        {"40P01", "see who else changes these tables"},
        {"57014", "give it more time (statement_timeout), or ask who cancelled it"},
        {"25006", "give the address of a server that can be written to"},
    };
    const auto* const known = std::find_if(std::begin(remedies), std::end(remedies),
                                           [&](const auto& each) { return each.first == state.text(); });
    return known == std::end(remedies) ? std::string_view{} : known->second;
}

history_row row_of(const migration& applied, version_order order) {
    history_row out;
    out.version = key_of(applied, order);
    out.kind.assign(name_of(applied.kind));
    out.name.assign(applied.name);
    out.checksum.assign(applied.checksum);
    out.status.assign("applied");
    return out;
}

migration_history::migration_history(const migration_options& options)
    : schema_name_(options.schema), table_name_(options.table),
      schema_(connection::quote_identifier(options.schema)),
      table_(schema_ + '.' + connection::quote_identifier(options.table)) {}

template <class Function> auto migration_history::guarded(const char* what, Function&& run) const {
    try {
        return run();
    } catch (const server_error& failure) {
        const auto remedy = remedy_for(failure.sqlstate());
        const auto next = remedy.empty()
                              ? std::string("look at the rights of this user and at migration_options")
                              : std::string(remedy) + " and run again";
        throw migration_error(migration_failure::sql,
                              "the history table " + table_ + " cannot be " + what +
                                  in_brackets(failure.sqlstate()) +
                                  "; full_message() holds the server's words, " + next,
                              table_, 0, 0, detail::make_shared_object<const server_error>(failure));
    }
}

int migration_history::found_format(executor& on) const {
    // The first column: the number in the mark, else 1 if it has the columns of the first form, else -1.
    const std::string text =
        "select coalesce((select pg_catalog.substr(c.conname, " + std::to_string(format_mark.size() + 1) +
        ")::pg_catalog.int4 from pg_catalog.pg_constraint c where c.conrelid operator(pg_catalog.=) t.id"
        " and c.conname::pg_catalog.text operator(pg_catalog.~) '^" +
        std::string(format_mark) +
        "[0-9]{1,9}$'), (select case when pg_catalog.count(*) operator(pg_catalog.=) 2 then 1 else -1 end"
        " from pg_catalog.pg_attribute a where a.attrelid operator(pg_catalog.=) t.id"
        " and a.attname::pg_catalog.text operator(pg_catalog.=) any"
        " (array['checksum', 'howdah_version']::pg_catalog.text[])))"
        // Not to_regclass(), which sees a table that another runner has made since this statement began, where the
        // rest of the statement does not.
        " from (select r.oid as id from pg_catalog.pg_class r join pg_catalog.pg_namespace n"
        " on n.oid operator(pg_catalog.=) r.relnamespace where n.nspname operator(pg_catalog.=) "
        "$1::pg_catalog.name"
        " and r.relname operator(pg_catalog.=) $2::pg_catalog.name) t";
    const auto found =
        guarded("looked up", [&] { return on.run(once(text), howdah::bind(schema_name_, table_name_)); });
    const int number = found.empty() ? 0 : found.value<std::int32_t>(0, 0);
    if (number >= 0 && number <= format) return number;
    throw migration_error(
        migration_failure::history_format,
        number < 0 ? "the table " + table_ +
                         " is not a history of migrations; give the history another name (migration_options)"
                   : "the history table " + table_ + " has format " + std::to_string(number) +
                         ", which a later version of howdah wrote; this one knows format " +
                         std::to_string(format) + ": update the program",
        table_);
}

void migration_history::create_or_upgrade(connection& on) const {
    switch (found_format(on)) {
    case 0: return guarded("created", [&] { create(on); });
    case 1: return guarded("brought up to date", [&] { upgrade_from_1(on); });
    default: return;
    }
}

void migration_history::create(connection& on) const {
    // Asked first: CREATE SCHEMA IF NOT EXISTS wants the right to create even where it does nothing.
    const std::string text = "select pg_catalog.to_regnamespace($1::pg_catalog.text) is not null";
    if (!on.run(once(text), howdah::bind(schema_)).value<bool>(0, 0))
        on.run_script("create schema " + schema_);
    on.run_script(creation());
}

std::string migration_history::creation(const char* if_not_exists) const {
    return std::string("create table ") + if_not_exists + table_ +
           " (version pg_catalog.text primary key,"
           " name pg_catalog.text not null,"
           " checksum pg_catalog.text not null,"
           " status pg_catalog.text not null,"
           " applied_at pg_catalog.timestamptz not null,"
           " duration_ms pg_catalog.int8 not null,"
           " applied_by pg_catalog.text not null,"
           " howdah_version pg_catalog.text not null, " +
           later_columns + ", " + format_constraint() + ')';
}

void migration_history::upgrade_from_1(connection& on) const {
    std::string columns = "add " + std::string(later_columns);
    for (auto at = columns.find(", "); at != columns.npos; at = columns.find(", ", at + 6))
        columns.insert(at + 2, "add ");
    on.run_script("alter table " + table_ + " alter version type pg_catalog.text, " + columns + ", add " +
                  format_constraint());
}

std::vector<history_row> migration_history::read(executor& on, version_order order) const {
    const int found = found_format(on);
    if (found == 0) return {};
    return guarded("read", [&] {
        const std::string text =
            "select version::pg_catalog.text, name, checksum, status, applied_at, duration_ms, " +
            std::string(found == 1
                            ? "'versioned', 0, 0, null::pg_catalog.text, null::pg_catalog.text, false,"
                              " null::pg_catalog.text, null::pg_catalog.text, null::pg_catalog.text, false"
                            : "kind, statements_done, statements_total, progress_hash, expanded_checksum,"
                              " out_of_order, build_id, error, remark, in_doubt") +
            " from " + table_;
        const auto rows = on.run(once(text));
        using maybe = std::optional<std::string>;
        std::vector<history_row> out(rows.row_count());
        for (std::size_t i = 0; i < out.size(); ++i) {
            auto& row = out[i];
            row.version = rows.value<std::string>(i, 0);
            row.name = rows.value<std::string>(i, 1);
            row.checksum = rows.value<std::string>(i, 2);
            row.status = rows.value<std::string>(i, 3);
            row.applied_at = rows.value<timestamp>(i, 4);
            row.duration_ms = rows.value<std::int64_t>(i, 5);
            row.kind = rows.value<std::string>(i, 6);
            row.statements_done = rows.value<std::int32_t>(i, 7);
            row.statements_total = rows.value<std::int32_t>(i, 8);
            row.progress_hash = rows.value<maybe>(i, 9);
            row.expanded_checksum = rows.value<maybe>(i, 10);
            row.out_of_order = rows.value<bool>(i, 11);
            row.build_id = rows.value<maybe>(i, 12);
            row.error = rows.value<maybe>(i, 13);
            row.remark = rows.value<maybe>(i, 14);
            row.in_doubt = rows.value<bool>(i, 15);
        }
        std::sort(out.begin(), out.end(), [&](const history_row& a, const history_row& b) {
            if (a.repeatable() != b.repeatable()) return b.repeatable();
            return a.repeatable() ? a.version < b.version : compare_versions(a.version, b.version, order) < 0;
        });
        return out;
    });
}

void migration_history::write(executor& on, const history_row& row) const {
    guarded("written", [&] {
        const std::string text =
            insertion("$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16");
        on.run(once(text), howdah::bind(row.version, row.kind, row.name, row.checksum, row.status,
                                        row.statements_done, row.statements_total, row.progress_hash,
                                        row.expanded_checksum, row.out_of_order, row.build_id, row.error,
                                        row.remark, row.duration_ms, howdah_version(), row.in_doubt));
    });
}

std::string migration_history::insertion(const std::string& values) const {
    std::string columns, updates;
    for (const char* column :
         {"version", "kind", "name", "checksum", "status", "statements_done", "statements_total",
          "progress_hash", "expanded_checksum", "out_of_order", "build_id", "error", "remark", "duration_ms",
          "howdah_version", "in_doubt", "applied_at", "applied_by"}) {
        columns.append(columns.empty() ? "" : ", ").append(column);
        updates.append(updates.empty() ? "" : ", ").append(column).append(" = excluded.").append(column);
    }
    return "insert into " + table_ + " (" + columns + ") values (" + values +
           ", pg_catalog.clock_timestamp(), session_user) on conflict (version) do update set " + updates;
}

std::string migration_history::script_row(const history_row& row) const {
    const auto quoted = [](const std::string& text) {
        std::string out = "'";
        for (const char c : text) out.append(c == '\'' ? 2 : 1, c);
        return out + '\'';
    };
    const auto maybe = [&](const std::optional<std::string>& text) { return text ? quoted(*text) : "null"; };
    const auto number = [](auto value) { return std::to_string(value); };
    const auto truth = [](bool value) { return std::string(value ? "true" : "false"); };
    std::string values;
    for (const auto& value :
         {quoted(row.version), quoted(row.kind), quoted(row.name), quoted(row.checksum), quoted(row.status),
          number(row.statements_done), number(row.statements_total), maybe(row.progress_hash),
          maybe(row.expanded_checksum), truth(row.out_of_order), maybe(row.build_id), maybe(row.error),
          maybe(row.remark), number(row.duration_ms), quoted(howdah_version()), truth(row.in_doubt)})
        values.append(values.empty() ? "" : ", ").append(value);
    return insertion(values);
}

void migration_history::amend(executor& on, const history_row& row) const {
    guarded("written", [&] {
        const std::string text =
            "update " + table_ +
            " set name = $2, checksum = $3, status = $4, statements_done = $5, statements_total = $6,"
            " progress_hash = $7, expanded_checksum = $8, error = $9, remark = $10, in_doubt = $11"
            " where version operator(pg_catalog.=) $1::pg_catalog.text";
        on.run(once(text), howdah::bind(row.version, row.name, row.checksum, row.status, row.statements_done,
                                        row.statements_total, row.progress_hash, row.expanded_checksum,
                                        row.error, row.remark, row.in_doubt));
    });
}

void migration_history::erase(executor& on, const std::string& version) const {
    guarded("written", [&] {
        const std::string text =
            "delete from " + table_ + " where version operator(pg_catalog.=) $1::pg_catalog.text";
        on.run(once(text), howdah::bind(version));
    });
}

} // namespace howdah::detail

// SPDX-License-Identifier: BSL-1.0
//
// Reading the tables of other tools.
#include "migration_tools.hpp"

#include <algorithm>
#include <array>

namespace howdah {
namespace {

constexpr std::array<std::string_view, 8> names{"sqlx",   "diesel", "golang-migrate", "flyway",
                                                "dbmate", "goose",  "drizzle",        "alembic"};

} // namespace

std::string_view name_of(migration_tool tool) noexcept {
    return names[static_cast<std::size_t>(tool)];
}

std::optional<migration_tool> tool_named(std::string_view name) noexcept {
    const auto* const at = std::find(names.begin(), names.end(), name);
    if (at == names.end()) return std::nullopt;
    return static_cast<migration_tool>(at - names.begin());
}

namespace detail {
namespace {

/// A tool's table, and what tells it from tables of the same name.
struct known_table {
    migration_tool tool;
    const char *table, *column, *other_column; ///< has the one, has not the other
};
constexpr std::array<known_table, 8> tables{{
    {migration_tool::sqlx, "_sqlx_migrations", "checksum", ""},
    {migration_tool::diesel, "__diesel_schema_migrations", "run_on", ""},
    {migration_tool::golang_migrate, "schema_migrations", "dirty", ""},
    {migration_tool::flyway, "flyway_schema_history", "installed_rank", ""},
    {migration_tool::dbmate, "schema_migrations", "version", "dirty"},
    {migration_tool::goose, "goose_db_version", "version_id", ""},
    {migration_tool::drizzle, "drizzle.__drizzle_migrations", "hash", ""},
    {migration_tool::alembic, "alembic_version", "version_num", ""},
}};

statement once(const std::string& text) {
    statement out(text);
    out.prepare = false;
    return out;
}

/// The table's full name if it is there, with its columns right.
std::optional<std::string> find_table(connection& on, const known_table& known, const std::string& name) {
    const std::string has =
        "exists (select from pg_catalog.pg_attribute a where a.attrelid operator(pg_catalog.=) c.oid"
        " and not a.attisdropped and a.attname::pg_catalog.text operator(pg_catalog.=) ";
    const auto found =
        on.run(once("select pg_catalog.format('%I.%I', n.nspname, c.relname) from pg_catalog.pg_class c"
                    " join pg_catalog.pg_namespace n on n.oid operator(pg_catalog.=) c.relnamespace"
                    " where c.oid operator(pg_catalog.=) "
                    "pg_catalog.to_regclass($1::pg_catalog.text)::pg_catalog.oid and " +
                    has + "$2::pg_catalog.text) and not " + has + "$3::pg_catalog.text)"),
               howdah::bind(name, std::string(known.column), std::string(known.other_column)));
    if (found.empty()) return std::nullopt;
    return found.value<std::string>(0, 0);
}

/// version, name, checksum, time, kind, failed
std::string question(const tool_table& from) {
    switch (from.tool) {
    case migration_tool::sqlx:
        return "select version::text, description, encode(checksum, 'hex'), installed_on, 'SQL', not success "
               "from " +
               from.table + " order by version";
    case migration_tool::diesel:
        return "select version::text, '', null, run_on::timestamp at time zone 'UTC', 'SQL', false from " +
               from.table + " order by 1";
    case migration_tool::golang_migrate:
        return "select version::text, '', null, null::timestamptz, 'UP_TO', dirty from " + from.table;
    case migration_tool::flyway:
        return "select coalesce(version::text, ''), description::text, checksum::text,"
               " installed_on::timestamp at time zone 'UTC', type::text, not success from " +
               from.table + " order by installed_rank";
    case migration_tool::dbmate:
        return "select version::text, '', null, null::timestamptz, 'SQL', false from " + from.table +
               " order by 1";
    case migration_tool::goose:
        return "select version_id::text, '', null, tstamp::timestamp at time zone 'UTC', 'SQL', false from"
               " (select distinct on (version_id) version_id, is_applied, tstamp from " +
               from.table +
               " order by version_id, id desc) as last where is_applied and version_id > 0 order by "
               "version_id";
    case migration_tool::drizzle:
        // The name is there from 1.0 on.
        return "select created_at::text, coalesce(to_jsonb(t) ->> 'name', ''), hash,"
               " to_timestamp(created_at::float8 / 1000), 'SQL', false from " +
               from.table + " t order by created_at, id";
    case migration_tool::alembic: break;
    }
    return "select version_num::text, '', null, null::timestamptz, 'SQL', false from " + from.table;
}

[[noreturn]] void refuse_failed(const tool_table& from, const std::string& version) {
    const char* next = "finish or undo by hand what it did, and mend the table as the tool's manual says";
    if (from.tool == migration_tool::golang_migrate)
        next = "finish or undo by hand what it did, and say where the schema is: migrate force VERSION";
    if (from.tool == migration_tool::flyway)
        next = "undo by hand what it did, and take the row out: flyway repair";
    if (from.tool == migration_tool::sqlx)
        next = "undo by hand what it did, and delete its row (or finish it, and set success = true)";
    throw usage_error("version " + version + " stopped in the middle, says " + from.table + " of " +
                      std::string(name_of(from.tool)) + "; " + next + ". Then adopt again");
}

tool_row_kind kind_of(const std::string& type, const tool_row& row) {
    if (type == "UP_TO") return tool_row_kind::up_to;
    if (type == "BASELINE") return tool_row_kind::baseline;
    if (type.find("BASELINE") != type.npos) return tool_row_kind::replaced;
    return row.version.empty() && !row.name.empty() ? tool_row_kind::repeatable : tool_row_kind::versioned;
}

/// Flyway's rows tell a story: what was undone or deleted, and what ran again.
void tell(std::vector<tool_row>& rows, tool_row row, const std::string& type) {
    if (type == "SCHEMA") return;
    const bool takes_back = type.substr(0, 4) == "UNDO" || type == "DELETE";
    row.kind = kind_of(type, row);
    if (row.kind == tool_row_kind::repeatable || takes_back)
        rows.erase(std::remove_if(rows.begin(), rows.end(),
                                  [&](const tool_row& before) {
                                      return before.version == row.version &&
                                             (!row.version.empty() || before.name == row.name);
                                  }),
                   rows.end());
    if (!takes_back) rows.push_back(std::move(row));
}

/// The file of a row of drizzle: the one with its name, the one that was generated at its time, or, of the directories
/// of 1.0, which know no parts of a second, the only one of its second. Null: the hash has to tell.
const migration* file_of_drizzle(const migration_directory& from, const tool_row& row) {
    const migration* only = nullptr;
    std::size_t at = 0, of_second = 0;
    for (const auto& file : from.files) {
        const auto time = std::to_string(from.generated_at.at(at++));
        if (row.name.empty() ? time == row.version : drizzle_name(file) == row.name) return &file;
        if (row.version.size() != time.size() || time.size() < 4 ||
            time.compare(time.size() - 3, 3, "000") != 0)
            continue;
        if (row.version.compare(0, time.size() - 3, time, 0, time.size() - 3) != 0) continue;
        only = &file;
        ++of_second;
    }
    return row.name.empty() && of_second == 1 ? only : nullptr;
}

} // namespace

tool_table find_tool(connection& on, const adoption_options& how) {
    std::vector<tool_table> found;
    std::string all;
    for (const auto& known : tables) {
        if (how.tool && *how.tool != known.tool) continue;
        if (const auto table = find_table(on, known, how.table.empty() ? known.table : how.table)) {
            found.push_back({known.tool, *table});
            all.append(all.empty() ? "" : ", ")
                .append(name_of(known.tool))
                .append(" (")
                .append(*table)
                .append(")");
        }
    }
    if (found.size() == 1) return found.front();
    if (found.size() > 1)
        throw usage_error("more than one tool has a table here: " + all + "; say which one it is (tool)");
    throw usage_error(
        "there is no table of " + std::string(how.tool ? name_of(*how.tool) : "another tool") +
        " on the search path of this user; name it, with its schema, if it has another name (table)");
}

std::vector<tool_row> read_tool(connection& on, const tool_table& from, const migration_directory& files) {
    using maybe = std::optional<std::string>;
    const auto rows = on.run(once(question(from)));
    std::vector<tool_row> out;
    for (std::size_t i = 0; i < rows.row_count(); ++i) {
        tool_row row;
        row.version = rows.value<std::string>(i, 0);
        row.name = rows.value<std::string>(i, 1);
        row.checksum = rows.value<maybe>(i, 2);
        row.applied_at = rows.value<std::optional<timestamp>>(i, 3);
        if (rows.value<bool>(i, 5)) refuse_failed(from, row.version.empty() ? row.name : row.version);
        if (from.tool == migration_tool::drizzle) {
            const auto* const file = files.generated_at.empty() ? nullptr : file_of_drizzle(files, row);
            row.version = file ? file->version : "";
            row.name.clear();
        }
        tell(out, std::move(row), rows.value<std::string>(i, 4));
    }
    return out;
}

} // namespace detail
} // namespace howdah

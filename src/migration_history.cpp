// SPDX-License-Identifier: BSL-1.0
#include "migration_history.hpp"

#include <memory>

#include <howdah/version.hpp>

namespace howdah::detail {
namespace {

constexpr int version_numbers[] = {HOWDAH_VERSION_MAJOR, HOWDAH_VERSION_MINOR, HOWDAH_VERSION_PATCH};

std::string howdah_version() {
    return std::to_string(version_numbers[0]) + '.' + std::to_string(version_numbers[1]) + '.' +
           std::to_string(version_numbers[2]);
}

statement once(const std::string& text, format encoding = format::binary) {
    statement out(text);
    out.prepare = false;
    out.encoding = encoding;
    return out;
}

} // namespace

std::string in_brackets(const sqlstate_code& state) {
    std::string out = " (SQLSTATE " + std::string(state.text());
    if (!state.name().empty()) out.append(", ").append(state.name());
    return out + ')';
}

migration_history::migration_history(const migration_options& options)
    : schema_(connection::quote_identifier(options.schema)),
      table_(schema_ + '.' + connection::quote_identifier(options.table)) {}

template <class Function> auto migration_history::guarded(const char* what, Function&& run) const {
    try {
        return run();
    } catch (const server_error& failure) {
        throw migration_error(
            migration_failure::sql,
            "the history table " + table_ + " cannot be " + what + in_brackets(failure.sqlstate()) +
                "; look at full_message(), at the rights of this user and at migration_options",
            table_, 0, 0, std::make_shared<const server_error>(failure));
    }
}

bool migration_history::exists(executor& on) const {
    return guarded("looked up", [&] {
        const std::string text = "select pg_catalog.to_regclass($1::pg_catalog.text) is not null";
        return on.run(once(text), howdah::bind(table_)).value<bool>(0, 0);
    });
}

void migration_history::create(connection& on) const {
    guarded("created", [&] {
        // Asked first: CREATE SCHEMA IF NOT EXISTS wants the right to create even where it does nothing.
        const std::string text = "select pg_catalog.to_regnamespace($1::pg_catalog.text) is not null";
        if (!on.run(once(text), howdah::bind(schema_)).value<bool>(0, 0))
            on.run_script("create schema " + schema_);
        on.run_script("create table " + table_ +
                      " (version pg_catalog.int8 primary key,"
                      " name pg_catalog.text not null,"
                      " checksum pg_catalog.text not null," // "sha256-lf:<hexadecimal digits>"
                      " status pg_catalog.text not null,"   // "applied"
                      " applied_at pg_catalog.timestamptz not null,"
                      " duration_ms pg_catalog.int8 not null,"
                      " applied_by pg_catalog.text not null," // the database user
                      " howdah_version pg_catalog.text not null)");
    });
}

std::vector<history_row> migration_history::read(executor& on) const {
    return guarded("read", [&] {
        const std::string text =
            "select version, name, checksum, status, applied_at from " + table_ + " order by version";
        const auto rows = on.run(once(text));
        std::vector<history_row> out;
        for (std::size_t i = 0; i < rows.row_count(); ++i)
            out.push_back({rows.value<std::int64_t>(i, 0), rows.value<std::string>(i, 1),
                           rows.value<std::string>(i, 2), rows.value<std::string>(i, 3),
                           rows.value<timestamp>(i, 4)});
        return out;
    });
}

void migration_history::record(executor& on, const migration& applied,
                               std::chrono::milliseconds duration) const {
    guarded("written", [&] {
        const std::string text =
            "insert into " + table_ +
            " (version, name, checksum, status, applied_at, duration_ms, applied_by, howdah_version)"
            " values ($1, $2, $3, 'applied', pg_catalog.clock_timestamp(), $4, session_user, $5)";
        on.run(once(text), howdah::bind(applied.version, applied.name, applied.checksum,
                                        static_cast<std::int64_t>(duration.count()), howdah_version()));
    });
}

} // namespace howdah::detail

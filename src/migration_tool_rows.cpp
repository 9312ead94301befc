// SPDX-License-Identifier: BSL-1.0
//
// The checksums of other tools, and rows in their tables.
#include <array>
#include <fstream>
#include <iterator>
#include <vector>

#include "migration_tools.hpp"
#include "sha256.hpp"

namespace howdah::detail {
namespace {

statement once(const std::string& text) {
    statement out(text);
    out.prepare = false;
    return out;
}

std::string hexadecimal(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        out += digits[byte >> 4U];
        out += digits[byte & 15U];
    }
    return out;
}

/// CRC-32 as Flyway takes it: over the lines without their ends. As it stands in the table: signed.
std::string crc32_of_lines(std::string_view text) {
    std::uint32_t crc = 0xFFFFFFFFU;
    for (const char c : text) {
        if (c == '\n') continue;
        crc ^= static_cast<unsigned char>(c);
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1U) ^ ((crc & 1U) ? 0xEDB88320U : 0U);
    }
    return std::to_string(static_cast<std::int32_t>(~crc));
}

/// The bytes of the file, if it is still there.
std::optional<std::string> raw_bytes(const migration& file) {
    std::ifstream stream(file.file, std::ios::binary);
    if (!stream) return std::nullopt;
    return std::string((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
}

/// The text as drizzle has it: a breakpoint that became a semicolon is a breakpoint again.
std::string original(const migration& file) {
    std::string out = file.text;
    constexpr std::string_view ours = ";-->statement-breakpoint", theirs = "--> statement-breakpoint";
    for (auto at = out.find(ours); at != out.npos; at = out.find(ours, at))
        out.replace(at, ours.size(), theirs);
    return out;
}

std::string with_crlf(std::string_view text) {
    std::string out;
    for (const char c : text) out.append(c == '\n' ? "\r\n" : std::string(1, c));
    return out;
}

/// What the file may have been when the tool read it: a checkout may have changed its line ends.
std::vector<std::string> forms_of(const migration& file) {
    std::vector<std::string> out;
    if (auto raw = raw_bytes(file)) out.push_back(std::move(*raw));
    const auto text = original(file);
    for (const auto& form : {text, with_crlf(text)}) {
        out.push_back(form);
        out.push_back("\xEF\xBB\xBF" + form);
    }
    return out;
}

/// The server takes it: PostgreSQL 11 and newer have sha384().
std::string sha384_hex(connection& on, const std::string& bytes) {
    return on
        .run(once("select pg_catalog.encode(pg_catalog.sha384(pg_catalog.decode($1::pg_catalog.text, "
                  "'hex')), 'hex')"),
             howdah::bind(hexadecimal(bytes)))
        .value<std::string>(0, 0);
}

std::string with_blanks(std::string name) {
    for (char& c : name)
        if (c == '_') c = ' ';
    return name;
}

std::string base_of(const std::string& file) {
    return file.substr(file.find_last_of('/') + 1);
}

void write_flyway(connection& on, const std::string& table, const migration& file, const timestamp& at) {
    const std::optional<std::string> version =
        file.version.empty() ? std::nullopt : std::optional(file.version);
    on.run(
        once(
            "insert into " + table +
            " (installed_rank, version, description, type, script, checksum, installed_by, installed_on,"
            " execution_time, success) select coalesce(max(installed_rank), 0) + 1, $1::varchar, $2::varchar,"
            " $3::varchar, $4::varchar, $5::text::int4, current_user, $6::timestamptz at time zone 'UTC', 0, "
            "true from " +
            table),
        howdah::bind(version, file.name,
                     std::string(file.kind == migration_kind::baseline ? "SQL_BASELINE" : "SQL"),
                     base_of(file.file), crc32_of_lines(file.text), at));
}

} // namespace

std::string drizzle_name(const migration& file) {
    const auto slash = file.file.find_last_of('/');
    auto base = base_of(file.file);
    if (base != "migration.sql" || slash == file.file.npos) return base.substr(0, base.size() - 4);
    return base_of(file.file.substr(0, slash));
}

bool has_checksum(connection& on, migration_tool tool, const migration& file, const std::string& checksum) {
    if (tool == migration_tool::flyway) return crc32_of_lines(file.text) == checksum;
    if (tool != migration_tool::sqlx && tool != migration_tool::drizzle) return true;
    for (const auto& form : forms_of(file))
        if ((tool == migration_tool::drizzle ? sha256_hex(form) : sha384_hex(on, form)) == checksum)
            return true;
    return false;
}

void write_tool(connection& on, const tool_table& to, const migration& file, const timestamp& applied_at,
                std::int64_t generated_at) {
    const auto insert = [&](const char* rest, const auto&... values) {
        on.run(once("insert into " + to.table + ' ' + rest), howdah::bind(values...));
    };
    const auto bytes = raw_bytes(file).value_or(original(file));
    switch (to.tool) {
    case migration_tool::sqlx:
        return insert("(version, description, installed_on, success, checksum, execution_time)"
                      " values ($1::text::int8, $2, $3, true, decode($4::text, 'hex'), 0)",
                      file.version, with_blanks(file.name), applied_at, sha384_hex(on, bytes));
    case migration_tool::diesel:
        return insert("(version, run_on) values ($1, $2::timestamptz at time zone 'UTC')", file.version,
                      applied_at);
    case migration_tool::golang_migrate:
        on.run_script("delete from " + to.table);
        return insert("(version, dirty) values ($1::text::int8, false)", file.version);
    case migration_tool::flyway: return write_flyway(on, to.table, file, applied_at);
    case migration_tool::dbmate: return insert("(version) values ($1)", file.version);
    case migration_tool::goose:
        return insert("(version_id, is_applied, tstamp) values ($1::text::int8, true,"
                      " $2::timestamptz at time zone 'UTC')",
                      file.version, applied_at);
    case migration_tool::drizzle:
        if (!on.run(once("select from pg_catalog.pg_attribute where attrelid operator(pg_catalog.=) "
                         "$1::pg_catalog.regclass and attname operator(pg_catalog.=) 'name' and not "
                         "attisdropped"),
                    howdah::bind(to.table))
                 .empty()) // from 1.0 on it goes by the name
            return insert("(hash, created_at, name, version, applied_at) values ($1, $2::int8, $3, 1, $4)",
                          sha256_hex(bytes), generated_at, drizzle_name(file), applied_at);
        return insert("(hash, created_at) values ($1, $2::int8)", sha256_hex(bytes), generated_at);
    case migration_tool::alembic: return; // refused before
    }
}

} // namespace howdah::detail

// SPDX-License-Identifier: BSL-1.0
#include "migration_draft.hpp"

#include <chrono>
#include <cstdio>
#include <ctime>

#include <howdah_functions_migrations.hpp>

namespace howdah::cli {
namespace {

const std::string own_transactions = "-- howdah: transaction=off\n";
/// Fails when it runs, so that a forgotten draft is not recorded as applied.
const std::string unwritten = "do $$ begin raise exception 'this migration is not written yet'; end $$;\n";

const std::string no_functions =
    "drop procedure howdah_backfill(regclass, text, text, integer, interval);\n"
    "drop function howdah_detach_touch(regclass), howdah_attach_touch(regclass), howdah_touch();\n";

/// "a_to_b" with `middle` "_to_": {"a", "b"}; both empty if it is not so.
std::pair<std::string, std::string> around(const std::string& text, std::string_view middle) {
    const auto at = text.rfind(middle);
    if (at == text.npos || at == 0 || at + middle.size() == text.size()) return {};
    return {text.substr(0, at), text.substr(at + middle.size())};
}

migration_draft create_table(const std::string& table) {
    return {"create table " + table +
                " (\n"
                "    id bigint generated always as identity primary key,\n"
                "    created_at timestamptz not null default now()\n"
                ");\n",
            "drop table " + table + ";\n"};
}

migration_draft add_column(const std::string& column, const std::string& table) {
    return {"alter table " + table + " add column " + column + " text;\n",
            "alter table " + table + " drop column " + column + ";\n"};
}

migration_draft create_index(const std::string& table, const std::string& column) {
    const auto name = table + '_' + column + "_idx";
    return {own_transactions + "create index concurrently if not exists " + name + " on " + table + " (" +
                column + ");\n",
            own_transactions + "drop index concurrently if exists " + name + ";\n"};
}

migration_draft version_rows(const std::string& table) {
    return {"alter table " + table +
                "\n    add column if not exists version integer not null default 1,"
                "\n    add column if not exists updated_at timestamptz not null default now();\n"
                "select howdah_attach_touch('" +
                table + "');\n",
            "select howdah_detach_touch('" + table + "');\nalter table " + table +
                " drop column updated_at, drop column version;\n"};
}

migration_draft fill_column(const std::string& column, const std::string& table) {
    return {own_transactions +
                "-- In short transactions, while others read and write: what to set, and where it is left to "
                "do.\n" +
                "call howdah_backfill('" + table + "', '" + column + " = write_me', '" + column +
                " is null');\n",
            own_transactions + unwritten};
}

migration_draft feed_index(const std::string& table) {
    return {
        own_transactions +
            "-- The index serves queries that have its condition and its order: write both as they do.\n" +
            "create index concurrently if not exists " + table + "_feed_idx on " + table +
            " (updated_at desc, id desc)\n    where updated_at is not null;\n",
        own_transactions + "drop index concurrently if exists " + table + "_feed_idx;\n"};
}

} // namespace

std::string slug_of(std::string_view name) {
    std::string out;
    for (const char c : name) {
        const bool upper = c >= 'A' && c <= 'Z';
        if (upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            out += upper ? static_cast<char>(c - 'A' + 'a') : c;
        else if (!out.empty() && out.back() != '_') out += '_';
    }
    while (!out.empty() && out.back() == '_') out.pop_back();
    return out;
}

std::string version_at(int seconds_from_now) {
    const auto at = std::chrono::system_clock::now() + std::chrono::seconds(seconds_from_now);
    const std::time_t now = std::chrono::system_clock::to_time_t(at);
    std::tm parts{};
    gmtime_r(&now, &parts);
    char text[32];
    return {text, std::strftime(text, sizeof text, "%Y%m%d%H%M%S", &parts)};
}

migration_draft draft_of(const std::string& slug, bool transaction) {
    const std::string_view text = slug;
    if (text == "howdah_functions")
        return {std::string(functions::migrations.files.front().text), no_functions};
    if (transaction && text.starts_with("version_")) return version_rows(slug.substr(8));
    if (text.starts_with("feed_of_")) return feed_index(slug.substr(8));
    if (text.starts_with("backfill_"))
        if (const auto [column, table] = around(slug.substr(9), "_of_"); !table.empty())
            return fill_column(column, table);
    if (transaction && text.starts_with("create_")) return create_table(slug.substr(7));
    if (transaction && text.starts_with("add_"))
        if (const auto [column, table] = around(slug.substr(4), "_to_"); !table.empty())
            return add_column(column, table);
    if (text.starts_with("index_"))
        if (const auto [table, column] = around(slug.substr(6), "_on_"); !table.empty())
            return create_index(table, column);
    const auto head = transaction ? std::string{} : own_transactions;
    return {head + unwritten, head + unwritten};
}

} // namespace howdah::cli

// SPDX-License-Identifier: BSL-1.0
//
// Failures in words for the person at the keyboard.
#include <algorithm>

#include <howdah/error.hpp>

#include "context.hpp"
#include "stop_signals.hpp"

namespace howdah::cli {
namespace {

void add_line(std::string& to, const char* title, const std::string& text) {
    if (!text.empty()) to.append("\n  ").append(title).append(text);
}

/// The line of the statement that the server points at, with a mark under the place; or its first line.
std::string marked_line(const server_message& from) {
    if (from.statement.empty()) return {};
    const auto at = locate(from.statement, from.position);
    std::size_t begin = 0;
    for (std::size_t line = 1; from.position > 0 && line < at.line; ++line)
        begin = from.statement.find('\n', begin) + 1;
    const auto line = from.statement.substr(begin, from.statement.find('\n', begin) - begin);
    if (line.size() > 200) return "\n  | " + line.substr(0, line.find_last_of(' ', 200)) + " ...";
    const auto mark = from.position > 0 ? "\n  | " + std::string(at.column - 1, ' ') + '^' : std::string();
    return "\n  | " + line + mark;
}

/// The server's own words. They may hold data of the migration's; the person who runs it may see that.
std::string words_of(const server_error& failure) {
    const auto& said = failure.message();
    std::string out;
    add_line(out, "server: ", said.message + " (SQLSTATE " + std::string(failure.sqlstate().text()) + ')');
    out += marked_line(said);
    add_line(out, "detail: ", said.detail);
    add_line(out, "hint: ", said.hint);
    add_line(out, "where: ", said.context);
    return out;
}

/// What the name of the file at fault begins with; another layout than ours may have it elsewhere.
std::string version_of(const error& failure) {
    const auto* const migration = dynamic_cast<const migration_error*>(&failure);
    if (!migration) return "VERSION";
    const auto name = migration->file().substr(migration->file().find_last_of('/') + 1);
    const auto digits = name.substr(0, std::min(name.find_first_not_of("0123456789"), name.size()));
    if (!digits.empty()) return digits;
    return name.starts_with("R_") ? name.substr(0, name.rfind('.')) : "VERSION";
}

std::string next_step(const context& in, const error& failure, exit_code code) {
    const auto& program = in.program;
    switch (code) {
    case exit_code::sql:
        return dynamic_cast<const migration_error*>(&failure)
                   ? program + " migrate plan   shows what is left to run"
                   : "";
    case exit_code::drift:
        return program + " migrate repair --accept " + version_of(failure) +
               "   takes it as it is, if that does no harm";
    case exit_code::missing:
    case exit_code::out_of_order:
    case exit_code::newer_schema: return program + " migrate info   shows files and history side by side";
    case exit_code::no_connection: {
        const auto* lost = dynamic_cast<const connection_error*>(&failure);
        if (lost && lost->kind() == connection_failure::no_such_database)
            return program + " db create   makes it";
        return program + " db url   shows where it went";
    }
    case exit_code::interrupted:
    case exit_code::terminated: {
        const std::string again = in.given.command == "db reset" ? "migrate run" : in.given.command;
        return program + ' ' + again + "   goes on from there";
    }
    case exit_code::commit_unknown:
        return program + " migrate run   settles whether the last file is applied";
    default: return {};
    }
}

} // namespace

std::string without_advice(std::string text) {
    for (const std::string_view advice :
         {"full_message() holds the server's words, ", "; open another one and run the transaction again"})
        if (const auto at = text.find(advice); at != text.npos) text.erase(at, advice.size());
    return text;
}

int report(const context& in, const error& failure) {
    auto code = code_of(failure);
    if (code == exit_code::interrupted && stop_signals::last() == SIGTERM) code = exit_code::terminated;
    auto text = without_advice(failure.what());
    const server_error* cause = dynamic_cast<const server_error*>(&failure);
    if (const auto* migration = dynamic_cast<const migration_error*>(&failure)) cause = migration->cause();
    if (cause) text += words_of(*cause);
    if (const auto next = next_step(in, failure, code); !next.empty()) text.append("\n  next: ").append(next);
    in.out.error(text);
    return static_cast<int>(code);
}

} // namespace howdah::cli

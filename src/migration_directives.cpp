// SPDX-License-Identifier: BSL-1.0
//
// The directives at the head of a migration: "-- howdah: key=value".
#include <algorithm>
#include <array>
#include <charconv>

#include "migration_text.hpp"

namespace howdah::detail {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view blanks = " \t";

std::string_view trimmed(std::string_view text) noexcept {
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
    return text.substr(0, text.find_last_not_of(blanks) + 1);
}

/// "5s", "1500ms", "10 min", "0"; a bare number counts milliseconds, as it does for the server's own settings.
std::optional<milliseconds> read_time(std::string_view text) noexcept {
    std::int64_t count = 0;
    const auto* const end = text.data() + text.size();
    const auto [rest, failure] = std::from_chars(text.data(), end, count);
    if (failure != std::errc{} || count < 0) return std::nullopt;
    const auto unit = trimmed(std::string_view(rest, static_cast<std::size_t>(end - rest)));
    static constexpr std::array<std::pair<std::string_view, std::int64_t>, 6> units{
        {{"", 1}, {"ms", 1}, {"s", 1'000}, {"min", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};
    const auto* const found =
        std::find_if(units.begin(), units.end(), [&](const auto& known) { return known.first == unit; });
    constexpr std::int64_t longest = 2'147'483'647; // what the server's settings hold
    if (found == units.end() || count > longest / found->second) return std::nullopt;
    return milliseconds(count * found->second);
}

/// Reads one directive; returns what is wrong with it, or nothing.
std::string read_directive(std::string_view key, std::string_view value, migration_directives& out) {
    const auto on_or_off = [&](bool& into) -> std::string {
        if (value != "on" && value != "off") return " is 'on' or 'off'";
        into = value == "on";
        return {};
    };
    const auto time = [&](std::optional<milliseconds>& into) -> std::string {
        into = read_time(value);
        return into ? "" : " is a time such as 500ms, 5s, 10min, 1h, or 0 for no limit";
    };
    if (key == "transaction") return on_or_off(out.transaction);
    if (key == "placeholder") return on_or_off(out.placeholders);
    if (key == "lock_timeout") return time(out.lock_timeout);
    if (key == "statement_timeout") return time(out.statement_timeout);
    if (key == "requires") {
        if (value.empty()) return " names a version, such as 0007";
        out.required_versions.emplace_back(value);
        return {};
    }
    if (key == "lint-ignore") {
        const auto end = std::min(value.find_first_of(blanks), value.size());
        const auto reason = trimmed(value.substr(end));
        if (reason.empty())
            return " names a rule and then says why: lint-ignore=drop-table nobody reads it since May";
        out.lint_ignore.push_back({std::string(value.substr(0, end)), std::string(reason)});
        return {};
    }
    return " is unknown; a directive is one of transaction, lock_timeout, statement_timeout, requires, "
           "lint-ignore, "
           "placeholder, and a comment that is none must not begin with 'howdah:'";
}

} // namespace

void read_directives(const sql_script& script, const migration_side& of, migration_directives& out) {
    const auto first = std::find_if(script.commands.begin(), script.commands.end(),
                                    [](const auto& command) { return !command.blank(); });
    std::vector<std::string_view> seen;
    for (const auto& directive : script.directives) {
        const auto refuse = [&](const std::string& reason) {
            bad_place(migration_failure::bad_file, of.file,
                      place_in_file(of.text, directive.offset, of.lines_before), reason);
        };
        const auto equals = directive.text.find('=');
        const auto key = trimmed(directive.text.substr(0, equals));
        const auto value =
            equals == directive.text.npos ? std::string_view{} : trimmed(directive.text.substr(equals + 1));
        if (first != script.commands.end() && directive.offset > first->first)
            refuse("a directive has to stand before the first command of its file");
        const bool repeats = key == "requires" || key == "lint-ignore";
        if (!repeats && std::find(seen.begin(), seen.end(), key) != seen.end())
            refuse("the directive '" + std::string(key) + "' is given twice");
        seen.push_back(key);
        if (const auto wrong = read_directive(key, value, out); !wrong.empty())
            refuse("the directive '" + std::string(key) + '\'' + wrong);
    }
}

} // namespace howdah::detail

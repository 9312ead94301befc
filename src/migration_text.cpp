// SPDX-License-Identifier: BSL-1.0
#include "migration_text.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "sha256.hpp"
#include "utf8.hpp"

namespace howdah {
namespace detail {

migration_side up_side(const migration& of) noexcept {
    return {of.file, of.text, of.lines_before, of.directives, of.wrapped};
}

migration_side down_side(const migration& of) noexcept {
    return {of.down_file, *of.down_text, of.down_lines_before, of.down_directives, of.down_wrapped};
}

text_position place_in_file(std::string_view text, std::size_t offset, std::size_t lines_before) noexcept {
    auto at = place_of(text, offset);
    at.line += lines_before;
    return at;
}

void bad_file(std::string_view file, const std::string& reason) {
    throw migration_error(migration_failure::bad_file, std::string(file) + ": " + reason, std::string(file));
}

void bad_place(migration_failure kind, std::string_view file, text_position at, const std::string& reason) {
    throw migration_error(kind,
                          std::string(file) + ':' + std::to_string(at.line) + ':' +
                              std::to_string(at.column) + ": " + reason,
                          std::string(file), at.line, at.column);
}

void check_directory(std::string_view directory) {
    std::error_code failure;
    const auto found = std::filesystem::status(directory, failure).type();
    if (found == std::filesystem::file_type::not_found)
        bad_file(directory, "there is no such directory; name the one that holds the migrations");
    if (failure)
        bad_file(
            directory,
            "the directory cannot be read; check its permissions, and those of the directories above it");
    if (found != std::filesystem::file_type::directory)
        bad_file(directory, "is not a directory; name the one that holds the migrations");
}

std::string normalized(std::string_view text) {
    if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const auto end = std::min(text.find('\r'), text.size());
        out.append(text.substr(0, end));
        text.remove_prefix(end);
        if (text.empty()) break;
        out += '\n';
        text.remove_prefix(text.size() > 1 && text[1] == '\n' ? 2 : 1);
    }
    return out;
}

std::string key_of(const migration& of, version_order order) {
    return of.kind == migration_kind::repeatable ? "R_" + of.name : canonical_version(of.version, order);
}

namespace {

void check_encoding(const migration_side& side) {
    const auto bad = first_bad_byte(side.text);
    if (bad == side.text.size()) return;
    bad_place(migration_failure::bad_file, side.file, place_in_file(side.text, bad, side.lines_before),
              side.text[bad] == '\0' ? "a NUL byte; save the file as UTF-8 text"
                                     : "not UTF-8; save the file as UTF-8 text");
}

/// Checks a text and reads its directives into `directives`, which `side` refers to. Returns whether it is wrapped in
/// BEGIN and COMMIT.
bool check_sql(const migration_side& side, const migration_parts& parts, migration_directives& directives) {
    check_encoding(side);
    auto script = read_sql(side.text, parts.may_be_wrapped ? sql_wrapping::allowed : sql_wrapping::refused);
    read_directives(script, side, directives);
    if (script.wrapped && !directives.transaction) script = read_sql(side.text);
    if (script.problem)
        bad_place(script.problem->kind == sql_problem_kind::own_transaction
                      ? migration_failure::own_transaction
                      : migration_failure::bad_file,
                  side.file, place_in_file(side.text, script.problem->offset, side.lines_before),
                  script.problem->reason);
    const bool empty =
        std::all_of(script.commands.begin(), script.commands.end(), [](const auto& c) { return c.blank(); });
    if (empty && !parts.may_be_empty)
        bad_file(side.file,
                 "holds no SQL command; delete the file, or write 'select 1;' to keep its version");
    return script.wrapped;
}

} // namespace
} // namespace detail

migration make_migration(const migration_parts& parts) {
    migration out;
    out.version.assign(parts.version);
    out.kind = parts.kind;
    out.name.assign(parts.name);
    out.file.assign(parts.file);
    out.text = detail::normalized(parts.text);
    out.directives = parts.directives;
    out.lines_before = parts.lines_before;
    out.wrapped = detail::check_sql(detail::up_side(out), parts, out.directives);
    out.checksum.assign("sha256-lf:").append(detail::sha256_hex(out.text));
    if (!parts.down_text) return out;
    out.down_text = detail::normalized(*parts.down_text);
    out.down_file.assign(parts.down_file);
    out.down_directives = parts.down_directives;
    out.down_lines_before = parts.down_lines_before;
    out.down_wrapped = detail::check_sql(detail::down_side(out), parts, out.down_directives);
    return out;
}

} // namespace howdah

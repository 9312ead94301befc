// SPDX-License-Identifier: BSL-1.0
#include <howdah/migration.hpp>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <tuple>
#include <utility>

#include "sha256.hpp"
#include "sql_lexer.hpp"
#include "utf8.hpp"

namespace howdah {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void bad_file(std::string_view file, const std::string& reason) {
    throw migration_error(migration_failure::bad_file, std::string(file) + ": " + reason, std::string(file));
}

[[noreturn]] void bad_place(migration_failure kind, std::string_view file, std::string_view text,
                            std::size_t offset, const std::string& reason) {
    const auto at = detail::place_of(text, offset);
    throw migration_error(kind,
                          std::string(file) + ':' + std::to_string(at.line) + ':' +
                              std::to_string(at.column) + ": " + reason,
                          std::string(file), at.line, at.column);
}

bool ends_with(std::string_view text, std::string_view end) noexcept {
    return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

/// The digits at the beginning of `text`.
std::string_view digits(std::string_view text) noexcept {
    return text.substr(0, std::min(text.find_first_not_of("0123456789"), text.size()));
}

/// "2026_01_24_x" and "2026-1-4-x" are dates to a person and version 2026 to a program: the name that says it
/// right, or nothing where the name does not begin with a date.
std::string dated_name(std::string_view stem) {
    std::string version;
    for (const std::size_t width : {4u, 2u, 2u}) {
        const auto group = digits(stem);
        if (group.empty() || group.size() > width || (width == 4 && group.size() != 4)) return {};
        version += std::string(width - group.size(), '0').append(group);
        stem.remove_prefix(group.size());
        if (stem.empty() || (stem.front() != '_' && stem.front() != '-')) return {};
        stem.remove_prefix(1);
    }
    const auto time = digits(stem);
    if (time.size() >= 4 && time.size() < stem.size() &&
        (stem[time.size()] == '_' || stem[time.size()] == '-')) {
        version += time;
        stem.remove_prefix(time.size() + 1);
    }
    return version + '_' + std::string(stem.empty() ? "name" : stem) + ".sql";
}

constexpr std::string_view rule =
    "; migrations are named <version>_<name>.sql with a version of 1 to 19 digits, "
    "such as 0001_create_users.sql";

void check_extension(std::string_view file, std::string_view base) {
    if (!ends_with(base, ".sql")) bad_file(file, "the name does not end in .sql" + std::string(rule));
    for (const std::string_view ending : {".down.sql", ".up.sql"})
        if (ends_with(base, ending))
            bad_file(file, "names ending in " + std::string(ending) +
                               " are not supported, migrations go forward only" + std::string(rule));
}

/// Fills in version and name.
void read_name(migration& out) {
    const std::string_view file = out.file;
    if (detail::first_bad_byte(file) != file.size()) bad_file(file, "the name is not UTF-8");
    const auto base = file.substr(file.find_last_of('/') + 1);
    check_extension(file, base);
    const auto stem = base.substr(0, base.size() - 4);
    if (const auto right = dated_name(stem); !right.empty())
        bad_file(file, "the version has to be digits only; rename the file to " + right);
    if (base.substr(0, 2) == "R_")
        bad_file(file, "repeatable migrations (R_) are not supported" + std::string(rule));
    out.version_text = digits(stem);
    if (out.version_text.empty())
        bad_file(file, "the name does not begin with a version" + std::string(rule));
    const auto rest = stem.substr(out.version_text.size());
    if (rest.size() < 2 || rest.front() != '_')
        bad_file(file, "the version is not followed by an underscore and a name" + std::string(rule));
    const auto* const last = out.version_text.data() + out.version_text.size();
    if (std::from_chars(out.version_text.data(), last, out.version).ec != std::errc{})
        bad_file(file, "the version is greater than 9223372036854775807, what a bigint holds");
    out.name = rest.substr(1);
}

std::string normalized(std::string_view text) {
    if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\r') out += text[i];
        else if (i + 1 == text.size() || text[i + 1] != '\n') out += '\n';
    }
    return out;
}

void check_encoding(const migration& file) {
    const auto bad = detail::first_bad_byte(file.text);
    if (bad == file.text.size()) return;
    bad_place(migration_failure::bad_file, file.file, file.text, bad,
              file.text[bad] == '\0' ? "a NUL byte; save the file as UTF-8 text"
                                     : "not UTF-8; save the file as UTF-8 text");
}

/// Directives are refused, all of them: one that was passed over would let a file run in another way than it
/// asks for.
void check_directive(const migration& file, const detail::sql_directive& directive) {
    auto key = directive.text.substr(0, directive.text.find('='));
    key.remove_prefix(std::min(key.find_first_not_of(" \t"), key.size()));
    key = key.substr(0, key.find_last_not_of(" \t") + 1);
    static constexpr std::string_view planned[] = {"transaction", "lock_timeout", "statement_timeout",
                                                   "requires",    "lint-ignore",  "placeholder"};
    const bool known = std::find(std::begin(planned), std::end(planned), key) != std::end(planned);
    bad_place(migration_failure::bad_file, file.file, file.text, directive.offset,
              known ? "the directive '" + std::string(key) +
                          "' is not supported by this version of howdah; remove it"
                    : "unknown directive; a comment that is none must not begin with 'howdah:'");
}

void check_sql(const migration& file) {
    const auto script = detail::read_sql(file.text);
    if (!script.directives.empty()) check_directive(file, script.directives.front());
    if (script.problem)
        bad_place(script.problem->kind == detail::sql_problem_kind::own_transaction
                      ? migration_failure::own_transaction
                      : migration_failure::bad_file,
                  file.file, file.text, script.problem->offset, script.problem->reason);
    if (std::all_of(script.commands.begin(), script.commands.end(), [](const auto& c) { return c.blank(); }))
        bad_file(file.file,
                 "holds no SQL command; delete the file, or write 'select 1;' to keep its version");
}

std::string read_file(const fs::path& path) {
    std::error_code failure;
    if (fs::is_directory(path, failure)) bad_file(path.string(), "is a directory, not a file");
    std::ifstream stream(path, std::ios::binary);
    std::string text((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
    if (!stream.is_open() || stream.bad()) bad_file(path.string(), "cannot be read; check its permissions");
    return text;
}

bool is_candidate(const std::string& name) {
    std::string end = name.size() < 4 ? std::string() : name.substr(name.size() - 4);
    for (char& c : end) c = static_cast<char>(c | 0x20); // .SQL is meant as a migration too, and then refused
    return end == ".sql" && name.front() != '.';
}

std::vector<std::string> file_names(const std::string& directory) {
    std::error_code failure;
    const auto status = fs::status(directory, failure);
    if (!fs::exists(status))
        bad_file(directory, "there is no such directory; name the one that holds the migrations");
    if (!fs::is_directory(status))
        bad_file(directory, "is not a directory; name the one that holds the migrations");
    std::vector<std::string> names;
    fs::directory_iterator at(directory, failure);
    for (; !failure && at != fs::directory_iterator(); at.increment(failure))
        if (auto name = at->path().filename().string(); is_candidate(name)) names.push_back(std::move(name));
    if (failure) bad_file(directory, "the directory cannot be read; check its permissions");
    std::sort(names.begin(), names.end());
    return names;
}

std::vector<migration> read_all(const embedded_migrations& embedded) {
    std::vector<migration> out;
    for (const auto& each : embedded.files) out.push_back(read_migration(each.file, each.text));
    return out;
}

} // namespace

migration read_migration(std::string_view file, std::string_view text) {
    migration out;
    out.file = file;
    read_name(out);
    out.text = normalized(text);
    check_encoding(out);
    check_sql(out);
    out.checksum = "sha256-lf:" + detail::sha256_hex(out.text);
    return out;
}

migration_set::migration_set(const embedded_migrations& embedded) : migration_set(read_all(embedded)) {}

migration_set::migration_set(std::vector<migration> files) : migrations_(std::move(files)) {
    std::sort(migrations_.begin(), migrations_.end(), [](const migration& a, const migration& b) {
        return std::tie(a.version, a.file) < std::tie(b.version, b.file);
    });
    const auto twice =
        std::adjacent_find(migrations_.begin(), migrations_.end(),
                           [](const auto& a, const auto& b) { return a.version == b.version; });
    if (twice == migrations_.end()) return;
    const auto& other = *std::next(twice);
    throw migration_error(migration_failure::duplicate,
                          other.file + " and " + twice->file + " have the same version " +
                              std::to_string(other.version) + "; give the newer one a later version",
                          other.file);
}

const migration* migration_set::find(std::int64_t version) const noexcept {
    const auto at = std::lower_bound(migrations_.begin(), migrations_.end(), version,
                                     [](const migration& m, std::int64_t v) { return m.version < v; });
    return at != migrations_.end() && at->version == version ? &*at : nullptr;
}

migration_set migrations_in(std::string_view directory) {
    std::string where(directory);
    const auto names = file_names(where);
    if (names.empty()) bad_file(where, "the directory holds no migration" + std::string(rule));
    std::vector<migration> files;
    for (const auto& name : names) {
        const auto path = fs::path(where) / name;
        files.push_back(read_migration(path.string(), read_file(path)));
    }
    return migration_set(std::move(files));
}

} // namespace howdah

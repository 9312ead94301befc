// SPDX-License-Identifier: BSL-1.0
//
// dbmate: <digits>_<name>.sql with the sections "-- migrate:up" and "-- migrate:down". The marks are looked for line by
// line, as dbmate does, whatever stands around them.
#include <algorithm>

#include "migration_layout.hpp"

namespace howdah::detail {
namespace {

constexpr std::size_t npos = std::string_view::npos;

/// A section: where its mark stands, and which line that is (from 0).
struct mark {
    std::size_t offset = npos, line = 0;
};

/// Is the line "--", blanks, `word`, and then nothing or a blank?
bool is_mark(std::string_view line, std::string_view word) noexcept {
    if (!begins_with(line, "--")) return false;
    line.remove_prefix(2);
    line.remove_prefix(std::min(line.find_first_not_of(" \t\f\v"), line.size()));
    return begins_with(line, word) &&
           (line.size() == word.size() || std::string_view(" \t\f\v").find(line[word.size()]) != npos);
}

mark find_mark(std::string_view text, std::string_view word) noexcept {
    auto rest = text;
    for (std::size_t line = 0; !rest.empty(); ++line) {
        const auto offset = text.size() - rest.size();
        if (is_mark(next_line(rest), word)) return {offset, line};
    }
    return {};
}

/// Does the mark say transaction:false?
bool runs_in_transaction(std::string_view section) noexcept {
    auto line = section.substr(0, section.find('\n'));
    while (!line.empty()) {
        const auto end = std::min(line.find_first_of(" \t"), line.size());
        if (line.substr(0, end) == "transaction:false") return false;
        line.remove_prefix(std::min(end + 1, line.size()));
    }
    return true;
}

void check_beginning(const source_file& file, std::string_view before) {
    for (std::size_t number = 1; !before.empty(); ++number) {
        const auto line = trimmed(next_line(before));
        if (!line.empty() && !begins_with(line, "--"))
            bad_place(migration_failure::bad_file, file.path, {number, 1},
                      "nothing but comments may stand before '-- migrate:up'; move this below it");
    }
}

migration read_one(const source_file& file) {
    const auto version = leading_digits(file.base());
    auto name = file.base().substr(version.size(), file.base().size() - version.size() - 4);
    if (version.empty())
        bad_file(
            file.path,
            "is no migration of dbmate, whose files are named <version>_<name>.sql; rename it, or take it "
            "out of the directory");
    if (!name.empty() && name.front() == '_') name.remove_prefix(1);
    auto parts = parts_of(file, version, name);
    const std::string_view text = file.text;
    const auto up = find_mark(text, "migrate:up"), down = find_mark(text, "migrate:down");
    if (up.offset == npos) bad_file(file.path, "has no line '-- migrate:up'; write it above what is to run");
    if (down.offset < up.offset)
        bad_place(migration_failure::bad_file, file.path, {down.line + 1, 1},
                  "'-- migrate:down' stands before '-- migrate:up'; put it behind");
    check_beginning(file, text.substr(0, up.offset));
    parts.text = text.substr(up.offset, down.offset == npos ? npos : down.offset - up.offset);
    parts.lines_before = up.line;
    parts.directives.transaction = runs_in_transaction(parts.text);
    if (down.offset == npos) return make_migration(parts);
    parts.down_file.assign(file.path);
    parts.down_text = text.substr(down.offset);
    parts.down_lines_before = down.line;
    parts.down_directives.transaction = runs_in_transaction(*parts.down_text);
    return make_migration(parts);
}

} // namespace

bool has_dbmate_mark(std::string_view text) noexcept {
    return find_mark(text, "migrate:up").offset != npos;
}

std::vector<migration> read_dbmate(const source_tree& tree) {
    std::vector<migration> out;
    for (const auto& file : tree.files)
        if (file.is_sql() && file.parent().empty()) out.push_back(read_one(file));
    // dbmate goes by the names of the files, which tells 10_b from 1_a otherwise than their versions do.
    for (std::size_t i = 1; i < out.size(); ++i)
        if (out[i].version < out[i - 1].version)
            bad_file(out[i - 1].file, "runs before " + out[i].file + " in dbmate, since '" +
                                          out[i - 1].version + "_' sorts before '" + out[i].version +
                                          "_'; give both versions the same number of digits");
    return out;
}

} // namespace howdah::detail

// SPDX-License-Identifier: BSL-1.0
//
// goose: <digits>_<name>.sql with "-- +goose Up" and "-- +goose Down". Its annotations are read line by line, as goose
// does, whatever stands around them. Statements are split by the lexer: StatementBegin and StatementEnd are checked,
// and not needed.
#include <algorithm>

#include "migration_layout.hpp"

namespace howdah::detail {
namespace {

/// "Up" of the line "-- +goose Up", in lower case; empty for any other line.
std::string annotation(std::string_view line) {
    if (!begins_with(line, "--")) return {};
    line = trimmed(line.substr(2));
    if (!begins_with(line, "+goose")) return {};
    std::string out(trimmed(line.substr(6)));
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
    return out;
}

/// The name of a variable at the beginning of `text`, empty if there is none.
std::string_view variable_name(std::string_view text) noexcept {
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
    if (text.empty() || letters.find(text.front()) == letters.npos) return {};
    std::size_t end = 1;
    while (end < text.size() &&
           (letters.find(text[end]) != letters.npos || (text[end] >= '0' && text[end] <= '9')))
        ++end;
    return text.substr(0, end);
}

/// Reads one file, line by line.
class goose_reader {
public:
    goose_reader(const source_file& file, migration_parts& out) : file_(file), out_(out) {}

    void read() {
        std::string_view rest = file_.text;
        for (; !rest.empty(); ++line_) {
            offset_ = file_.text.size() - rest.size();
            const auto line = next_line(rest);
            if (const auto said = annotation(line); !said.empty()) take(said);
            else take_sql(line);
        }
        if (up_ == none) refuse("there is no line '-- +goose Up'; write it above what is to run", 1);
        if (inside_) refuse("'-- +goose StatementBegin' has no '-- +goose StatementEnd'", begun_);
        const std::string_view text = file_.text;
        out_.text = text.substr(up_, down_ == none ? none : down_ - up_);
        if (down_ == none) return;
        out_.down_file.assign(file_.path);
        out_.down_text = text.substr(down_);
    }

private:
    static constexpr std::size_t none = std::string_view::npos;

    [[noreturn]] void refuse(const std::string& reason, std::size_t line) const {
        bad_place(migration_failure::bad_file, file_.path, {line, 1}, reason);
    }
    [[noreturn]] void refuse(const std::string& reason) const { refuse(reason, line_); }

    void take(const std::string& said) {
        if (said == "up") {
            if (up_ != none) refuse("a second '-- +goose Up'; a file has one");
            up_ = offset_;
            out_.lines_before = line_ - 1;
        } else if (said == "down") {
            if (up_ == none || down_ != none || inside_)
                refuse("'-- +goose Down' stands once, behind '-- +goose Up' and outside of statements");
            down_ = offset_;
            out_.down_lines_before = line_ - 1;
        } else if (said == "statementbegin") {
            if (up_ == none || inside_)
                refuse("'-- +goose StatementBegin' stands behind '-- +goose Up' and is not nested");
            inside_ = true;
            begun_ = line_;
        } else if (said == "statementend") {
            if (!inside_) refuse("'-- +goose StatementEnd' has no '-- +goose StatementBegin' before it");
            inside_ = false;
        } else if (said == "no transaction") {
            out_.directives.transaction = out_.down_directives.transaction = false;
        } else if (said == "envsub on" || said == "envsub off") {
            substitutes_ = said == "envsub on";
        } else {
            refuse("'-- +goose " + said +
                   "' is no annotation that is known; it is one of Up, Down, StatementBegin, "
                   "StatementEnd, NO TRANSACTION, ENVSUB ON, ENVSUB OFF");
        }
    }

    void take_sql(std::string_view line) {
        if (up_ == none && !trimmed(line).empty() && !begins_with(trimmed(line), "--"))
            refuse("nothing but comments may stand before '-- +goose Up'; move this below it");
        if (substitutes_) check_variables(line);
        if (line.find("${") == none) return;
        auto& directives = down_ == none ? out_.directives : out_.down_directives;
        bool& outside = down_ == none ? outside_up_ : outside_down_;
        if (substitutes_) directives.placeholders = directives.placeholder_defaults = true;
        else outside = true;
        if (directives.placeholders && outside)
            refuse("'${' stands both with and without '-- +goose ENVSUB ON' here; a section fills in all of "
                   "them or none");
    }

    /// What goose would fill in, and placeholders cannot say.
    void check_variables(std::string_view line) const {
        for (auto at = line.find('$'); at != none; at = line.find('$', at + 1)) {
            const auto rest = line.substr(at + 1);
            if ((at > 0 && line[at - 1] == '\\') || begins_with(rest, "$"))
                refuse_at(
                    at, "a dollar sign that is escaped for '-- +goose ENVSUB ON' has no counterpart; put it "
                        "behind '-- +goose ENVSUB OFF'");
            if (!begins_with(rest, "{")) {
                if (!variable_name(rest).empty())
                    refuse_at(at,
                              "write the variable with braces, ${" + std::string(variable_name(rest)) + '}');
                continue;
            }
            const auto end = rest.find('}');
            const auto name = variable_name(rest.substr(1));
            const auto more = rest.substr(0, end).substr(std::min(end, name.size() + 1));
            const bool known = more.empty() || begins_with(more, ":-") || more[0] == '-' || more[0] == '?';
            if (end == none || name.empty() || !known || more.find('$') != none)
                refuse_at(
                    at, "a variable is written ${NAME}, ${NAME:-value}, ${NAME-value} or ${NAME?message}, on "
                        "one line and without another one in it");
        }
    }
    [[noreturn]] void refuse_at(std::size_t at, const std::string& reason) const {
        bad_place(migration_failure::bad_file, file_.path, {line_, at + 1}, reason);
    }

    const source_file& file_;
    migration_parts& out_;
    std::size_t line_ = 1, offset_ = 0, up_ = none, down_ = none, begun_ = 0;
    bool inside_ = false, substitutes_ = false, outside_up_ = false, outside_down_ = false;
};

migration read_one(const source_file& file) {
    const auto base = file.base();
    const auto version = leading_digits(base);
    if (version.empty() || version.size() > 19 || version.size() >= base.size() ||
        base[version.size()] != '_' || version.find_first_not_of('0') == version.npos)
        bad_file(
            file.path,
            "is no migration of goose, whose files are named <version>_<name>.sql with a version above 0; "
            "rename it, or take it out of the directory");
    auto parts = parts_of(file, version, base.substr(version.size() + 1, base.size() - version.size() - 5));
    goose_reader(file, parts).read();
    return make_migration(parts);
}

} // namespace

bool is_goose_code(std::string_view base) noexcept {
    const auto digits = leading_digits(base).size();
    return digits > 0 && digits < base.size() && base[digits] == '_' && ends_with(base, ".go") &&
           !ends_with(base, "_test.go");
}

bool has_goose_mark(std::string_view text) noexcept {
    while (!text.empty()) {
        const auto line = next_line(text);
        if (begins_with(line, "--") && begins_with(trimmed(line.substr(2)), "+goose")) return true;
    }
    return false;
}

std::vector<migration> read_goose(const source_tree& tree) {
    std::vector<migration> out;
    for (const auto& file : tree.files) {
        if (!file.parent().empty()) continue;
        if (is_goose_code(file.base()))
            bad_file(
                file.path,
                "is a step of goose written in Go, and cannot be run; write it as SQL, or run it with goose "
                "before the database is taken over");
        if (file.is_sql()) out.push_back(read_one(file));
    }
    return out;
}

} // namespace howdah::detail

// SPDX-License-Identifier: BSL-1.0
#include <howdah/environment.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <map>
#include <memory>

#include <unistd.h>

#include <howdah/error.hpp>

namespace howdah {

namespace {

using variable_map = std::map<std::string, std::string, std::less<>>;

constexpr std::size_t largest_file = std::size_t{1} << 20;
/// Defaults within defaults.
constexpr int deepest_reference = 16;

bool is_name_start(char c) noexcept {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}
bool is_name_part(char c) noexcept {
    return is_name_start(c) || (c >= '0' && c <= '9');
}
bool is_blank(char c) noexcept {
    return c == ' ' || c == '\t';
}

/// Reads one line. Messages name the place, never what stands there.
class line_parser {
public:
    line_parser(std::string_view line, std::size_t number, std::string_view file, const environment& so_far)
        : line_(line), number_(number), file_(file), so_far_(so_far) {}

    /// Key and value; nothing for an empty line or a comment.
    std::optional<std::pair<std::string, std::string>> parse() {
        if (const auto bad = line_.find_first_of(std::string_view("\0\r", 2)); bad != line_.npos)
            fail("a NUL or carriage return is no part of a line", bad);
        skip_blanks();
        if (done() || sees('#')) return std::nullopt;
        auto key = read_key();
        skip_blanks();
        if (!take('=')) fail("expected '=' after the name", at_);
        skip_blanks();
        return std::pair{std::move(key), read_value()};
    }

private:
    bool done() const noexcept { return at_ == line_.size(); }
    bool sees(char c) const noexcept { return !done() && line_[at_] == c; }
    bool sees(std::string_view text) const noexcept { return line_.substr(at_).starts_with(text); }
    bool take(char c) noexcept {
        if (!sees(c)) return false;
        ++at_;
        return true;
    }
    void skip_blanks() noexcept {
        while (!done() && is_blank(line_[at_])) ++at_;
    }

    [[noreturn]] void fail(const char* reason, std::size_t where) const {
        const auto before = line_.substr(0, where);
        const auto characters =
            std::count_if(before.begin(), before.end(), [](char c) { return (c & 0xC0) != 0x80; });
        throw usage_error(std::string(file_) + ":" + std::to_string(number_) + ":" +
                          std::to_string(characters + 1) + ": " + reason);
    }

    std::string read_name() {
        const auto begin = at_;
        if (done() || !is_name_start(line_[at_])) fail("expected a name of letters, digits and '_'", at_);
        while (!done() && is_name_part(line_[at_])) ++at_;
        return std::string(line_.substr(begin, at_ - begin));
    }

    std::string read_key() {
        auto name = read_name();
        if (name != "export" || done() || !is_blank(line_[at_])) return name;
        skip_blanks();
        return sees('=') ? name : read_name();
    }

    std::string read_value() {
        if (sees('\'')) return read_single();
        if (sees('"')) return read_double();
        return read_plain();
    }

    std::string read_single() {
        const auto open = at_++;
        const auto close = line_.find('\'', at_);
        if (close == line_.npos) fail_unclosed(open);
        std::string out(line_.substr(at_, close - at_));
        at_ = close + 1;
        expect_end();
        return out;
    }

    std::string read_double() {
        const auto open = at_++;
        std::string out;
        while (!sees('"')) {
            if (done()) fail_unclosed(open);
            if (sees("${")) out += read_reference(0);
            else if (sees('\\')) out += read_escape();
            else out += line_[at_++];
        }
        ++at_;
        expect_end();
        return out;
    }

    /// Up to the end or a '#' after a blank; blanks at the end that were written, not referred to, are
    /// dropped.
    std::string read_plain() {
        std::string out;
        std::size_t kept = 0;
        while (!done() && !(sees('#') && (at_ == 0 || is_blank(line_[at_ - 1])))) {
            const bool blank = is_blank(line_[at_]);
            if (sees("${")) out += read_reference(0);
            else out += line_[at_++];
            if (!blank) kept = out.size();
        }
        out.resize(kept);
        return out;
    }

    char read_escape() {
        const auto begin = at_++;
        constexpr std::string_view letters = "nrt\"\\$", meanings = "\n\r\t\"\\$";
        const auto which = done() ? letters.npos : letters.find(line_[at_]);
        if (which == letters.npos)
            fail("an unknown escape: \\n \\r \\t \\\" \\\\ \\$ are known; write \\\\ for a backslash", begin);
        ++at_;
        return meanings[which];
    }

    /// ${NAME} or ${NAME:-default}; the default may hold references of its own.
    std::string read_reference(int depth) {
        const auto begin = at_;
        if (depth == deepest_reference) fail("references are nested too deeply", begin);
        at_ += 2;
        const auto name = read_name();
        auto value = so_far_.get(name);
        if (take('}')) {
            if (!value)
                fail("this variable is set neither by the process nor on a line before; ${NAME:-} makes it "
                     "empty",
                     begin);
            return *value;
        }
        if (!sees(":-")) fail("expected '}' or ':-' after the name", at_);
        at_ += 2;
        auto otherwise = read_default(begin, depth);
        return value && !value->empty() ? *value : otherwise;
    }

    std::string read_default(std::size_t begin, int depth) {
        std::string out;
        while (!take('}')) {
            if (done()) fail("the '}' of this reference is missing", begin);
            if (sees("${")) out += read_reference(depth + 1);
            else out += line_[at_++];
        }
        return out;
    }

    void expect_end() {
        const auto after = at_;
        skip_blanks();
        if (done() || (sees('#') && at_ > after)) return;
        fail("something follows the closing quote; a comment needs a blank before its '#'", at_);
    }
    [[noreturn]] void fail_unclosed(std::size_t open) const {
        fail("this quote is not closed on its line; a value has one line, write \\n within double quotes",
             open);
    }

    std::string_view line_;
    std::size_t number_;
    std::string_view file_;
    const environment& so_far_;
    std::size_t at_ = 0;
};

variable_map process_variables() {
    variable_map out;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text(*entry);
        const auto equals = text.find('=');
        if (equals == text.npos) continue;
        // As getenv() does: the first of two entries with one name counts.
        out.try_emplace(std::string(text.substr(0, equals)), text.substr(equals + 1));
    }
    return out;
}

struct file_closer {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};

[[noreturn]] void fail_reading(const std::string& path, const std::string& reason) {
    throw usage_error(path + ": " + reason);
}

/// Nothing if there is no such file.
std::optional<std::string> read_file(const std::string& path) {
    if (path.find('\0') != path.npos) throw usage_error("the path of an environment file holds a NUL");
    const std::unique_ptr<std::FILE, file_closer> file(std::fopen(path.c_str(), "rbe"));
    if (!file && (errno == ENOENT || errno == ENOTDIR)) return std::nullopt;
    if (!file)
        fail_reading(path, "cannot be opened, errno " + std::to_string(errno) + "; check its permissions");
    std::string out(largest_file + 1, '\0');
    out.resize(std::fread(out.data(), 1, out.size(), file.get()));
    if (std::ferror(file.get()) != 0) fail_reading(path, "cannot be read; is it a file?");
    if (out.size() > largest_file) fail_reading(path, "is larger than 1 MiB: not an environment file");
    return out;
}

} // namespace

struct environment::variables {
    variable_map process = process_variables(), file{};
};

environment::environment() : variables_(detail::make_shared_object<const variables>()) {}

environment environment::load(const std::string& path) {
    const auto text = read_file(path);
    return text ? parse(*text, path) : environment();
}

environment environment::parse(std::string_view text, std::string_view file_name) {
    environment out;
    const auto filled = detail::make_shared_object<variables>();
    out.variables_ = filled; // a reference to an earlier key finds it
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    for (std::size_t number = 1; !text.empty(); ++number) {
        const auto end = std::min(text.find('\n'), text.size());
        auto line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (auto entry = line_parser(line, number, file_name, out).parse())
            filled->file.insert_or_assign(std::move(entry->first), std::move(entry->second));
    }
    return out;
}

std::optional<std::string> environment::get(std::string_view name) const {
    if (!variables_) return std::nullopt; // moved from
    for (const auto* source : {&variables_->process, &variables_->file})
        if (const auto found = source->find(name); found != source->end()) return found->second;
    return std::nullopt;
}

} // namespace howdah

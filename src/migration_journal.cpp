// SPDX-License-Identifier: BSL-1.0
#include "migration_journal.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "utf8.hpp"

namespace howdah::detail {
namespace {

constexpr int deepest = 32;

/// Reads values one after the other. After the first problem every reader returns false.
class json_reader {
public:
    explicit json_reader(std::string_view text) noexcept : text_(text) {}

    std::optional<journal_problem> problem{};

    bool refuse(const char* reason) {
        if (!problem) problem = journal_problem{at_, reason};
        return false;
    }
    [[nodiscard]] bool at_end() {
        skip_blanks();
        return at_ == text_.size() || refuse("nothing may follow the value");
    }
    [[nodiscard]] bool follows(char c) {
        skip_blanks();
        return at_ < text_.size() && text_[at_] == c;
    }

    /// An object or array: calls `read_item` for each member or element. `read_item` reads all of it.
    template <class Read> bool list(char open, char close, const char* what, const Read& read_item) {
        if (!take(open, what) || ++depth_ > deepest) return refuse("nested too deeply");
        if (!follows(close)) do {
                if (!read_item()) return false;
            } while (follows(',') && take(',', what));
        --depth_;
        return take(close, open == '{' ? "',' or '}' is expected" : "',' or ']' is expected");
    }
    template <class Read> bool object(const Read& read_member) {
        return list('{', '}', "an object is expected", [&] {
            std::string key;
            return string(key) && take(':', "':' is expected") && read_member(key);
        });
    }

    bool string(std::string& out) {
        if (!take('"', "a string is expected")) return false;
        out.clear();
        for (; at_ < text_.size() && text_[at_] != '"'; ++at_) {
            if (static_cast<unsigned char>(text_[at_]) < 0x20)
                return refuse("a control character in a string");
            if (text_[at_] != '\\') out += text_[at_];
            else if (++at_; !escape(out)) return false;
        }
        return take('"', "the string never ends");
    }

    bool integer(std::int64_t& out) {
        skip_blanks();
        const auto start = at_;
        if (!number()) return false;
        const auto* const end = text_.data() + at_;
        if (const auto [rest, failure] = std::from_chars(text_.data() + start, end, out);
            failure == std::errc{} && rest == end)
            return true;
        at_ = start;
        return refuse("a whole number is expected");
    }

    bool skip() {
        std::string ignored;
        if (follows('"')) return string(ignored);
        if (follows('{')) return object([&](const std::string&) { return skip(); });
        if (follows('[')) return list('[', ']', "", [&] { return skip(); });
        for (const std::string_view word : {"true", "false", "null"})
            if (text_.substr(at_, word.size()) == word) return at_ += word.size(), true;
        return number();
    }

private:
    void skip_blanks() noexcept { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }
    bool take(char c, const char* otherwise) {
        if (!follows(c)) return refuse(otherwise);
        ++at_;
        return true;
    }
    [[nodiscard]] std::size_t digits() noexcept {
        const auto start = at_;
        while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') ++at_;
        return at_ - start;
    }
    bool number() {
        if (follows('-')) ++at_;
        const bool zero = at_ < text_.size() && text_[at_] == '0';
        const auto whole = digits();
        if (whole == 0 || (zero && whole > 1)) return refuse("a value is expected");
        if (at_ < text_.size() && text_[at_] == '.' && (++at_, digits() == 0))
            return refuse("a digit is expected");
        if (at_ >= text_.size() || (text_[at_] | 0x20) != 'e') return true;
        ++at_;
        if (at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-')) ++at_;
        return digits() > 0 || refuse("a digit is expected");
    }
    /// What stands behind a backslash; stays at its last character.
    bool escape(std::string& out) {
        constexpr std::string_view letters = "\"\\/bfnrt", meant = "\"\\/\b\f\n\r\t";
        if (at_ >= text_.size()) return refuse("the string never ends");
        if (const auto found = letters.find(text_[at_]); found != letters.npos)
            return out += meant[found], true;
        unsigned code = 0;
        if (text_[at_] != 'u' || !hexadecimal(code)) return refuse("an escape that JSON does not have");
        // Names of files: no reason to take characters above U+FFFF apart in two halves.
        if (code >= 0xD800 && code < 0xE000) return refuse("write the character itself, in UTF-8");
        if (code < 0x80) out += static_cast<char>(code);
        else if (code < 0x800) out += static_cast<char>(0xC0 | (code >> 6U));
        else {
            out += static_cast<char>(0xE0 | (code >> 12U));
            out += static_cast<char>(0x80 | ((code >> 6U) & 0x3FU));
        }
        if (code >= 0x80) out += static_cast<char>(0x80 | (code & 0x3FU));
        return true;
    }
    bool hexadecimal(unsigned& code) {
        if (text_.size() - at_ < 5) return false;
        const auto* const end = text_.data() + at_ + 5;
        const auto [rest, failure] = std::from_chars(text_.data() + at_ + 1, end, code, 16);
        if (failure != std::errc{} || rest != end) return false;
        at_ += 4;
        return true;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    int depth_ = 0;
};

bool read_entry(json_reader& json, std::vector<journal_entry>& out) {
    journal_entry entry;
    bool has_tag = false, has_when = false;
    const bool read = json.object([&](const std::string& key) {
        if (key == "tag") return has_tag = true, json.string(entry.tag);
        if (key == "when") return has_when = true, json.integer(entry.when);
        return json.skip();
    });
    if (!read) return false;
    if (!has_tag || !has_when) return json.refuse("an entry has a 'tag' and a 'when'");
    out.push_back(std::move(entry));
    return true;
}

} // namespace

journal read_journal(std::string_view text) {
    journal out;
    json_reader json(text);
    bool has_entries = false;
    if (const auto bad = first_bad_byte(text); bad != text.size()) {
        out.problem = journal_problem{bad, "not UTF-8; save the file as UTF-8 text"};
        return out;
    }
    const bool read = json.object([&](const std::string& key) {
        if (key == "dialect") return json.string(out.dialect);
        if (key != "entries") return json.skip();
        has_entries = true;
        return json.list('[', ']', "a list is expected", [&] { return read_entry(json, out.entries); });
    });
    if (read && json.at_end() && !has_entries) json.refuse("the journal has no 'entries'");
    out.problem = std::move(json.problem);
    return out;
}

} // namespace howdah::detail

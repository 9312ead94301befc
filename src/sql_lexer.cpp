// SPDX-License-Identifier: BSL-1.0
#include "sql_lexer.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>

namespace howdah::detail {
namespace {

constexpr std::size_t npos = std::string_view::npos;

bool is_space(char c) noexcept {
    return c == ' ' || (c >= '\t' && c <= '\r');
}
bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}
// Every byte of a non-ASCII character may stand in an identifier, as in the server's scan.l.
bool starts_word(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80) != 0;
}
bool continues_tag(char c) noexcept {
    return starts_word(c) || is_digit(c);
}
bool continues_word(char c) noexcept {
    return continues_tag(c) || c == '$';
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

class sql_reader {
public:
    explicit sql_reader(std::string_view text) : text_(text) {}

    sql_script read() {
        while (at_ < text_.size() && !out_.problem) step();
        if (!out_.problem) end_text();
        if (start_ < text_.size()) push_command(text_.size());
        return std::move(out_);
    }

private:
    [[nodiscard]] char peek(std::size_t ahead = 0) const noexcept {
        return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
    }
    [[nodiscard]] bool follows(std::string_view what) const noexcept {
        return text_.substr(at_, what.size()) == what;
    }
    void fail(sql_problem_kind kind, std::size_t offset, std::string reason) {
        if (!out_.problem) out_.problem = sql_problem{kind, offset, std::move(reason)};
    }
    void unterminated(std::size_t offset, std::string reason) {
        at_ = text_.size();
        fail(sql_problem_kind::unterminated, offset, std::move(reason));
    }

    void step() {
        if (is_space(peek())) ++at_;
        else if (follows("--")) line_comment();
        else if (follows("/*")) block_comment();
        else if (peek() == ';' && parentheses_.empty() && blocks_ == 0) end_command();
        else token();
    }

    void line_comment() {
        const auto begin = at_;
        at_ = std::min(text_.find_first_of("\r\n", at_), text_.size());
        auto words = text_.substr(begin + 2, at_ - begin - 2);
        words.remove_prefix(std::min(words.find_first_not_of(" \t"), words.size()));
        constexpr std::string_view mark = "howdah:";
        if (lower(words.substr(0, mark.size())) == mark)
            out_.directives.push_back({begin, words.substr(mark.size())});
    }

    void block_comment() {
        const auto begin = at_;
        at_ += 2;
        for (std::size_t depth = 1; depth > 0;) {
            if (at_ >= text_.size()) return unterminated(begin, "a comment begins here and never ends");
            if (follows("/*")) ++depth, at_ += 2;
            else if (follows("*/")) --depth, at_ += 2;
            else ++at_;
        }
    }

    void token() {
        if (!first_) first_ = at_;
        const char c = peek();
        if (starts_word(c)) return word();
        if (c == '\'') string(at_, false);
        else if (c == '"') quoted_identifier();
        else if (c == '$') dollar();
        else if (c == '\\')
            fail(sql_problem_kind::meta_command, at_,
                 "a backslash outside quotes is a command of psql, not SQL; remove it");
        else {
            if (c == '(') parentheses_.push_back(at_);
            else if (c == ')' && !parentheses_.empty()) parentheses_.pop_back();
            ++at_;
        }
        previous_.assign(1, c);
        last_ = at_;
    }

    void word() {
        const auto begin = at_;
        while (at_ < text_.size() && continues_word(text_[at_])) ++at_;
        auto name = lower(text_.substr(begin, at_ - begin));
        if (name == "e" && peek() == '\'') {
            string(begin, true);
            name.assign(1, '\'');
        } else if (previous_ != "." && previous_ != "as") keyword(name, begin);
        previous_ = std::move(name);
        last_ = at_;
    }

    // Only the words that decide where a command ends or whether it may run are of interest.
    void keyword(const std::string& name, std::size_t offset) {
        if (words_.size() < 4) words_.push_back(name);
        if (blocks_ > 0) {
            if (name == "case") ++blocks_;
            else if (name == "end") --blocks_;
        } else if (name == "atomic" && previous_ == "begin" && parentheses_.empty() && creates_routine()) {
            blocks_ = 1;
            block_ = offset;
        }
        if (words_.front() == "copy" && parentheses_.empty())
            streams_ |= (previous_ == "from" && name == "stdin") || (previous_ == "to" && name == "stdout");
    }

    [[nodiscard]] bool begins(std::initializer_list<std::string_view> words) const {
        return words.size() <= words_.size() && std::equal(words.begin(), words.end(), words_.begin());
    }
    [[nodiscard]] bool creates_routine() const {
        return begins({"create", "function"}) || begins({"create", "procedure"}) ||
               begins({"create", "or", "replace", "function"}) ||
               begins({"create", "or", "replace", "procedure"});
    }

    // `escapes`: E'', where a backslash takes the next character with it. A string goes on in the next pair
    // of quotes if only blanks and comments with at least one line end stand between, and keeps its kind.
    void string(std::size_t begin, bool escapes) {
        for (++at_; at_ < text_.size();) {
            const char c = text_[at_++];
            if (escapes && c == '\\') ++at_;
            else if (c == '\'' && peek() == '\'') ++at_;
            else if (c == '\'') {
                const auto more = continuation();
                if (more == npos) return;
                at_ = more + 1;
            }
        }
        unterminated(begin, "a quoted string begins here and never ends");
    }
    [[nodiscard]] std::size_t continuation() const noexcept {
        bool line_end = false;
        for (auto p = at_; p < text_.size();) {
            const char c = text_[p];
            if (text_.substr(p, 2) == "--") p = std::min(text_.find_first_of("\r\n", p), text_.size());
            else if (is_space(c)) line_end |= c == '\n' || c == '\r', ++p;
            else return line_end && c == '\'' ? p : npos;
        }
        return npos;
    }

    void quoted_identifier() {
        const auto begin = at_;
        for (++at_; at_ < text_.size();)
            if (text_[at_++] == '"') {
                if (peek() != '"') return;
                ++at_;
            }
        unterminated(begin, "a quoted identifier begins here and never ends");
    }

    void dollar() {
        const auto begin = at_++;
        auto p = at_;
        if (p < text_.size() && starts_word(text_[p]))
            while (p < text_.size() && continues_tag(text_[p])) ++p;
        if (p >= text_.size() || text_[p] != '$') return; // $1, or a stray character for the server to refuse
        const auto tag = text_.substr(begin, p + 1 - begin);
        const auto close = text_.find(tag, p + 1);
        if (close == npos) return unterminated(begin, "a dollar-quoted string begins here and never ends");
        at_ = close + tag.size();
    }

    void push_command(std::size_t end) {
        const auto first = first_.value_or(end);
        out_.commands.push_back({start_, end, first, first_ ? last_ : first});
        start_ = end;
        first_.reset();
        words_.clear();
        previous_.clear();
        streams_ = false;
    }

    void end_command() {
        check_command();
        if (out_.problem) return;
        ++at_;
        push_command(at_);
    }

    void end_text() {
        if (!parentheses_.empty())
            return unterminated(parentheses_.back(), "a parenthesis is opened here and never closed");
        if (blocks_ > 0) return unterminated(block_, "the body that begins here (BEGIN ATOMIC) has no END");
        check_command();
    }

    void check_command() {
        if (!first_) return;
        if (streams_)
            fail(sql_problem_kind::copy_stream, *first_,
                 "COPY from or to the client cannot run in a migration; write INSERT, or COPY a file of the "
                 "server");
        static constexpr std::array<std::string_view, 6> ends{"begin", "commit", "end",
                                                              "abort", "start",  "rollback"};
        const bool to_savepoint = begins({"rollback", "to"}) || begins({"rollback", "work", "to"}) ||
                                  begins({"rollback", "transaction", "to"});
        if (begins({"prepare", "transaction"}) ||
            (!words_.empty() && std::find(ends.begin(), ends.end(), words_.front()) != ends.end() &&
             !to_savepoint))
            fail(sql_problem_kind::own_transaction, *first_,
                 "a migration runs in a transaction of its own; remove the command that begins or ends one");
    }

    std::string_view text_;
    std::size_t at_ = 0;
    sql_script out_;
    // Of the command being read:
    std::size_t start_ = 0, last_ = 0;
    std::optional<std::size_t> first_;
    std::vector<std::string> words_;       // its first ones, in lower case
    std::string previous_;                 // the token before: a word in lower case, or the first character
    std::vector<std::size_t> parentheses_; // where they were opened
    std::size_t blocks_ = 0, block_ = 0;   // depth of BEGIN ATOMIC and CASE inside it; where it began
    bool streams_ = false;                 // COPY FROM STDIN or TO STDOUT
};

} // namespace

sql_script read_sql(std::string_view text) {
    return sql_reader(text).read();
}

std::size_t count_characters(std::string_view text) noexcept {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

text_position place_of(std::string_view text, std::size_t offset) noexcept {
    return locate(text, count_characters(text.substr(0, offset)) + 1);
}

} // namespace howdah::detail

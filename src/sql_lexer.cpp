// SPDX-License-Identifier: BSL-1.0
#include "sql_lexer.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>

#include "sql_scanner.hpp"
#include "utf8.hpp"

namespace howdah::detail {
namespace {

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

class sql_reader {
public:
    explicit sql_reader(std::string_view text) : text_(text), scanner_(text) {}

    sql_script read(sql_wrapping wrapping) {
        for (auto token = scanner_.next(); token.kind != sql_token_kind::end && !out_.problem;
             token = scanner_.next())
            take(token);
        if (!out_.problem) end_text();
        if (start_ < text_.size()) push_command(text_.size());
        judge_transactions(wrapping);
        return std::move(out_);
    }

private:
    [[nodiscard]] std::string_view text_of(const sql_token& token) const noexcept {
        return text_.substr(token.first, token.last - token.first);
    }
    void fail(sql_problem_kind kind, std::size_t offset, std::string reason) {
        if (!out_.problem) out_.problem = sql_problem{kind, offset, std::move(reason)};
    }

    void take(const sql_token& token) {
        if (token.kind == sql_token_kind::comment) return comment(token);
        if (token.kind == sql_token_kind::symbol && text_[token.first] == ';' && parentheses_.empty() &&
            blocks_ == 0)
            return end_command(token.last);
        const bool is_comment = token.kind == sql_token_kind::unterminated && text_[token.first] == '/';
        if (!first_ && !is_comment) first_ = token.first;
        if (token.kind == sql_token_kind::unterminated) return unterminated(token.first);
        if (token.kind == sql_token_kind::word) word(token);
        else other(token);
        last_ = token.last;
    }

    void comment(const sql_token& token) {
        auto words = text_of(token).substr(2);
        if (text_[token.first] != '-') return;
        words.remove_prefix(std::min(words.find_first_not_of(" \t"), words.size()));
        constexpr std::string_view mark = "howdah:";
        if (lower(words.substr(0, mark.size())) == mark)
            out_.directives.push_back({token.first, words.substr(mark.size())});
    }

    void unterminated(std::size_t offset) {
        last_ = text_.size();
        const char c = text_[offset];
        fail(sql_problem_kind::unterminated, offset,
             std::string(c == '/'   ? "a comment"
                         : c == '"' ? "a quoted identifier"
                         : c == '$' ? "a dollar-quoted string"
                                    : "a quoted string") +
                 " begins here and never ends");
    }

    void other(const sql_token& token) {
        const char c = text_[token.first];
        if (token.kind == sql_token_kind::symbol) {
            if (c == '\\') meta_command(token.first);
            else if (c == '(') parentheses_.push_back(token.first);
            else if (c == ')' && !parentheses_.empty()) parentheses_.pop_back();
        } else check_string_setting(text_of(token), token.first);
        previous_.assign(1, token.kind == sql_token_kind::number ? '0' : c);
    }

    void meta_command(std::size_t offset) {
        const auto rest = text_.substr(offset + 1);
        const auto name =
            rest.substr(0, std::min(rest.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"), rest.size()));
        std::string reason;
        if (name == "restrict" || name == "unrestrict")
            reason = "a line that pg_dump writes for psql, not SQL; delete both the \\restrict and the "
                     "\\unrestrict line";
        else
            reason = (name.empty() ? "a backslash outside quotes" : '\\' + std::string(name)) +
                     " is a command of psql, not SQL; remove it";
        fail(sql_problem_kind::meta_command, offset, std::move(reason));
    }

    void word(const sql_token& token) {
        auto name = lower(text_of(token));
        if (words_.size() < 4) words_.push_back(name);
        if (previous_ != "." && previous_ != "as") keyword(name, token.first);
        previous_ = std::move(name);
    }

    // Only the words that decide where a command ends or whether it may run are of interest.
    void keyword(const std::string& name, std::size_t offset) {
        if (blocks_ > 0) {
            if (name == "case") ++blocks_;
            else if (name == "end") --blocks_;
        } else if (name == "atomic" && previous_ == "begin" && parentheses_.empty() && creates_routine()) {
            blocks_ = 1;
            block_ = offset;
        }
        // The server takes STDIN and STDOUT for each other.
        const bool stream = name == "stdin" || name == "stdout";
        if (stream && words_.front() == "copy" && parentheses_.empty()) {
            reads_ |= previous_ == "from";
            writes_ |= previous_ == "to";
        }
        check_string_setting(name, offset);
    }

    // SET standard_conforming_strings = off would give every later quote another meaning than it has here.
    void check_string_setting(std::string_view value, std::size_t offset) {
        if (words_.empty() || words_.front() != "set") return;
        static constexpr std::string_view setting = "standard_conforming_strings";
        const bool sets = begins({"set", setting}) || begins({"set", "local", setting}) ||
                          begins({"set", "session", setting});
        if (value.size() > 2 && value.front() == '\'') value = value.substr(1, value.size() - 2);
        const auto word = lower(value.substr(0, 8));
        if (sets && (word == "off" || word == "false" || word == "no" || word == "0"))
            fail(sql_problem_kind::own_strings, offset,
                 "strings are read as the SQL standard has them; write E'' where backslashes are escapes, "
                 "and remove "
                 "this command");
    }

    [[nodiscard]] bool begins(std::initializer_list<std::string_view> words) const {
        return words.size() <= words_.size() && std::equal(words.begin(), words.end(), words_.begin());
    }
    [[nodiscard]] bool is(std::initializer_list<std::string_view> words) const {
        return words.size() == words_.size() && begins(words);
    }
    [[nodiscard]] bool creates_routine() const {
        return begins({"create", "function"}) || begins({"create", "procedure"}) ||
               begins({"create", "or", "replace", "function"}) ||
               begins({"create", "or", "replace", "procedure"});
    }

    void push_command(std::size_t end) {
        sql_command command;
        command.begin = start_;
        command.end = end;
        command.first = first_.value_or(end);
        command.last = first_ ? last_ : command.first;
        command.data = data_;
        command.data_end = data_end_;
        command.kind = kind_;
        out_.commands.push_back(command);
        start_ = end;
        first_.reset();
        words_.clear();
        previous_.clear();
        reads_ = writes_ = false;
        data_ = data_end_ = 0;
        kind_ = sql_command_kind::plain;
    }

    void end_command(std::size_t end) {
        check_command();
        if (reads_ && !out_.problem) end = read_data(end);
        if (out_.problem) return;
        push_command(end);
        scanner_.skip_to(end);
    }

    // Its data begin on the next line: psql runs what follows on the same line after them.
    std::size_t read_data(std::size_t semicolon_end) {
        sql_scanner rest(text_);
        rest.skip_to(semicolon_end);
        const auto line_end = std::min(text_.find('\n', semicolon_end), text_.size());
        auto next = rest.next();
        for (; next.kind == sql_token_kind::comment && next.last <= line_end; next = rest.next())
            comment(next);
        if (next.first < line_end) {
            fail(sql_problem_kind::copy_stream, next.first,
                 "nothing may follow COPY ... FROM STDIN on its line; its data begin on the next one");
            return semicolon_end;
        }
        data_ = std::min(line_end + 1, text_.size());
        for (auto line = data_; line < text_.size();) {
            const auto end = std::min(text_.find('\n', line), text_.size());
            if (text_.substr(line, end - line) == "\\.") {
                data_end_ = line;
                return std::min(end + 1, text_.size());
            }
            line = end + 1;
        }
        fail(sql_problem_kind::copy_stream, *first_,
             "the data of COPY ... FROM STDIN have no end; put a line with \\. alone behind them");
        return semicolon_end;
    }

    void end_text() {
        if (!parentheses_.empty())
            return fail(sql_problem_kind::unterminated, parentheses_.back(),
                        "a parenthesis is opened here and never closed");
        if (blocks_ > 0)
            return fail(sql_problem_kind::unterminated, block_,
                        "the body that begins here (BEGIN ATOMIC) has no END");
        check_command();
        if (reads_)
            fail(sql_problem_kind::copy_stream, *first_,
                 "COPY ... FROM STDIN has no data; end it with a semicolon and put them behind it, with a "
                 "line "
                 "with \\. alone as their end");
    }

    void check_command() {
        if (!first_) return;
        if (reads_) kind_ = sql_command_kind::copy_in;
        if (writes_)
            fail(sql_problem_kind::copy_stream, *first_,
                 "COPY to the client has nowhere to go in a migration; remove it, or COPY to a file of the "
                 "server");
        static constexpr std::array<std::string_view, 6> ends{"begin", "commit", "end",
                                                              "abort", "start",  "rollback"};
        const bool to_savepoint = begins({"rollback", "to"}) || begins({"rollback", "work", "to"}) ||
                                  begins({"rollback", "transaction", "to"});
        if (begins({"prepare", "transaction"}) ||
            (!words_.empty() && std::find(ends.begin(), ends.end(), words_.front()) != ends.end() &&
             !to_savepoint))
            kind_ = sql_command_kind::transaction;
        if (is({"begin"}) || is({"begin", "work"}) || is({"begin", "transaction"}) ||
            is({"start", "transaction"}))
            kind_ = sql_command_kind::begins;
        if (is({"commit"}) || is({"commit", "work"}) || is({"commit", "transaction"}) || is({"end"}) ||
            is({"end", "work"}) || is({"end", "transaction"}))
            kind_ = sql_command_kind::commits;
    }

    // Problems are reported in the order of the text: what stands behind a command that is at fault is of no interest.
    void judge_transactions(sql_wrapping wrapping) {
        const sql_command *first = nullptr, *last = nullptr, *fault = nullptr;
        std::size_t count = 0;
        for (const auto& command : out_.commands) {
            if (command.blank()) continue;
            if (!first) first = &command;
            last = &command;
            if (command.kind == sql_command_kind::plain || command.kind == sql_command_kind::copy_in)
                continue;
            ++count;
            if (!fault) fault = &command;
        }
        const bool may_wrap = wrapping == sql_wrapping::allowed && fault == first && first &&
                              first->kind == sql_command_kind::begins;
        if (!fault || (out_.problem && (out_.problem->offset < fault->first || (may_wrap && count == 1))))
            return;
        out_.wrapped = may_wrap && count == 2 && last->kind == sql_command_kind::commits && !out_.problem;
        if (!out_.wrapped)
            out_.problem =
                sql_problem{sql_problem_kind::own_transaction, fault->first,
                            "a migration runs in a transaction of its own; remove the command that begins "
                            "or ends one"};
    }

    std::string_view text_;
    sql_scanner scanner_;
    sql_script out_;
    // Of the command being read:
    std::size_t start_ = 0, last_ = 0;
    std::optional<std::size_t> first_;
    std::vector<std::string> words_;       // its first ones, in lower case
    std::string previous_;                 // the token before: a word in lower case, or the first character
    std::vector<std::size_t> parentheses_; // where they were opened
    std::size_t blocks_ = 0, block_ = 0;   // depth of BEGIN ATOMIC and CASE inside it; where it began
    bool reads_ = false, writes_ = false;  // COPY FROM STDIN, COPY TO STDOUT
    std::size_t data_ = 0, data_end_ = 0;
    sql_command_kind kind_ = sql_command_kind::plain;
};

} // namespace

sql_script read_sql(std::string_view text, sql_wrapping wrapping) {
    return sql_reader(text).read(wrapping);
}

std::vector<std::string> leading_words(std::string_view command, std::size_t most) {
    std::vector<std::string> out;
    sql_scanner scanner(command);
    while (out.size() < most) {
        const auto token = scanner.next();
        if (token.kind == sql_token_kind::comment) continue;
        if (token.kind != sql_token_kind::word) break;
        out.push_back(lower(command.substr(token.first, token.last - token.first)));
    }
    return out;
}

text_position place_of(std::string_view text, std::size_t offset) noexcept {
    return locate(text, count_characters(text.substr(0, offset)) + 1);
}

} // namespace howdah::detail

// SPDX-License-Identifier: BSL-1.0
#include "output.hpp"

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <thread>

#include <unistd.h>

namespace howdah::cli {
namespace {

bool wants_colours(int descriptor) {
    const char* const no = std::getenv("NO_COLOR");
    const char* const term = std::getenv("TERM");
    return isatty(descriptor) && !(no && *no) && !(term && std::string_view(term) == "dumb");
}

std::string painted(std::string_view text, colour with) {
    static constexpr const char* codes[] = {"",         "\x1b[1m",  "\x1b[31m", "\x1b[32m",
                                            "\x1b[33m", "\x1b[36m", "\x1b[2m"};
    return codes[static_cast<unsigned char>(with)] + std::string(text) + "\x1b[0m";
}

/// 0, or why it could not be written.
int write(std::FILE* to, std::string_view text, bool end_of_line) {
    errno = 0;
    bool written = std::fwrite(text.data(), 1, text.size(), to) == text.size();
    if (end_of_line) written = std::fputc('\n', to) != EOF && written;
    written = std::fflush(to) == 0 && written;
    return written ? 0 : errno ? errno : EIO;
}

/// How many columns a text takes: its characters, as far as a terminal's width can be told from them.
std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

/// Passwords of URIs and keyword strings as ***. Nobody means to print them; a command line that is told back, such as
/// "unexpected argument postgresql://...", would.
std::string without_passwords(std::string text) {
    for (std::size_t at = 0; (at = text.find("://", at)) != text.npos;) {
        at += 3;
        const auto end = std::min(text.find_first_of(" \t\n'\"", at), text.size());
        const auto host = text.substr(0, end).rfind('@');
        const auto colon = text.find(':', at);
        if (host != text.npos && colon < host) text.replace(colon + 1, host - colon - 1, "***");
    }
    for (std::size_t at = 0; (at = text.find("password=", at)) != text.npos;) {
        at += 9;
        const char quote = at < text.size() && text[at] == '\'' ? '\'' : ' ';
        const auto end = std::min(text.find_first_of(quote == ' ' ? " \t\n&" : "'", at + 1), text.size());
        text.replace(at, end - at, "***");
    }
    return text;
}

} // namespace

/// A thread that writes the progress line anew, from the second on.
struct output::ticker {
    explicit ticker(std::string text) : text_(std::move(text)), thread_([this] { run(); }) {}
    ~ticker() {
        {
            const std::lock_guard lock(mutex_);
            ends_ = true;
        }
        wake_.notify_one();
        thread_.join();
        write(stderr, "\r\x1b[K", false);
    }

private:
    void run() {
        const auto start = std::chrono::steady_clock::now();
        std::unique_lock lock(mutex_);
        do {
            const auto spent =
                std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - start);
            auto line = "\r\x1b[K" + text_;
            if (spent.count() > 0) line += " (" + spelled(spent) + ")";
            write(stderr, line, false);
        } while (!wake_.wait_for(lock, std::chrono::seconds(1), [this] { return ends_; }));
    }

    std::string text_;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool ends_ = false;
    std::thread thread_;
};

output::output()
    : out_colours_(wants_colours(STDOUT_FILENO)), err_colours_(wants_colours(STDERR_FILENO)),
      err_is_terminal_(isatty(STDERR_FILENO) != 0) {}
output::~output() = default;

void output::line(std::string_view text) const {
    end_progress();
    keep(write(stdout, text, true));
}

void output::message(std::string_view text) const {
    end_progress();
    write(stderr, text, true);
}

void output::raw(std::string_view text) const {
    end_progress();
    keep(write(stdout, text, false));
}

void output::error(std::string_view text) const {
    message((err_colours_ ? painted("error:", colour::red) : std::string("error:"))
                .append(" ")
                .append(without_passwords(std::string(text))));
}

void output::warning(std::string_view text) const {
    message((err_colours_ ? painted("warning:", colour::yellow) : std::string("warning:"))
                .append(" ")
                .append(text));
}

std::string output::coloured(std::string_view text, colour with) const {
    return out_colours_ && with != colour::none ? painted(text, with) : std::string(text);
}

void output::begin_progress(std::string_view text) const {
    end_progress();
    if (err_is_terminal_) ticker_ = std::make_unique<ticker>(std::string(text));
}

void output::end_progress() const {
    ticker_.reset();
}

void print_table(const output& to, const std::vector<std::string>& titles,
                 const std::vector<std::vector<cell>>& rows) {
    std::vector<std::size_t> widths;
    for (const auto& title : titles) widths.push_back(width_of(title));
    for (const auto& row : rows)
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i].text));
    const auto print = [&](const std::vector<cell>& row) {
        std::string line;
        std::size_t owed = 0;
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (!row[i].text.empty()) {
                line.append(owed, ' ').append(to.coloured(row[i].text, row[i].with));
                owed = 0;
            }
            owed += widths[i] - width_of(row[i].text) + 2;
        }
        to.line(line);
    };
    std::vector<cell> head;
    for (const auto& title : titles) head.emplace_back(title, colour::bold);
    print(head);
    for (const auto& row : rows) print(row);
}

std::string counted(std::size_t count, std::string_view thing) {
    auto out = std::to_string(count).append(" ").append(thing);
    return count == 1 ? out : out + 's';
}

std::string spelled(std::chrono::milliseconds time) {
    const auto count = time.count();
    if (count < 1'000) return std::to_string(count) + " ms";
    if (count < 60'000)
        return std::to_string(count / 1'000) + '.' + std::to_string(count % 1'000 / 100) + " s";
    return std::to_string(count / 60'000) + " min " + std::to_string(count % 60'000 / 1'000) + " s";
}

} // namespace howdah::cli

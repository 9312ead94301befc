// SPDX-License-Identifier: BSL-1.0
//
// Printing: lines and tables to stdout, messages to stderr, colours and the progress line where a person looks.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "json.hpp"

namespace howdah::cli {

enum class colour : unsigned char { none, bold, red, green, yellow, cyan, dim };

/// Where output goes. Colours only on a terminal, never with NO_COLOR (https://no-color.org) or TERM=dumb.
class output {
public:
    output();
    output(const output&) = delete;
    ~output();

    /// A line on stdout or stderr.
    void line(std::string_view text) const;
    void message(std::string_view text) const;
    /// Text as it is, on stdout.
    void raw(std::string_view text) const;
    /// "error: ..." on stderr, with the next lines as they are.
    void error(std::string_view text) const;
    void warning(std::string_view text) const;
    void json(const json_value& value) const { raw(to_text(value)); }

    /// `text` in that colour, on stdout.
    [[nodiscard]] std::string coloured(std::string_view text, colour with) const;
    /// One line at the bottom of a terminal that tells what goes on, with the seconds counting; nothing elsewhere.
    void begin_progress(std::string_view text) const;
    void end_progress() const;

    /// Why something could not be written to stdout, as in errno; 0: all was.
    [[nodiscard]] int failure() const noexcept { return failure_; }

private:
    struct ticker;
    void keep(int failure) const noexcept {
        if (failure_ == 0) failure_ = failure;
    }
    bool out_colours_, err_colours_, err_is_terminal_;
    mutable int failure_ = 0;
    mutable std::unique_ptr<ticker> ticker_;
};

/// A cell of a table.
struct cell {
    std::string text;
    colour with = colour::none;
    cell(std::string value, colour painted = colour::none) : text(std::move(value)), with(painted) {}
    cell(std::string_view value, colour painted = colour::none) : text(value), with(painted) {}
    cell(const char* value) : text(value) {}
};

/// Prints left-aligned columns under their titles, two blanks between, nothing behind the last.
void print_table(const output& to, const std::vector<std::string>& titles,
                 const std::vector<std::vector<cell>>& rows);

/// "3 files", "1 file"
[[nodiscard]] std::string counted(std::size_t count, std::string_view thing);
/// "12 ms", "3.4 s", "2 min 5 s"
[[nodiscard]] std::string spelled(std::chrono::milliseconds time);

} // namespace howdah::cli

// SPDX-License-Identifier: BSL-1.0
//
// Values as part of a statement's text, for a command that takes no parameters.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace howdah::detail {

/// The text form of a value as a literal of a type, in parentheses, so that it can stand wherever a parameter can;
/// NULL for no text. `type`: its name, quoted where it has to be. Means the same whatever standard_conforming_strings
/// is, in a session whose client_encoding is UTF8. Throws usage_error for what is no text (NUL byte, invalid UTF-8).
[[nodiscard]] std::string literal_of(std::optional<std::string_view> text, std::string_view type);

/// The same for a domain, by the name of its array type: as its only element, which the domain itself reads. A cast of
/// a literal to a domain cuts off what is too long, and a parameter that is too long is an error.
[[nodiscard]] std::string domain_literal_of(std::string_view text, std::string_view array);

/// A statement with literals in place of its parameters. What stands in quotes and comments stays as it is, as the
/// server reads them with standard_conforming_strings on.
class inlined_statement {
public:
    /// literals[0] takes the place of every $1; a parameter without one stays. Throws usage_error for a text of a
    /// gigabyte or more.
    inlined_statement(std::string_view text, std::span<const std::string> literals);

    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    /// Where a character of text() stood before, both from 1: at its parameter, for one of a literal.
    [[nodiscard]] std::size_t position_before(std::size_t position) const noexcept;

private:
    /// In characters, from 0.
    struct replacement {
        std::size_t at, size_before, size; ///< at: before
    };

    std::string text_;
    std::vector<replacement> replacements_; // in the order of the text
};

} // namespace howdah::detail
